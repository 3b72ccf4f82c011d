import { createHash } from 'node:crypto';
import type { RelayListener } from '@berth/contract/forwarder';
import { label } from '@berth/domain/label';
import type { ServiceSpec } from '@berth/engine/types';
import type { Forwarder } from './plan.ts';

/** Labels of a forwarder's Swarm service. It has no `berth.app`: it is not one of the app's own services. */
export const forwarderLabel = {
  /** `<app>/<name in the app>` */
  of: 'berth.forwarder',
  /** Hash of what it was made from. */
  spec: 'berth.forwarder-spec',
} as const;

export const forwarderKey = (forwarder: Pick<Forwarder, 'app' | 'alias'>): string =>
  `${forwarder.app}/${forwarder.alias}`;

/** One DNS label, whatever the names. */
export function forwarderName(platform: string, forwarder: Pick<Forwarder, 'app' | 'alias'>): string {
  const hash = createHash('sha256')
    .update(`${platform}/${forwarderKey(forwarder)}`)
    .digest('hex')
    .slice(0, 8);
  return `${`${forwarder.app}-to-${forwarder.alias}`.slice(0, 50).replace(/-+$/, '')}-${hash}`;
}

const MiB = 1024 * 1024;
const seconds = (count: number): number => count * 1_000_000_000;
/** The user of the edge's image. */
const user = '10002:10002';
/** Tasks a link spreads connections over. */
const tasksMax = 16;

/**
 * HAProxy in TCP mode. Names are looked up again all the time, so that a moved endpoint and new tasks are
 * followed by the next connection; the first target that answers gets it.
 */
export function renderForwarderConfig(forwarder: Forwarder): string {
  const lines = [
    'global',
    '  maxconn 4000',
    '  log stdout format raw local0 notice',
    'resolvers engine',
    '  nameserver dns 127.0.0.11:53',
    '  accepted_payload_size 8192',
    '  timeout resolve 500ms',
    '  timeout retry 500ms',
    '  hold valid 1s',
    '  hold obsolete 0',
    '  hold nx 2s',
    '  hold timeout 24h',
    'defaults',
    '  mode tcp',
    '  log global',
    '  option dontlog-normal',
    '  option redispatch 1',
    '  option clitcpka',
    '  option srvtcpka',
    '  retries 2',
    '  timeout connect 5s',
    '  timeout client 24h',
    '  timeout server 24h',
    '  timeout client-fin 30s',
    '  timeout server-fin 30s',
    '  default-server resolvers engine resolve-prefer ipv4 init-addr none on-marked-down shutdown-sessions',
  ];
  for (const { port, targets, isService } of forwarder.listeners) {
    lines.push(`listen p${port}`, `  bind :${port}`);
    // Looked at only where there is another to go to: a lone target is simply tried.
    const check = targets.length > 1 ? ' check inter 1s fall 2 rise 1' : '';
    for (const [index, target] of targets.entries())
      lines.push(
        isService
          ? `  server-template t 1-${tasksMax} ${target}`
          : `  server t${index + 1} ${target}${check}${index === 0 ? '' : ' backup'}`,
      );
  }
  return `${lines.join('\n')}\n`;
}

/** Whether HAProxy can do it, which knows TCP alone and takes a quarter of the memory. */
export const isTcpOnly = ({ listeners }: Pick<Forwarder, 'listeners'>): boolean =>
  listeners.every(({ protocol }) => protocol === 'tcp');

function programOf(forwarder: Forwarder): { Command: string[]; Env: string[]; StopSignal: string } {
  if (isTcpOnly(forwarder))
    return {
      Command: [
        'sh',
        '-c',
        'printf %s "$FORWARDER" > /tmp/haproxy.cfg && exec haproxy -db -f /tmp/haproxy.cfg',
      ],
      Env: [`FORWARDER=${renderForwarderConfig(forwarder)}`],
      // What is open is finished.
      StopSignal: 'SIGUSR1',
    };
  const listeners: RelayListener[] = forwarder.listeners.map(({ port, protocol, targets }) => ({
    port,
    protocol,
    targets: [...targets],
  }));
  return {
    Command: ['node', '--disable-warning=ExperimentalWarning', 'forwarder/main.js'],
    Env: [`FORWARDER=${JSON.stringify(listeners)}`],
    StopSignal: 'SIGTERM',
  };
}

/** The Swarm service of a forwarder. Pure. */
export function renderForwarder(input: {
  platform: string;
  /** Every node has them: HAProxy is in that of the edge, the relay in that of the agent. */
  images: { readonly edge: string; readonly agent: string };
  forwarder: Forwarder;
  /** Network with a way out, for one that needs it. */
  outside: string;
}): ServiceSpec {
  const { platform, forwarder } = input;
  const own = { [label.platform]: platform, [forwarderLabel.of]: forwarderKey(forwarder) };
  const task: ServiceSpec['TaskTemplate'] = {
    ContainerSpec: {
      Image: isTcpOnly(forwarder) ? input.images.edge : input.images.agent,
      Labels: own,
      ...programOf(forwarder),
      User: user,
      ReadOnly: true,
      Mounts: [{ Type: 'tmpfs', Target: '/tmp', TmpfsOptions: { SizeBytes: MiB, Mode: 0o1777 } }],
      CapabilityDrop: ['ALL'],
      StopGracePeriod: seconds(10),
    },
    Resources: { Limits: { MemoryBytes: 128 * MiB, Pids: 64 } },
    RestartPolicy: { Condition: 'any', Delay: seconds(1) },
    Networks: [
      ...forwarder.answersIn.map((target) => ({ Target: target, Aliases: [forwarder.alias] })),
      ...[...forwarder.reachesBy, ...(forwarder.needsWayOut ? [input.outside] : [])]
        .filter((target) => !forwarder.answersIn.includes(target))
        .map((target) => ({ Target: target })),
    ],
    LogDriver: { Name: 'json-file', Options: { 'max-size': '1m', 'max-file': '2' } },
  };
  const hash = createHash('sha256').update(JSON.stringify(task)).digest('hex').slice(0, 16);
  return {
    Name: forwarderName(platform, forwarder),
    Labels: { ...own, [forwarderLabel.spec]: hash },
    TaskTemplate: task,
    Mode: { Replicated: { Replicas: 1 } },
    // The new one answers before the old one goes.
    UpdateConfig: { Parallelism: 1, Order: 'start-first', FailureAction: 'pause' },
    EndpointSpec: { Mode: 'dnsrr' },
  };
}
