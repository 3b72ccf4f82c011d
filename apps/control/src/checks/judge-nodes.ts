import type { NodeFacts } from '@berth/contract/agent';
import { engineIssues, issuesOf, kernelIssuesOf } from '@berth/domain/known-issues';
import { securityOf } from '@berth/engine/security';
import type { EngineInfo, SwarmNode } from '@berth/engine/types';
import { broken, bytes, type Check, ok, warning } from './check.ts';

/** Every node of the Swarm has its agent connected, and Swarm itself can reach it. Pure. */
export function judgeAgents(
  nodes: readonly SwarmNode[],
  connected: readonly Pick<NodeFacts, 'id' | 'name'>[],
  platform = 'berth',
): Check[] {
  if (connected.length === 0)
    return [
      broken(
        'platform',
        'platform.agents',
        'no agent is connected: apps keep serving, but nothing can be deployed or seen',
        `Look at \`docker logs ${platform}-agent\`; \`berth up\` starts it.`,
      ),
    ];
  const checks: Check[] = [];
  for (const node of nodes) {
    const name = node.Description.Hostname;
    if (!connected.some((link) => link.id === node.ID))
      checks.push(
        broken(
          'platform',
          `platform.agent.${name}`,
          `the agent of node ${name} (${node.Status.Addr}) is not connected`,
          `On ${name}, look at \`docker logs ${platform}-agent\` and run \`berth up\`.`,
        ),
      );
    if (node.Status.State !== 'ready')
      checks.push(
        broken(
          'engine',
          `engine.${name}.swarm`,
          `Swarm calls node ${name} ${node.Status.State}${node.Status.Message === undefined ? '' : `: ${node.Status.Message}`}`,
          `Is the engine of ${name} running, and can the managers reach it (TCP 2377, TCP and UDP 7946, UDP 4789)?`,
        ),
      );
    else if (node.Spec.Availability !== 'active')
      checks.push(
        warning(
          'engine',
          `engine.${name}.availability`,
          `node ${name} takes no new tasks: its availability is ${node.Spec.Availability}`,
          `When that is not meant: \`docker node update --availability active ${name}\`.`,
        ),
      );
  }
  if (checks.length > 0) return checks;
  return [
    ok('platform', 'platform.agents', `agents connected: ${connected.map((link) => link.name).join(', ')}`),
  ];
}

/** Agents are of control's version: an older one may lack what control asks of it. Pure. */
export function judgeVersions(
  agents: readonly Pick<NodeFacts, 'name' | 'agentVersion'>[],
  version: string,
): Check[] {
  return agents
    .filter((agent) => agent.agentVersion !== version)
    .map(({ name, agentVersion }) =>
      warning(
        'platform',
        `platform.version.${name}`,
        `the agent of ${name} is version ${agentVersion}, control is ${version}`,
        `Run \`berth up\` on ${name}.`,
      ),
    );
}

const badDrivers: Readonly<Record<string, string>> = {
  devicemapper: 'it loses data and space under load',
  aufs: 'it is no longer maintained',
  overlay: 'it leaks inodes',
  vfs: 'every container copies its whole image',
};
/** Drivers that rotate by themselves, or keep nothing on the node. */
const boundedLogs = new Set(['local', 'journald', 'syslog', 'none', 'fluentd', 'gelf', 'awslogs', 'splunk']);

