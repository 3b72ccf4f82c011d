import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { Command } from 'commander';
import { askSettings } from './ask-settings.ts';
import { type Cli, UsageError } from './cli.ts';
import { register } from './commands/up.ts';

const program = new Command();
register(program, {} as Parameters<typeof register>[1]);
const [up] = program.commands as [Command];

/** A person who answers each question that begins so; all others with Enter. */
function person(answers: readonly (readonly [string, string])[], isTTY = true) {
  const stdin = Object.assign(new PassThrough(), { isTTY, setRawMode: () => undefined });
  const left = [...answers];
  let shown = '';
  const write = (text: string): void => {
    shown += text;
    if (!/[:?\]] $/.test(text)) return;
    const at = left.findIndex(([question]) => text.startsWith(question));
    stdin.write(`${at < 0 ? '' : left.splice(at, 1)[0]![1]}\r`);
  };
  const cli = { stdin, stderr: { write }, signal: new AbortController().signal } as unknown as Cli;
  return { cli, left, shown: () => shown };
}

test('a person is asked for what nothing else gave; a wrong answer is told and asked again', async () => {
  const { cli, left, shown } = person([
    ['domain', 'apps.example.com'],
    ['http-port', 'eighty'],
    ['http-port', '8080'],
  ]);
  assert.deepEqual(await askSettings(cli, up, { httpsPort: 8443 }), {
    domain: 'apps.example.com',
    httpPort: 8080,
    httpsPort: 8443,
  });
  assert.deepEqual(left, []);
  assert.match(shown(), /http-port, of the edge \(80\): .*\n {2}It must be a port/);
  assert.ok(!shown().includes('https-port, '), 'asked for what was given');
  assert.ok(!shown().includes('network-pool, subnets'), 'asked for what few need');
  assert.match(
    shown(),
    /for --settings:\n {2}BERTH_UP_DOMAIN=apps\.example\.com\n {2}BERTH_UP_HTTP_PORT=8080\n$/,
  );
});

test('the rest is asked for if it is wished', async () => {
  const { cli, shown } = person([
    ['also ', 'y'],
    ['app-ports', '8200-8209'],
  ]);
  assert.deepEqual(await askSettings(cli, up, {}), { appPorts: [8200, 8209] });
  assert.match(shown(), /registry-port, of the registry on loopback \(5000\): /);
});

test('nobody can be asked without a terminal', async () => {
  const { cli } = person([], false);
  await assert.rejects(
    askSettings(cli, up, {}),
    (error: UsageError) => error instanceof UsageError && /--settings FILE/.test(error.hint ?? ''),
  );
});
