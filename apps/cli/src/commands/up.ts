import { judgePermission } from '@berth/domain/permission';
import type { DemoResult } from '@berth/setup/demo';
import { type Command, InvalidArgumentError } from 'commander';
import { askSettings } from '../ask-settings.ts';
import type { Cli } from '../cli.ts';
import { configPath, readConfig, writeConfig } from '../config-file.ts';
import { onRun, withExamples, withJson } from '../options.ts';
import type { Output } from '../output.ts';
import { ProgressView } from '../progress-view.ts';
import { unattendedOptions } from '../unattended.ts';
import { version } from '../version.ts';

interface UpFlags {
  readonly demo?: boolean;
  readonly platform?: string;
  readonly dataDir?: string;
  readonly domain?: string;
  readonly publicAddress?: string;
  readonly httpPort?: number;
  readonly httpsPort?: number;
  readonly appPorts?: [number, number];
  readonly hostPorts?: [number, number];
  readonly networkPool?: string;
  readonly baseRegistry?: string;
  readonly allow?: string[];
  readonly apiPort?: number;
  readonly linkPort?: number;
  readonly registryPort?: number;
  readonly newToken?: boolean;
  readonly settings?: string;
  readonly ask?: boolean;
}

export function register(program: Command, cli: Cli): void {
  const command = withJson(
    program
      .command('up')
      .summary('make this machine a platform')
      .description(
        'Checks this machine, installs the container engine when there is none, makes the images, and starts registry, control, agent and edge. What is already so stays as it is: run it again at any time. Values are kept for the next time.',
      )
      .option('--ask', 'ask for each setting, with what it is by default')
      .option('--demo', 'also deploy the example, release a second version under load, and count')
      .option('--domain <name>', 'apps are <app>.<name>; by default <address>.sslip.io')
      .option('--public-address <ip>', 'where users reach this machine')
      .option('--http-port <port>', 'of the edge (80)', parsePort)
      .option('--https-port <port>', 'of the edge (443)', parsePort)
      .option('--app-ports <first-last>', 'for apps whose name does not resolve (8100-8119)', parsePortRange)
      .option(
        '--host-ports <first-last>',
        'chosen from for services that publish any port (30000-30999)',
        parsePortRange,
      )
      .option('--network-pool <cidr>', 'subnets of app networks are taken from it (the Swarm’s own)')
      .option(
        '--base-registry <host[:port][/path]>',
        'debian for the base images is pulled from it (Docker Hub)',
      )
      .option(
        '--allow <permissions>',
        'what of this machine tasks may be granted, e.g. bind:/srv/media; with commas; none: nothing',
        parseAllowed,
      )
      .option('--platform <name>', 'a second platform on this machine (berth)')
      .option('--data-dir <path>', 'where the platform keeps its data (/var/lib/<platform>)')
      .option('--api-port <port>', 'of the API on loopback (7700)', parsePort)
      .option('--link-port <port>', 'agents connect to it (7701)', parsePort)
      .option('--registry-port <port>', 'of the registry on loopback (5000)', parsePort)
      .option('--settings <file>', 'BERTH_UP_DOMAIN=…, BERTH_UP_HTTP_PORT=… and so on, one a line')
      .option('--new-token', 'replace the admin token'),
  );
  withExamples(command, [
    ['berth up', 'make this machine a platform, or bring it up to date'],
    ['berth up --ask', 'and be asked for domain, ports and the rest'],
    ['berth up --demo', 'and see a release under load'],
    ['berth up --domain apps.example.com', 'with a wildcard name that leads here'],
    ['berth up --settings /etc/berth.env', 'without a person: every option is also a variable BERTH_UP_…'],
  ]);
  onRun<UpFlags>(cli, command, async ({ options: given, output }) => {
    const known = await unattendedOptions(command, { given, env: cli.env, file: given.settings });
    const options = given.ask === true ? await askSettings(cli, command, known) : known;
    const { demo: isDemo, newToken, platform, domain, publicAddress, dataDir, appPorts } = options;
    const { hostPorts, networkPool, baseRegistry, allow } = options;
    const { httpPort, httpsPort, apiPort, linkPort, registryPort } = options;
    const { bringUp } = await import('@berth/setup/bring-up');
    const view = new ProgressView(cli);
    const path = configPath(cli.env);
    const result = await view.during('`berth up` goes on from there', () =>
      bringUp({
        clock: cli.clock,
        env: cli.env,
        signal: cli.signal,
        version,
        isNewTokenAsked: newToken === true,
        isDemo: isDemo === true,
        readToken: async (name) => (await readConfig(path)).contexts[name]?.token,
        request: {
          ...withoutUndefined({
            domain,
            publicAddress,
            dataDir,
            appPorts,
            hostPorts,
            networkPool,
            baseRegistry,
            allow,
          }),
          ...withoutUndefined({ httpPort, httpsPort, apiPort, linkPort, registryPort }),
          ...(platform === undefined ? {} : { name: platform }),
        },
        report: (event) => view.show(event),
        saveToken: async (made, token) => {
          const config = await readConfig(path);
          const context = { ...config.contexts[made.name], url: made.apiUrl, token: token.reveal() };
          await writeConfig(path, {
            current: made.name,
            contexts: { ...config.contexts, [made.name]: context },
          });
        },
      }),
    );
    const { name } = result.platform;
    const kept = (await readConfig(path)).contexts[name];
    const token = result.newToken?.reveal();
    const login = `berth login ${result.apiUrl}`;
    output.line();
    output.line(
      `${output.style.green('✓')} ${name} ${result.isChanged ? 'is up' : 'is up; nothing had to change'}`,
    );
    output.line(`  API     ${result.apiUrl}`);
    output.line(`  apps    <app>.${result.platform.domain}`);
    if (token !== undefined) {
      output.line(`  token   ${token}`);
      output.line(`          shown once; kept for this command line in ${path}`);
    } else if (kept?.token === undefined)
      output.line('  token   none is known here: `berth up --new-token` makes another');
    output.line(`  log in  ${login}`);
    const { demo } = result;
    if (demo !== undefined) printDemo(output, demo);
    output.json({
      platform: name,
      changed: result.isChanged,
      apiUrl: result.apiUrl,
      domain: result.platform.domain,
      login,
      contextFile: path,
      ...(demo === undefined
        ? {}
        : { app: demo.app, urls: demo.urls, releases: demo.releases, load: demo.load }),
      ...(token === undefined ? {} : { token }),
    });
  });
}

