import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { systemClock } from '@berth/runtime/clock';
import type { Command } from 'commander';
import { commandNames } from './command-table.ts';
import { listBranches, renderCompletion } from './completion.ts';
import { examplesOf } from './options.ts';
import { buildProgram } from './program.ts';
import { renderCliReference } from './reference.ts';

const run = promisify(execFile);

const tree = () =>
  buildProgram({
    stdin: process.stdin,
    stdout: { write: () => undefined },
    stderr: { write: () => undefined },
    env: {},
    cwd: '/',
    clock: systemClock,
    signal: new AbortController().signal,
    exitCode: 0,
  });

/** Commands that do something themselves. */
const leaves = (command: Command): Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);

test('every command of the table is there, with a summary, examples and --json', async () => {
  const program = await tree();
  assert.deepEqual(program.commands.map((command) => command.name()).sort(), [...commandNames].sort());
  for (const command of leaves(program)) {
    const path = `${command.parent?.name()} ${command.name()}`;
    assert.notEqual(command.summary(), '', path);
    assert.match(command.description(), /\.$/s, path);
    if (!['completion', 'exec', 'run'].includes(command.name()))
      assert.ok(
        command.options.some((option) => option.long === '--json'),
        `${path} has no --json`,
      );
    if (['up', 'down', 'doctor'].includes(command.name())) continue;
    assert.ok(examplesOf(command).length > 0, `${path} has no example`);
  }
});

test('every example is a command line that parses as far as its options', async () => {
  const program = await tree();
  const known = new Map(listBranches(program).map((branch) => [branch.path, branch]));
  for (const command of leaves(program))
    for (const [line] of examplesOf(command)) {
      // The last call of berth in the line, up to a pipe, a redirection or the command of `exec`.
      const own = (line.slice(line.lastIndexOf('berth ')).split(/ (?:\||&&|>|--) |\)/)[0] ?? '').split(/\s+/);
      const [, group = '', name = ''] = own;
      const branch = known.get(`${group} ${name}`) ?? known.get(group) ?? known.get('');
      const byDefault = known.get(`${group} ls`);
      const flags = [branch, byDefault].flatMap(
        (one) => one?.options.flatMap((option) => option.flags) ?? [],
      );
      for (const word of own)
        if (/^--?[a-zA-Z]/.test(word)) assert.ok(flags.includes(word), `${line}: ${word}`);
    }
});

test('the completion scripts hold every command and are scripts', async () => {
  const program = await tree();
  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    const script = renderCompletion(shell, program);
    for (const name of commandNames) assert.ok(script.includes(name), `${shell}: ${name}`);
  }
  const bash = `${renderCompletion('bash', program)}
berth() { echo shop; }
complete_line() { COMP_WORDS=("$@"); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); COMPREPLY=(); _berth; echo "\${COMPREPLY[*]}"; }
complete_line berth rol
complete_line berth env un
complete_line berth logs --fol
complete_line berth ps -a sh
`;
  const { stdout } = await run('bash', ['--norc', '-c', bash]);
  assert.deepEqual(stdout.trim().split('\n'), ['rollback', 'unset', '--follow', 'shop']);
});

test('the reference names every command and says the same each time', async () => {
  const text = await renderCliReference();
  for (const name of commandNames) assert.ok(text.includes(`### berth ${name}\n`), name);
  assert.ok(text.includes('#### berth env set\n'));
  assert.equal(await renderCliReference(), text);
});

test('berth version needs less than 300 ms of the processor', async () => {
  const main = new URL('./berth.js', import.meta.url).pathname;
  const env = { PATH: process.env.PATH ?? '', HOME: '/nonexistent' };
  const script = `
    process.argv = ['node', 'berth', 'version'];
    process.on('exit', () => console.log(JSON.stringify(process.cpuUsage())));
    import(${JSON.stringify(main)});
  `;
  const times: number[] = [];
  for (let turn = 0; turn < 3; turn++) {
    const { stdout } = await run(process.execPath, ['-e', script], { env });
    const used = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as NodeJS.CpuUsage;
    times.push(Math.round((used.user + used.system) / 1000));
  }
  // Processor time, and the best of three: the machine is busy with other tests.
  assert.ok(Math.min(...times) < 300, `berth version took ${times.join(', ')} ms`);
});