/** One node's engine against what Berth needs and the production profile; one line when all holds. Pure. */
export function judgeEngine(name: string, info: EngineInfo): Check[] {
  const id = (part: string) => `engine.${name}.${part}`;
  const fixed = (setting: string) =>
    `On ${name}, set ${setting} in /etc/docker/daemon.json and restart the engine when it suits.`;
  const checks: Check[] = [];
  for (const issue of issuesOf(info.ServerVersion, engineIssues)) {
    const judge = issue.isBroken ? broken : warning;
    checks.push(
      judge(
        'engine',
        id('version'),
        `Docker Engine ${info.ServerVersion} on ${name}: ${issue.text}`,
        `Install version ${issue.below} or later.`,
      ),
    );
  }
  for (const issue of kernelIssuesOf(info.KernelVersion)) {
    const judge = issue.isBroken ? broken : warning;
    checks.push(
      judge(
        'engine',
        id('kernel'),
        `Linux ${info.KernelVersion} of ${name}: ${issue.text}`,
        `Use Linux ${issue.below} or later.`,
      ),
    );
  }
  const because = badDrivers[info.Driver];
  if (because !== undefined)
    checks.push(
      warning(
        'engine',
        id('storage'),
        `the engine of ${name} stores images with ${info.Driver}: ${because}`,
        fixed('"storage-driver": "overlay2"'),
      ),
    );
  if (info.LiveRestoreEnabled && info.Swarm.LocalNodeState === 'active')
    checks.push(
      broken(
        'engine',
        id('live-restore'),
        `live-restore is on at ${name}, which Swarm does not support: after a restart of the engine its tasks are lost to it`,
        fixed('"live-restore": false'),
      ),
    );
  if (info.LoggingDriver !== 'json-file' && !boundedLogs.has(info.LoggingDriver))
    checks.push(
      warning(
        'engine',
        id('logs'),
        `the default log driver of ${name} is ${info.LoggingDriver}, whose logs the engine may not be able to read back`,
        fixed('"log-driver": "local"'),
      ),
    );
  if (info.CgroupDriver === 'none')
    checks.push(
      broken(
        'engine',
        id('cgroups'),
        `the engine of ${name} has no cgroups: tasks have no limits`,
        'Run the engine as root, on a kernel with the memory, cpu and pids controllers.',
      ),
    );
  const unlimited = (info.Warnings ?? []).filter((text) => /^WARNING: No (memory|cpu|pids)\b/i.test(text));
  if (unlimited.length > 0)
    checks.push(
      warning(
        'engine',
        id('limits'),
        `the kernel of ${name} cannot limit tasks fully: ${unlimited.map((text) => text.replace(/^WARNING: /, '')).join(', ')}`,
        'Boot it with these controllers (`cgroup_enable=memory`), or use a kernel that has them.',
      ),
    );
  const { modules, hasSeccompProfile } = securityOf(info);
  if (!hasSeccompProfile)
    checks.push(
      warning(
        'engine',
        id('seccomp'),
        `the engine of ${name} keeps tasks from no call of the kernel: it has no seccomp profile`,
        'Use a kernel with seccomp, and no "seccomp-profile" in /etc/docker/daemon.json.',
      ),
    );
  if (checks.length > 0) return checks;
  return [
    ok(
      'engine',
      `engine.${name}`,
      `Docker Engine ${info.ServerVersion} on ${name}: ${info.Driver}, ${info.LoggingDriver}, cgroup v${info.CgroupVersion}, ${modules.join(', ')}`,
    ),
  ];
}

/** Containers of tasks that the engine could not remove: their names and networks stay taken. Pure. */
export function judgeStuck(
  name: string,
  stuck: readonly { readonly Id: string; readonly Names: readonly string[] }[],
): Check[] {
  return stuck.map(({ Id, Names }) => {
    const container = (Names[0] ?? Id.slice(0, 12)).replace(/^\//, '');
    return warning(
      'engine',
      `engine.${name}.stuck.${Id.slice(0, 12)}`,
      `the engine of ${name} could not remove the container ${container} and calls it dead`,
      `On ${name}: \`docker rm --force ${Id.slice(0, 12)}\`; where its files are in use, after a restart of the engine.`,
    );
  });
}

const GiB = 2 ** 30;

/** Room on a disk: images, logs and the database stop the platform when it is gone. Pure. */
export function judgeDisk(
  what: { readonly id: string; readonly area: Check['area']; readonly name: string },
  free: number,
  total?: number,
): Check {
  const share = total === undefined || total === 0 ? '' : ` (${Math.round((free / total) * 100)} %)`;
  const text = `${bytes(free)}${share} free on ${what.name}`;
  const fix = 'Make room: `docker system df` shows what takes it; `docker builder prune` frees build cache.';
  if (free < GiB / 2) return broken(what.area, what.id, text, fix);
  if (free < 3 * GiB || (total !== undefined && free < total / 20))
    return warning(what.area, what.id, text, fix);
  return ok(what.area, what.id, text);
}
