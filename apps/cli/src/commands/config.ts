import { resolve } from 'node:path';
import type { Command } from 'commander';
import { findApp } from '../app-name.ts';
import type { Cli } from '../cli.ts';
import { connect } from '../connection.ts';
import { collect, type Invocation, onRun, readReleaseNumber, withApp, withExamples } from '../options.ts';

interface ConfigOptions {
  readonly release?: number;
  readonly local?: boolean;
  readonly file?: readonly string[];
}

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('config')
    .summary('what an app runs with, every default shown')
    .description(
      `The effective specification of the live release, or of a kept one: what was said and what was filled in.
With --local, or when the app was never deployed, that of the source in the directory, without control.`,
    )
    .argument('[directory]', 'for --local', '.')
    .option('-r, --release <number>', 'a kept release', readReleaseNumber)
    .option('--local', 'what a deployment of the directory would ask for')
    .option('-f, --file <path>', 'for --local: Compose file; repeat to merge in order', collect);
  withExamples(withApp(command), [
    ['berth config', 'the live release, as YAML'],
    ['berth config -r 7 --json', 'release 7, as JSON'],
    ['berth config --local', 'what is here, before it is deployed; names what is wrong in compose.yaml'],
  ]);
  onRun<ConfigOptions>(cli, command, async (invocation) => {
    const { options, output } = invocation;
    const config =
      options.local === true || options.file !== undefined
        ? await readLocal(invocation)
        : await readDeployed(invocation);
    output.json(config);
    if (output.isJson) return;
    const { stringify } = await import('yaml');
    output.line(stringify(config, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd());
  });
}

async function readDeployed(invocation: Invocation<ConfigOptions>): Promise<unknown> {
  const { cli, options, output } = invocation;
  const { name } = await findApp(cli, options);
  const client = await connect(cli, options);
  try {
    return await client.call('getAppConfig', {
      params: { app: name },
      query: { release: options.release },
      signal: cli.signal,
    });
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    const wasNeverDeployed = code === 'app_not_found' || code === 'never_deployed';
    if (!wasNeverDeployed || options.app !== undefined || options.release !== undefined) throw error;
    output.note(`${name} was never deployed; this is what a deployment of the directory would ask for.`);
    return readLocal(invocation);
  }
}

async function readLocal({ cli, options, output, args }: Invocation<ConfigOptions>): Promise<unknown> {
  const directory = resolve(cli.cwd, args[0] ?? '.');
  const { name } = await findApp(cli, options, directory);
  const { readLocalConfig } = await import('../local-config.ts');
  const { spec, because, warnings } = await readLocalConfig(directory, name, options.file);
  output.note(output.noteStyle.dim(`# ${because}`));
  for (const warning of warnings) output.warn(warning);
  return spec;
}
