import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Command } from 'commander';
import { UsageError } from './cli.ts';
import { register } from './commands/up.ts';
import { temporaryDirectory } from './testing/run-berth.ts';
import { unattendedOptions } from './unattended.ts';

const program = new Command();
register(program, {} as Parameters<typeof register>[1]);
const [up] = program.commands as [Command];

test('settings of `berth up` come from the command line, else the environment, else a file', async (t) => {
  const file = join(await temporaryDirectory(t), 'up.env');
  await writeFile(
    file,
    '# of this machine\nBERTH_UP_DOMAIN=file.example\nBERTH_UP_HTTP_PORT=8080\nBERTH_UP_APP_PORTS=8200-8209\n',
  );
  const options = await unattendedOptions(up, {
    given: { httpsPort: 8443 },
    env: { BERTH_UP_HTTP_PORT: '8081', BERTH_UP_HTTPS_PORT: '1', HOME: '/root' },
    file,
  });
  assert.deepEqual(options, {
    httpsPort: 8443,
    httpPort: 8081,
    domain: 'file.example',
    appPorts: [8200, 8209],
  });
});

test('a setting that is none, or has a wrong value, is named', async (t) => {
  const file = join(await temporaryDirectory(t), 'up.env');
  await writeFile(file, 'BERTH_UP_DOMIAN=x\n');
  await assert.rejects(
    unattendedOptions(up, { given: {}, env: {}, file }),
    (error: UsageError) => /BERTH_UP_DOMIAN/.test(error.message) && /BERTH_UP_DOMAIN/.test(error.hint ?? ''),
  );
  await assert.rejects(
    unattendedOptions(up, { given: {}, env: { BERTH_UP_API_PORT: 'seven' }, file: undefined }),
    /BERTH_UP_API_PORT=seven: It must be a port/,
  );
  await assert.rejects(
    unattendedOptions(up, { given: {}, env: {}, file: join(file, 'not', 'there') }),
    UsageError,
  );
});
