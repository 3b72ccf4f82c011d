import type { NodeFacts } from '@berth/contract/agent';
import { parseBoundPorts } from '@berth/domain/bound-port';
import { label } from '@berth/domain/label';
import { followContainers } from '@berth/engine/container-events';
import type { Relay } from '@berth/runtime/relay-targets';
import { openTcpRelay } from '@berth/runtime/relay-tcp';
import { openUdpRelay } from '@berth/runtime/relay-udp';
import { repeat } from '@berth/runtime/repeat';
import type { Keeper } from '../keeper.ts';
import { type Admission, createAdmission } from './admission.ts';
import { type BoundTask, type Opening, openingKey, planOpenings } from './plan.ts';

/** The bridge by which the engine lets tasks of overlay networks out, and the node in. */
const gateway = 'docker_gwbridge';
const swarmService = 'com.docker.swarm.service.name';
const connectionsMax = 4_096;
const lookAgainMs = 10_000;
/** A port that could not be opened, or a task without an address yet. */
const retryMs = 500;

type BoundPortFacts = NonNullable<NodeFacts['boundPorts']>;

export interface BoundPorts {
  list(): BoundPortFacts;
  /** Somebody else leads now. */
  look(): void;
  close(): Promise<void>;
}

/**
 * Opens the ports of this node's tasks that are bound to one of its addresses, each exactly there, and leads them to
 * the tasks. INVARIANT: a port is open while a task has it; what tasks have is read from their labels alone, so it
 * is the same after the agent or the node has started anew, with control or without.
 */
export function keepBoundPorts(
  options: Keeper & {
    /** Swarm services that a release has switched to. */
    leading: () => readonly string[];
  },
): BoundPorts {
  const { engine, clock, log, signal } = options;
  const labels = [`${label.platform}=${options.platform}`, label.boundPorts];
  const relays = new Map<string, { relay: Relay; groups: string; admission: Admission }>();
  let facts: BoundPortFacts = [];

  async function tasks(): Promise<{ found: BoundTask[]; isComplete: boolean }> {
    const containers = await engine.listContainers({ filters: { label: labels }, signal });
    if (containers.length === 0) return { found: [], isComplete: true };
    const bridge = await engine.inspectNetwork(gateway, { scope: 'local', signal });
    const leading = new Set(options.leading());
    const found = containers.flatMap(({ Id, Labels, Created, Status }): BoundTask[] => {
      const host = bridge.Containers?.[Id]?.IPv4Address.split('/')[0];
      if (host === undefined || host === '') return [];
      return [
        {
          run: Labels[swarmService] ?? '',
          isLeading: leading.has(Labels[swarmService] ?? ''),
          host,
          createdAt: Created,
          isHealthy: !/\((health: starting|unhealthy)\)/.test(Status),
          ports: parseBoundPorts(Labels[label.boundPorts]),
          ...allowFromOf(Labels[label.allowFrom]),
        },
      ];
    });
    return { found, isComplete: found.length === containers.length };
  }

  function open({ address, port, protocol, groups }: Opening, { admits }: Admission): Promise<Relay> {
    return protocol === 'tcp'
      ? openTcpRelay({ address, port, connectionsMax, admits }, groups)
      : openUdpRelay({ address, port, sessionsMax: connectionsMax, clock, admits }, groups);
  }

  /** Why it is not open; undefined: it is. */
  async function settle(opening: Opening): Promise<string | undefined> {
    const key = openingKey(opening);
    const groups = JSON.stringify(opening.groups);
    const known = relays.get(key);
    if (known !== undefined) {
      known.admission.set(opening.allowFrom);
      if (known.groups !== groups) known.relay.retarget(opening.groups);
      known.groups = groups;
      return undefined;
    }
    const admission = createAdmission(opening.allowFrom);
    try {
      relays.set(key, { relay: await open(opening, admission), groups, admission });
      log.info({ port: key }, 'a bound port is open');
      return undefined;
    } catch (error) {
      const before = facts.find((entry) => openingKey(entry) === key)?.fault;
      const fault = faultOf(error);
      if (fault !== before) log.warn({ port: key, err: error }, 'a bound port cannot be opened');
      return fault;
    }
  }

  async function pass(): Promise<number> {
    const { found, isComplete } = await tasks();
    const openings = planOpenings(found);
    const wanted = new Set(openings.map(openingKey));
    for (const [key, { relay }] of relays) {
      if (wanted.has(key)) continue;
      relays.delete(key);
      await relay.close();
      log.info({ port: key }, 'a bound port is closed');
    }
    const next: BoundPortFacts = [];
    for (const opening of openings) {
      const { address, port, protocol } = opening;
      const fault = await settle(opening);
      next.push({ address, port, protocol, ...(fault === undefined ? {} : { fault }) });
    }
    facts = next;
    return isComplete && next.every(({ fault }) => fault === undefined) ? lookAgainMs : retryMs;
  }

  const passes = repeat({
    clock,
    signal,
    againMs: retryMs,
    pass,
    failed: (error) => log.debug({ err: error }, 'bound ports were not looked at'),
  });
  passes.start();
  const following = followContainers({
    engine,
    clock,
    signal,
    labels,
    events: ['start', 'die', 'health_status'],
    see: () => passes.hint(),
    broken: (error) => log.debug({ err: error }, 'events of the engine ended'),
  });
  return {
    list: () => facts,
    look: passes.hint,
    async close() {
      await Promise.all([passes.close(), following]);
      await Promise.all([...relays.values()].map(({ relay }) => relay.close()));
    },
  };
}

const allowFromOf = (text: string | undefined): { allowFrom?: readonly string[] } =>
  text === undefined ? {} : { allowFrom: text.split(',') };

function faultOf(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  const words: Readonly<Record<string, string>> = {
    EADDRINUSE: 'something else listens there',
    EADDRNOTAVAIL: 'the node does not have the address',
    EACCES: 'the agent may not open ports below 1024',
  };
  return words[code ?? ''] ?? (error instanceof Error ? error.message : String(error));
}
