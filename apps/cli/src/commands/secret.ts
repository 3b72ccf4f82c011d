import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, parseCount, withExamples } from '../options.ts';
import { findScope } from '../scope.ts';
import { type ChangeOptions, follow, registerStored, withChange, withStore } from '../stored-files.ts';

interface GenerateOptions extends ChangeOptions {
  readonly length: number;
  readonly show?: boolean;
  readonly replace?: boolean;
}

export function register(program: Command, cli: Cli): void {
  const secret = program
    .command('secret')
    .summary('secrets that tasks get as files in memory: set, generate, ls, history, rm, rollback')
    .description(
      `A secret is what \`secrets: {NAME: {external: true}}\` of a manifest means. It is encrypted at rest, shown by
nothing, and mounted from memory at /run/secrets/NAME. A change makes a new release of every app that has it.`,
    );
  registerStored(secret, cli, {
    kind: 'secret',
    command: 'secret',
    words: 'secret',
    operations: {
      list: 'listSecrets',
      set: 'setSecret',
      history: 'getSecretHistory',
      remove: 'removeSecret',
      rollback: 'rollbackSecret',
    },
  });

  const generate = withChange(withStore(secret.command('generate')))
    .summary('make up a random secret')
    .description(
      'Control makes up a password of letters and digits and keeps it; nobody sees it unless asked.',
    )
    .argument('<name>', 'letters, digits, dots, underscores, hyphens')
    .option('--length <n>', 'how many characters', parseCount(256, 16), 32)
    .option('--replace', 'also where there is one already')
    .option('--show', 'print it, once');
  withExamples(generate, [
    ['berth secret generate db_password', 'kept, not shown'],
    ['berth secret generate db_password --service worker', 'what one service alone gets'],
    ['berth secret generate db_password --show', 'printed once, on standard output'],
  ]);
  onRun<GenerateOptions>(cli, generate, async ({ options, output, args }) => {
    const [name = ''] = args;
    const scope = await findScope(cli, options);
    const client = await connect(cli, options);
    const changed = await client.call('generateSecret', {
      params: { name },
      query: { scope: scope.text },
      body: {
        length: options.length,
        show: options.show === true,
        replace: options.replace === true,
        deploy: options.deploy,
      },
      idempotencyKey: crypto.randomUUID(),
      signal: cli.signal,
    });
    if (changed.value !== undefined) output.line(changed.value);
    return follow(cli, output, client, changed, {
      options,
      said: `${name} for ${scope.name} has ${options.length} random characters, version ${changed.version}`,
    });
  });
}
