import { compareVersions, engineIssues, isDistributionPackage, issuesOf } from '@berth/domain/known-issues';
import { securityOf } from '@berth/engine/security';
import { engineApiVersion } from '@berth/engine/transport';
import type { EngineInfo, EngineVersion } from '@berth/engine/types';
import type { Check } from './check.ts';
import { decideSwarm } from './swarm.ts';

export interface EngineFacts {
  readonly version: EngineVersion;
  readonly info: EngineInfo;
  /** /etc/docker/daemon.json, parsed; undefined when there is none or it cannot be read. */
  readonly daemonConfig: Readonly<Record<string, unknown>> | undefined;
}

/** Everything about the engine that Berth needs or advises: the known issues, and the production profile. */
export function checkEngine({ version, info, daemonConfig }: EngineFacts): Check[] {
  return [
    ...checkVersion(version),
    ...checkStorage(info),
    ...checkSwarm(info),
    ...checkRootless(info),
    ...checkProfile(info, daemonConfig),
    ...(info.Warnings ?? [])
      .filter(
        (text) => /No (memory|cpu|pids|swap|kernel memory)/i.test(text) && !/swap|kernel memory/i.test(text),
      )
      .map((text) =>
        check(
          'engine.limits',
          'warning',
          `the engine says: ${text}`,
          'Tasks cannot be limited so; use a kernel that can.',
        ),
      ),
  ];
}

function checkVersion(version: EngineVersion): Check[] {
  if (compareVersions(version.MinAPIVersion, engineApiVersion) > 0)
    return [
      check(
        'engine.version',
        'broken',
        `Docker Engine ${version.Version} no longer speaks API ${engineApiVersion} (its oldest is ${version.MinAPIVersion})`,
        `Set "min-api-version": "${engineApiVersion}" in /etc/docker/daemon.json and restart the engine.`,
      ),
    ];
  const found = issuesOf(version.Version, engineIssues);
  const packaged = isDistributionPackage(version.Version) ? ', as the distribution packages it' : '';
  if (found.length === 0)
    return [check('engine.version', 'ok', `Docker Engine ${version.Version}${packaged}`)];
  return found.map(({ isBroken, text, below }) =>
    check(
      'engine.version',
      isBroken ? 'broken' : 'warning',
      `Docker Engine ${version.Version}: ${text}`,
      `Install version ${below} or later.`,
    ),
  );
}

const rejectedDrivers: Readonly<Record<string, string>> = {
  devicemapper: 'devicemapper loses data and space under load',
  aufs: 'aufs is no longer maintained',
  overlay: 'the first overlay driver leaks inodes',
};

function checkStorage(info: EngineInfo): Check[] {
  const because = rejectedDrivers[info.Driver];
  if (because !== undefined)
    return [
      check(
        'engine.storage',
        'broken',
        `the engine stores images with ${info.Driver}: ${because}`,
        'Set "storage-driver": "overlay2" in /etc/docker/daemon.json and restart the engine. Images and containers of the old driver are not carried over.',
      ),
    ];
  if (info.Driver === 'vfs')
    return [
      check(
        'engine.storage',
        'warning',
        'the engine stores images with vfs: every container copies its whole image',
        'Put its data on ext4, XFS with ftype=1, or btrfs, and use overlay2.',
      ),
    ];
  return [check('engine.storage', 'ok', `storage driver ${info.Driver}`)];
}

function checkSwarm(info: EngineInfo): Check[] {
  const decision = decideSwarm(info.Swarm);
  if (decision.kind === 'ready') return [check('engine.swarm', 'ok', 'a Swarm manager')];
  if (decision.kind === 'init')
    return [check('engine.swarm', 'warning', 'not a Swarm yet', '`berth up` makes it one.')];
  return [check('engine.swarm', 'broken', decision.because, 'See the text: Berth never leaves a Swarm.')];
}

/** Rootless engines have no overlay networks, and with them no Swarm that apps could be on (R162). */
function checkRootless(info: EngineInfo): Check[] {
  if (!securityOf(info).isRootless) return [];
  return [
    check(
      'engine.rootless',
      'broken',
      'the engine runs rootless, and so has no overlay networks, which apps are on',
      'Use an engine that runs as root: tasks have no privileges in it, and are warned of where they are root.',
    ),
  ];
}

/** The settings of R044: each is advice, because the engine belongs to the machine and not to Berth. */
function checkProfile(info: EngineInfo, config: EngineFacts['daemonConfig']): Check[] {
  const checks: Check[] = [];
  const set = (key: string, value: string): string =>
    `Set ${key} to ${value} in /etc/docker/daemon.json, or let \`berth doctor --fix\` do it, and restart the engine when it suits you.`;
  if (info.LiveRestoreEnabled && info.Swarm.LocalNodeState === 'active')
    checks.push(
      check(
        'engine.live-restore',
        'broken',
        'live-restore is on, which Swarm does not support: services are not restored',
        set('"live-restore"', 'false'),
      ),
    );
  const options = config?.['log-opts'];
  const isRotated =
    info.LoggingDriver !== 'json-file' ||
    (typeof options === 'object' && options !== null && 'max-size' in options);
  checks.push(
    isRotated
      ? check('engine.logs', 'ok', `containers log by ${info.LoggingDriver}, rotated`)
      : check(
          'engine.logs',
          'warning',
          'containers that are not Berth’s log without limit and can fill the disk',
          set('"log-opts"', '{ "max-size": "10m", "max-file": "3" }'),
        ),
  );
  if (config !== undefined && config['userland-proxy'] !== false)
    checks.push(
      check(
        'engine.userland-proxy',
        'warning',
        'each published port runs a process of its own (userland-proxy)',
        set('"userland-proxy"', 'false'),
      ),
    );
  if (config?.['metrics-addr'] === undefined)
    checks.push(
      check(
        'engine.metrics',
        'warning',
        'the engine gives no metrics of its own',
        set('"metrics-addr"', '"127.0.0.1:9323"'),
      ),
    );
  return checks;
}

const check = (id: string, status: Check['status'], text: string, fix?: string): Check => ({
  id,
  area: 'engine',
  status,
  text,
  ...(fix === undefined ? {} : { fix }),
});