type LoadPhase = DemoResult['load']['phases'][number];

function printDemo(output: Output, demo: DemoResult): void {
  const { load } = demo;
  output.line();
  output.line(
    `${load.failed === 0 ? output.style.green('✓') : output.style.red('✗')} ${load.requests} requests during release and rollback, ${load.failed} failed`,
  );
  const columns = [
    { title: 'PHASE', value: (phase: LoadPhase) => phase.name },
    { title: 'REQUESTS', value: (phase: LoadPhase) => String(phase.requests), align: 'right' as const },
    { title: 'FAILED', value: (phase: LoadPhase) => String(phase.failed), align: 'right' as const },
    { title: 'P50', value: (phase: LoadPhase) => `${phase.latencyMs.p50} ms`, align: 'right' as const },
    { title: 'P99', value: (phase: LoadPhase) => `${phase.latencyMs.p99} ms`, align: 'right' as const },
    { title: 'WHY', value: (phase: LoadPhase) => phase.reasons.join('; ') },
  ];
  output.table(columns, load.phases);
  output.line();
  for (const url of demo.urls) output.line(`  ${url}`);
  output.line(`  ${demo.curl}`);
}

const withoutUndefined = <T extends object>(value: T): { [K in keyof T]: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as never;

function parseAllowed(text: string): string[] {
  if (text === 'none') return [];
  return text.split(',').map((part) => {
    const judged = judgePermission(part.trim());
    if (judged.kind === 'never') throw new InvalidArgumentError(`${judged.why}.`);
    return judged.permission;
  });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535)
    throw new InvalidArgumentError('It must be a port: a whole number from 1 to 65535.');
  return port;
}

function parsePortRange(text: string): [number, number] {
  const [first, last, more] = text.split('-');
  if (first === undefined || last === undefined || more !== undefined)
    throw new InvalidArgumentError('It must be two ports, such as 8100-8119.');
  return [parsePort(first), parsePort(last)];
}
