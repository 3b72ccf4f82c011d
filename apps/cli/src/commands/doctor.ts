import { hostname } from 'node:os';
import type { Check } from '@berth/setup/check';
import type { MendedProfile } from '@berth/setup/engine-profile';
import type { Command } from 'commander';
import { type Cli, exitCode } from '../cli.ts';
import { configPath, readConfig } from '../config-file.ts';
import { openClient } from '../connection.ts';
import { onRun, withContext, withExamples } from '../options.ts';
import type { Output } from '../output.ts';

interface DoctorFlags {
  readonly platform?: string;
  readonly dataDir?: string;
  readonly fix?: boolean;
}

const areas = ['machine', 'engine', 'platform', 'edge', 'registry', 'dns', 'certificates'];
const REMOTE_MAX_MS = 15_000;

export function register(program: Command, cli: Cli): void {
  const command = withContext(
    program
      .command('doctor')
      .summary('what is broken, and how to mend it')
      .description(
        'Checks this machine, its container engine and the platform on it: every broken invariant with its fix. Ends with 1 when anything is broken; warnings are advice.',
      )
      .option('--platform <name>', 'which platform (berth)')
      .option('--data-dir <path>', 'where its data is, when no container of it says so')
      .option('--fix', 'first write what /etc/docker/daemon.json lacks for production; restarts nothing'),
  );
  withExamples(command, [
    ['berth doctor', 'check everything'],
    ['berth doctor --fix', 'mend the settings of the engine, and check'],
    ['berth doctor --json', 'for scripts; the exit code says it too'],
  ]);
  onRun<DoctorFlags>(cli, command, async ({ options, output }) => {
    const { checkHere } = await import('@berth/setup/doctor');
    const mended = options.fix === true ? await mendProfile(output) : undefined;
    const name = options.platform ?? options.context ?? (await currentHere(cli));
    const here = await checkHere({
      env: cli.env,
      request: {
        ...(name === undefined ? {} : { name }),
        ...(options.dataDir === undefined ? {} : { dataDir: options.dataDir }),
      },
      signal: cli.signal,
    });
    const asked = here.isInstalled ? await askControl(cli, here.platform, here.apiUrl) : [];
    const isSilent = here.checks.some(({ id, status }) => id === 'platform.ready' && status === 'broken');
    const isSaid = (check: Check) => isSeenHere(check) || (isSilent && check.id === 'platform.control');
    const checks = [...here.checks, ...asked.filter((each) => !isSaid(each))].sort(
      (a, b) => areas.indexOf(a.area) - areas.indexOf(b.area),
    );
    const count = (status: Check['status']): number => checks.filter((each) => each.status === status).length;
    printChecks(output, checks);
    const broken = count('broken');
    output.line();
    output.line(
      broken === 0
        ? `${output.style.green('✓')} nothing is broken: ${count('ok')} checks passed, ${count('warning')} warnings`
        : `${output.style.red('✗')} ${broken} broken, ${count('warning')} warnings, ${count('ok')} in order`,
    );
    output.json({
      platform: here.platform,
      broken,
      warnings: count('warning'),
      ...(mended === undefined ? {} : { mended }),
      items: checks,
    });
    return broken === 0 ? exitCode.ok : exitCode.failed;
  });
}

/** The settings of the engine. What it is started with decides, so that a person has to start it again. */
async function mendProfile(output: Output): Promise<MendedProfile> {
  const { mendEngineProfile } = await import('@berth/setup/engine-profile');
  const mended = await mendEngineProfile();
  const { changes, path, backup } = mended;
  if (changes.length === 0) output.line(`${output.style.green('✓')} ${path} has all it needs`);
  else {
    const kept = backup === undefined ? '' : `, as it was in ${backup}`;
    output.line(`${output.style.green('✓')} written to ${path}${kept}:`);
    for (const change of changes) output.line(`    ${change}`);
    output.line(
      `${output.style.yellow('→')} The engine takes it up when it is started again (\`systemctl restart docker\`); its tasks stop for that time, so do it when it suits.`,
    );
  }
  output.line();
  return mended;
}

/** The context in use, when it is a platform of this machine. */
async function currentHere(cli: Cli): Promise<string | undefined> {
  const { current, contexts } = await readConfig(configPath(cli.env));
  const url = current === undefined ? undefined : contexts[current]?.url;
  return url !== undefined && /^(127\.|localhost$|\[::1\]$)/.test(new URL(url).hostname)
    ? current
    : undefined;
}

/** What control says of this machine's engine and of its own files, this side has looked at more closely. */
const isSeenHere = (check: Check): boolean =>
  ['certificates.link', 'certificates.authority', `engine.${hostname()}`].includes(check.id);

/** What control knows of edge, registry, DNS, certificates and itself. */
async function askControl(cli: Cli, platform: string, apiUrl: string): Promise<Check[]> {
  const token = (await readConfig(configPath(cli.env))).contexts[platform]?.token;
  const broken = (text: string, fix: string): Check[] => [
    { id: 'platform.control', area: 'platform', status: 'broken', text, fix },
  ];
  if (token === undefined)
    return broken(
      `no token for ${platform} is known here, so control cannot be asked`,
      'Log in with `berth login`, or make a token on the server with `berth up --new-token`.',
    );
  try {
    const client = await openClient({ url: apiUrl, token });
    const signal = AbortSignal.any([cli.signal, AbortSignal.timeout(REMOTE_MAX_MS)]);
    return (await client.call('listChecks', { signal, retriesMax: 1 })).items;
  } catch (cause) {
    cli.signal.throwIfAborted();
    const because = cause instanceof Error ? cause.message : String(cause);
    return broken(
      `control cannot be asked: ${because}`,
      'Run `berth up`; look at `docker logs` of its container.',
    );
  }
}

function printChecks(output: Output, checks: readonly Check[]): void {
  const { style } = output;
  const mark = { ok: style.green('✓'), warning: style.yellow('!'), broken: style.red('✗') };
  let area = '';
  for (const each of checks) {
    if (each.area !== area) {
      area = each.area;
      output.line(style.bold(area));
    }
    output.line(`  ${mark[each.status]} ${each.text}`);
    if (each.fix !== undefined && each.status !== 'ok') output.line(`    ${style.dim('→')} ${each.fix}`);
  }
}
