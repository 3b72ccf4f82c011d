import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type ConfigList, configLists } from '@berth/compose/config-view';
import { type Command, Option } from 'commander';
import { findApp } from '../app-name.ts';
import { type Cli, UsageError } from '../cli.ts';
import { connect } from '../connection.ts';
import { asksForManifest, findsManifest, type ManifestOptions, renderManifest } from '../manifest-config.ts';
import { collect, type Invocation, onRun, readReleaseNumber, withApp, withExamples } from '../options.ts';

interface ConfigOptions extends ManifestOptions {
  readonly release?: number;
  readonly local?: boolean;
  readonly quiet?: boolean;
  readonly output?: string;
  readonly resolveImageDigests?: boolean;
}

type ListOptions = { readonly [list in ConfigList]?: boolean };

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('config')
    .summary('the Compose project here, or what an app runs with, every default shown')
    .description(
      `Where Compose finds a project (a Compose file in the directory or above it, COMPOSE_FILE in the environment
or in .env), or with one of its options: the normalised Compose project, as \`docker compose config\` prints it.
Elsewhere, or with an app or a release: the effective specification of the
live release, or of a kept one, with what was said and what was filled in. With --local, or when the app was
never deployed, that of the source in the directory, without control.`,
    )
    .argument('[names...]', 'services of the Compose project; with --local, the directory')
    .option('-r, --release <number>', 'a kept release', readReleaseNumber)
    .option('--local', 'what a deployment of the directory would ask for')
    .option('-f, --file <path>', 'Compose file, - for standard input; repeat to merge in order', collect)
    .option('-p, --project-name <name>', 'name of the Compose project')
    .option('--project-directory <path>', 'where relative paths of the Compose file start')
    .option('--profile <name>', 'turn a profile on; repeat for more', collect)
    .option('--env-file <path>', 'variables for the Compose file; repeat for more', collect)
    .option('--no-path-resolution', 'leave paths as they are written')
    .option('--no-interpolate', 'leave variables as they are written; every profile is on')
    .option('--no-normalize', 'make nothing explicit that is implied')
    .option('--no-consistency', 'do not check what one part says of another')
    .option('-q, --quiet', 'only say what is wrong with the Compose project')
    .option('-o, --output <path>', 'write the Compose project to a file')
    .option('--services', 'only the names of its services, what others depend on first')
    .option('--volumes', 'only the names of its volumes')
    .option('--images', 'only its images')
    .option('--profiles', 'only its profiles')
    .option('--hash <services>', 'the hash Compose tells changes by, of services (a,b) or * for all')
    .option('--variables', 'the variables it asks for, with their defaults')
    .addOption(new Option('--resolve-image-digests').hideHelp())
    // By the name it had, and what Compose 1 did.
    .addOption(new Option('--workdir <path>').hideHelp())
    .addOption(new Option('--compatibility').hideHelp())
    // Of every command of Compose; this one changes nothing anyway.
    .addOption(new Option('--dry-run').hideHelp())
    .addOption(new Option('--format <format>', 'of the Compose project').choices(['yaml', 'json']));
  withExamples(withApp(command), [
    ['berth config', 'the Compose project here, normalised; else the live release'],
    ['berth config -f compose.yaml -f prod.yaml --format json', 'two files merged, as JSON'],
    ["berth config --hash '*'", 'the hash of each service, as docker compose has it'],
    ['berth config --variables', 'what the environment or an env file has to say'],
    ['berth config -a shop', 'what the live release of shop runs with'],
    ['berth config -r 7 --json', 'release 7, as JSON'],
    ['berth config --local', 'what is here, before it is deployed; names what is wrong in compose.yaml'],
  ]);
  onRun<ConfigOptions>(cli, command, async (invocation) => {
    const { options, output } = invocation;
    if (options.resolveImageDigests === true)
      throw new UsageError(
        '--resolve-image-digests would ask a registry, and `berth config` asks none',
        'A release has every image by its digest: `berth releases`, or `berth config -a APP`.',
      );
    if (isAboutManifest(invocation)) {
      const { services: _services, ...given } = options as unknown as ConfigOptions & ListOptions;
      const list = listOf(options);
      const { text, warnings } = renderManifest(cli, {
        ...given,
        ...(list === undefined ? {} : { list }),
        ...(invocation.args.length === 0 ? {} : { services: invocation.args }),
      });
      for (const warning of warnings) output.warn(warning);
      if (options.quiet === true) return;
      const isProject = list === undefined && given.hash === undefined && given.variables !== true;
      if (options.output === undefined || !isProject) {
        cli.stdout.write(text);
        // Compose ends JSON without one, which a person's next prompt would stand on.
        if (output.isTerminal && !text.endsWith('\n')) cli.stdout.write('\n');
      } else await writeFile(resolve(cli.cwd, options.output), text);
      return;
    }
    const config = options.local === true ? await readLocal(invocation) : await readDeployed(invocation);
    output.json(config);
    if (output.isJson) return;
    const { stringify } = await import('yaml');
    output.line(stringify(config, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd());
  });
}

function listOf(options: ConfigOptions): ConfigList | undefined {
  const given = options as unknown as ListOptions;
  return configLists.find((list) => given[list] === true);
}

/** A Compose option says so; with none, a project that Compose finds does. */
function isAboutManifest({ cli, options }: Invocation<ConfigOptions>): boolean {
  if (options.local === true) return false;
  if (
    options.quiet === true ||
    options.output !== undefined ||
    listOf(options) !== undefined ||
    asksForManifest(options)
  )
    return true;
  const isPlain =
    options.app === undefined &&
    options.environment === undefined &&
    options.release === undefined &&
    options.json !== true;
  return isPlain && findsManifest(cli);
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
  const { name, environment } = await findApp(cli, options, directory);
  const { readLocalConfig } = await import('../local-config.ts');
  const { spec, because, warnings } = await readLocalConfig(directory, name, {
    manifests: options.file,
    environment,
  });
  output.note(output.noteStyle.dim(`# ${because}`));
  for (const warning of warnings) output.warn(warning);
  // What a file holds may be a secret; that it is there, and how large, is enough.
  const files = spec.files.map((file) =>
    file.source.kind === 'content'
      ? { ...file, source: { kind: 'content', bytes: Buffer.byteLength(file.source.base64, 'base64') } }
      : file,
  );
  return { ...spec, files };
}
