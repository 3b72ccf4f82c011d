import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, withExamples } from '../options.ts';
import { findScope, type ScopeOptions } from '../scope.ts';
import { registerStored, withStore } from '../stored-files.ts';

export function register(program: Command, cli: Cli): void {
  const configFile = program
    .command('config-file')
    .summary('plain files that tasks get: set, get, ls, history, rm, rollback')
    .description(
      `A config file is what \`configs: {NAME: {external: true}}\` of a manifest means. A change makes a new release of
every app that has it.`,
    );
  registerStored(configFile, cli, {
    kind: 'config',
    command: 'config-file',
    words: 'config file',
    operations: {
      list: 'listConfigFiles',
      set: 'setConfigFile',
      history: 'getConfigFileHistory',
      remove: 'removeConfigFile',
      rollback: 'rollbackConfigFile',
    },
  });

  const get = withStore(configFile.command('get'))
    .summary('print its content')
    .description('Prints the content of the newest version, as it is.')
    .argument('<name>', 'the name');
  withExamples(get, [['berth config-file get nginx.conf > nginx.conf', 'into a file']]);
  onRun<ScopeOptions>(cli, get, async ({ options, output, args }) => {
    const scope = await findScope(cli, options);
    const client = await connect(cli, options);
    const [name = ''] = args;
    const found = await client.call('getConfigFile', {
      params: { name },
      query: { scope: scope.text },
      signal: cli.signal,
    });
    output.json(found);
    if (!output.isJson) (cli.stdout as NodeJS.WritableStream).write(Buffer.from(found.base64, 'base64'));
  });
}
