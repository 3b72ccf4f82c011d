import type { Command } from 'commander';
import { findApp } from '../app-name.ts';
import type { Cli } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, readReleaseNumber, withApp, withExamples } from '../options.ts';

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('config')
    .summary('what an app runs with, every default shown')
    .description(
      'The effective specification of the live release, or of a kept one: what was said and what was filled in.',
    )
    .option('-r, --release <number>', 'a kept release', readReleaseNumber);
  withExamples(withApp(command), [
    ['berth config', 'the live release, as YAML'],
    ['berth config -r 7 --json', 'release 7, as JSON'],
  ]);
  onRun<{ release?: number }>(cli, command, async ({ options, output }) => {
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    const config = await client.call('getAppConfig', {
      params: { app: name },
      query: { release: options.release },
      signal: cli.signal,
    });
    output.json(config);
    if (output.isJson) return;
    const { stringify } = await import('yaml');
    output.line(stringify(config, { lineWidth: 0 }).trimEnd());
  });
}
