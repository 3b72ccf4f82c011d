import { type Command, Option } from 'commander';
import { type Cli, UsageError } from '../cli.ts';
import { configPath, readConfig, writeConfig } from '../config-file.ts';
import { onRun, withExamples, withJson } from '../options.ts';
import { ProgressView } from '../progress-view.ts';
import { ask } from '../prompt.ts';

interface DownFlags {
  readonly purge?: boolean;
  readonly platform?: string;
  readonly dataDir?: string;
  readonly confirm?: string;
  readonly yesPurge?: string;
}

export function register(program: Command, cli: Cli): void {
  const command = withJson(
    program
      .command('down')
      .summary('stop the platform; --purge removes it')
      .description(
        'Stops control, agent, edge and registry, and the tasks of all apps. Data, images, releases and settings stay, and `berth up` brings everything back. With --purge, everything with the platform’s label and its data directory are removed, and nothing else: the engine, its Swarm and the berth/* images stay.',
      )
      .option('--purge', 'remove the platform and its data; asks for its name')
      .option('--confirm <name>', 'the platform’s name again, for scripts that cannot be asked')
      .addOption(new Option('--yes-purge <name>', 'short for --purge --confirm').hideHelp())
      .option('--platform <name>', 'which platform (berth)')
      .option('--data-dir <path>', 'where its data is, when no container of it says so'),
  );
  withExamples(command, [
    ['berth down', 'stop everything, keep everything'],
    ['berth down --purge', 'and remove it'],
    ['berth down --purge --confirm berth', 'for scripts'],
  ]);
  onRun<DownFlags>(cli, command, async ({ options, output }) => {
    const [{ openEngine }, { readPlatform }, { stopPlatform }] = await Promise.all([
      import('@berth/setup/engine'),
      import('@berth/setup/up'),
      import('@berth/setup/down'),
    ]);
    const { engine } = openEngine(cli.env);
    const isPurge = options.purge === true || options.yesPurge !== undefined;
    const platform = await readPlatform(
      engine,
      {
        ...(options.platform === undefined ? {} : { name: options.platform }),
        ...(options.dataDir === undefined ? {} : { dataDir: options.dataDir }),
      },
      cli.signal,
    );
    if (isPurge) {
      const confirmed = options.confirm ?? options.yesPurge;
      if (confirmed === undefined)
        output.note(
          `This removes the platform ${platform.name}: all apps, their volumes, and ${platform.dataDir}.`,
        );
      const typed =
        confirmed ??
        (await ask(
          cli,
          `the name ${platform.name} again: `,
          `Give it: \`berth down --purge --confirm ${platform.name}\``,
        ));
      if (typed.trim() !== platform.name)
        throw new UsageError(
          `"${typed.trim()}" is not ${platform.name}; nothing was removed`,
          `Another platform is named with --platform.`,
        );
    }
    const view = new ProgressView(cli);
    const steps = await view.during('`berth down` goes on from there', () =>
      stopPlatform({
        engine,
        clock: cli.clock,
        platform,
        isPurge,
        signal: cli.signal,
        report: (event) => view.show(event),
      }),
    );
    if (isPurge) await forgetContext(cli, platform.name);
    output.line(
      isPurge
        ? `${platform.name} is removed. The engine, its Swarm and the images berth/* stay as they are.`
        : `${platform.name} is stopped; its data is in ${platform.dataDir}. Bring it back with \`berth up\`.`,
    );
    output.json({
      platform: platform.name,
      purged: isPurge,
      steps: steps.map((step) => ({ kind: step.kind, name: 'name' in step ? step.name : step.path })),
    });
  });
}

async function forgetContext(cli: Cli, name: string): Promise<void> {
  const path = configPath(cli.env);
  const config = await readConfig(path);
  if (config.contexts[name] === undefined) return;
  const { [name]: _gone, ...contexts } = config.contexts;
  const current = config.current === name ? Object.keys(contexts)[0] : config.current;
  await writeConfig(path, { ...(current === undefined ? {} : { current }), contexts });
}
