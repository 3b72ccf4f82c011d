/** What decides the settings of an engine that `up` installs itself. */
export interface DaemonHost {
  /** Hard limit on open files that a container can be given. */
  readonly nofileHard: number;
  readonly mayRaiseLimits: boolean;
}

const NOFILE = 65_536;

/**
 * /etc/docker/daemon.json for production, for an engine that Berth installs on a machine that has none: logs
 * are rotated, processes may open files, published ports cost no process, the engine can be measured, and
 * stopping it gives tasks their grace. Not live-restore: Swarm does not support it, and tasks come back by
 * Swarm after a restart of the engine.
 */
export function renderDaemonConfig(host: DaemonHost): string {
  return print(productionSettings(host));
}

function productionSettings(host: DaemonHost): Settings {
  const nofile = host.mayRaiseLimits ? NOFILE : Math.min(NOFILE, host.nofileHard);
  return {
    'log-driver': 'json-file',
    'log-opts': { 'max-size': '10m', 'max-file': '3' },
    'default-ulimits': { nofile: { Name: 'nofile', Soft: nofile, Hard: nofile } },
    'userland-proxy': false,
    'metrics-addr': '127.0.0.1:9323',
    // The engine of Debian 12 gives metrics only so; it switches on nothing else for us.
    experimental: true,
    'shutdown-timeout': 40,
  };
}

type Settings = Readonly<Record<string, unknown>>;

const print = (settings: Settings): string => `${JSON.stringify(settings, null, 2)}\n`;

/** Options of dockerd's command line that are not named as the setting is. */
const flagOf: Readonly<Record<string, string>> = {
  'log-opts': 'log-opt',
  'default-ulimits': 'default-ulimit',
};

/**
 * The settings of an engine that somebody else installed, with what it lacks for production. What is set is left
 * as it is, but for live-restore, which Swarm does not support. An option of the command line stays out of the
 * file: dockerd does not start with both. Pure.
 */
export function mendDaemonConfig(o: {
  readonly settings: Settings;
  /** How dockerd was started. */
  readonly commandLine: readonly string[];
  readonly host: DaemonHost;
}): { readonly content: string; readonly changes: readonly string[] } {
  const mended: Record<string, unknown> = { ...o.settings };
  const isOption = (key: string): boolean =>
    o.commandLine.some((word) => word.split('=')[0] === `--${flagOf[key] ?? key}`);
  const changes: string[] = [];
  const set = (key: string, value: unknown): void => {
    if (isOption(key)) return;
    mended[key] = value;
    changes.push(`${key}: ${JSON.stringify(value)}`);
  };
  if (mended['live-restore'] === true) set('live-restore', false);
  const wanted = productionSettings(o.host);
  const isOwnLog = isOption('log-driver') || (mended['log-driver'] ?? 'json-file') !== 'json-file';
  for (const [key, value] of Object.entries(wanted)) {
    if (mended[key] !== undefined || (isOwnLog && key.startsWith('log-'))) continue;
    set(key, value);
  }
  return { content: print(mended), changes };
}
