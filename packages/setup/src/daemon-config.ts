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
  const nofile = host.mayRaiseLimits ? NOFILE : Math.min(NOFILE, host.nofileHard);
  return `${JSON.stringify(
    {
      'log-driver': 'json-file',
      'log-opts': { 'max-size': '10m', 'max-file': '3' },
      'default-ulimits': { nofile: { Name: 'nofile', Soft: nofile, Hard: nofile } },
      'userland-proxy': false,
      'metrics-addr': '127.0.0.1:9323',
      // The engine of Debian 12 gives metrics only so; it switches on nothing else for us.
      experimental: true,
      'shutdown-timeout': 40,
    },
    null,
    2,
  )}\n`;
}
