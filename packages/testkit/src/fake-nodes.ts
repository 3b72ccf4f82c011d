import type { EdgeApplied, EdgeReport, NodeFacts } from '@berth/contract/agent';
import { refuse } from '@berth/contract/errors';
import type { EdgePort, MemoryFile, NodeLink, Nodes } from '@berth/control/nodes/ports';
import type { EdgeLane, EdgeModel, LaneName, ObservedLane, ObservedServer } from '@berth/domain/edge';
import type { FakeEngine } from './fake-engine.ts';
import { createFakeVolumes, type FakeVolumePort } from './fake-volumes.ts';

/**
 * An edge whose lanes follow the fake engine's tasks: a lane with fqdn `tasks.<service>` has a server for
 * each running task of that service, up when the image's behaviour answers the probe.
 */
export interface FakeEdge extends EdgePort {
  /** What was applied last. */
  readonly model: EdgeModel | undefined;
  /** Every model ever applied, in order. */
  readonly applied: readonly EdgeModel[];
  readonly shutdowns: readonly string[];
  readonly certificates: ReadonlyMap<string, string>;
  readonly drained: ReadonlySet<string>;
  lane(service: string, lane: LaneName): ObservedLane;
  /** Requests in flight on a lane, which a drain waits for. */
  setSessions(service: string, lane: LaneName, count: number): void;
  /** Overrides what the probe of one Swarm service gets; undefined: as the image behaves. */
  setProbe(swarmService: string, answer: ObservedServer['check'] | undefined): void;
  /** The next `apply`s are refused with HAProxy's words. */
  failApplies(words: string | undefined): void;
}

export interface FakeNodes extends Nodes {
  readonly node: NodeLink;
  readonly edge: FakeEdge;
  readonly volumes: FakeVolumePort;
  readonly facts: NodeFacts;
  /** Files put into the node's memory, by container. */
  readonly memory: ReadonlyMap<string, readonly MemoryFile[]>;
  /** The agent goes: calls reject with `agent_unreachable` until `connect`. */
  disconnect(): void;
  connect(): void;
}

/** One connected node on a fake engine, with a fake edge. */
export function createFakeNodes(fake: FakeEngine, over: Partial<NodeFacts> = {}): FakeNodes {
  const listeners = new Set<(event: { kind: 'connected' | 'disconnected'; id: string }) => void>();
  const waiting = new Set<() => void>();
  let isConnected = true;
  const facts: NodeFacts = { ...defaultFacts, id: fake.nodeId, ...over };
  const unreachable = (): Error => refuse('agent_unreachable', `the agent of ${facts.name} is not connected`);
  const assertConnected = (): void => {
    if (!isConnected) throw unreachable();
  };
  const edge = createFakeEdge(fake, assertConnected);
  const volumes = createFakeVolumes(assertConnected);
  const memory = new Map<string, readonly MemoryFile[]>();
  const node: NodeLink = {
    id: facts.id,
    name: facts.name,
    facts: () => facts,
    refresh: async () => facts,
    engine: fake.engine,
    edge,
    memory: {
      async put(container, files) {
        if (!isConnected) throw unreachable();
        memory.set(container, files);
        return files.map((_file, index) => `/dev/shm/${facts.platform}/${container}/${index}`);
      },
      async remove(container) {
        memory.delete(container);
      },
    },
    volumes,
    logs: {
      list: async () => [],
      read: async function* () {},
    },
    limits: { watch: async function* () {} },
  };
  fake.onRequest(() => {
    if (!isConnected) throw unreachable();
  });
  const tell = (kind: 'connected' | 'disconnected'): void => {
    isConnected = kind === 'connected';
    for (const listener of [...listeners]) listener({ kind, id: facts.id });
    if (isConnected) for (const wake of [...waiting]) wake();
  };

  return {
    node,
    edge,
    memory,
    volumes,
    facts,
    list: () => (isConnected ? [node] : []),
    find: (id) => (isConnected && id === node.id ? node : undefined),
    manager(options = {}) {
      if (isConnected) return Promise.resolve(node);
      if (options.waitMs === 0) return Promise.reject(unreachable());
      return new Promise((resolve, reject) => {
        const wake = (): void => {
          waiting.delete(wake);
          resolve(node);
        };
        waiting.add(wake);
        options.signal?.addEventListener('abort', () => {
          waiting.delete(wake);
          reject(options.signal?.reason);
        });
      });
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    disconnect: () => tell('disconnected'),
    connect: () => tell('connected'),
  };
}

function createFakeEdge(fake: FakeEngine, assertConnected: () => void): FakeEdge {
  let model: EdgeModel | undefined;
  let refusal: string | undefined;
  const applied: EdgeModel[] = [];
  const shutdowns: string[] = [];
  const certificates = new Map<string, string>();
  const drained = new Set<string>();
  const sessions = new Map<string, number>();
  const probes = new Map<string, ObservedServer['check']>();
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of [...listeners]) listener();
  };
  fake.onChange(changed);

  const laneOf = (service: string, lane: LaneName): EdgeLane | undefined =>
    model?.services.find((one) => one.id === service)?.lanes[lane];
  const checkOf = (swarmService: string, image: string, lane: EdgeLane): ObservedServer['check'] => {
    const given = probes.get(swarmService);
    if (given !== undefined) return given;
    const { listens, probeStatus } = fake.images.find(image)?.behaviour ?? {};
    if (lane.probe.kind === 'none') return { status: 'L4OK', text: 'no probe', durationMs: 0 };
    if (listens?.includes(lane.probe.port) === false)
      return { status: 'L4CON', text: 'Connection refused', durationMs: 0 };
    if (lane.probe.kind === 'tcp') return { status: 'L4OK', text: '', durationMs: 0 };
    const code = probeStatus ?? 200;
    return code < 400
      ? { status: 'L7OK', code, text: 'OK', durationMs: 1 }
      : { status: 'L7STS', code, text: `HTTP status ${code}`, durationMs: 1 };
  };
  const observe = (service: string, name: LaneName): ObservedLane => {
    const lane = laneOf(service, name);
    const sessionsCurrent = sessions.get(`${service}/${name}`) ?? 0;
    const swarmService = lane?.fqdn?.replace(/^tasks\./, '');
    if (lane?.fqdn === undefined || swarmService === undefined)
      return { service, lane: name, servers: [], sessionsCurrent };
    const tasks = fake.swarm.find(swarmService) === undefined ? [] : fake.tasks.of(swarmService);
    const servers = tasks
      .filter((task) => task.Status.State === 'running')
      .map((task, index): ObservedServer => {
        const check = checkOf(swarmService, task.Spec.ContainerSpec.Image, lane);
        const server = `s${index + 1}`;
        const isUp = check.status === 'L7OK' || check.status === 'L4OK';
        return {
          name: server,
          address: task.NetworksAttachments?.[0]?.Addresses[0]?.split('/')[0] ?? '10.0.0.2',
          state: drained.has(`${service}/${name}/${server}`) ? 'drain' : isUp ? 'up' : 'down',
          check,
          sessionsCurrent: 0,
        };
      });
    return { service, lane: name, fqdn: lane.fqdn, servers, sessionsCurrent };
  };

  return {
    get model() {
      return model;
    },
    applied,
    shutdowns,
    certificates,
    drained,
    lane: observe,
    setSessions(service, lane, count) {
      sessions.set(`${service}/${lane}`, count);
      changed();
    },
    setProbe(swarmService, answer) {
      if (answer === undefined) probes.delete(swarmService);
      else probes.set(swarmService, answer);
      changed();
    },
    failApplies: (words) => {
      refusal = words;
    },
    async apply(next): Promise<EdgeApplied> {
      assertConnected();
      if (refusal !== undefined) throw refuse('edge_refused', refusal);
      if (model !== undefined && next.revision < model.revision)
        throw refuse('conflict', `the edge has revision ${model.revision}, newer than ${next.revision}`);
      const by = model !== undefined && isSame(model, next) ? 'nothing' : 'runtime';
      model = next;
      applied.push(next);
      changed();
      return { revision: next.revision, by, durationMs: 1 };
    },
    async report(): Promise<EdgeReport> {
      assertConnected();
      return {
        revision: model?.revision ?? 0,
        running: true,
        version: '3.0.11',
        reloads: 0,
        oldWorkers: 0,
        connectionsCurrent: 0,
        requestsTotal: 0,
        certificates: [],
      };
    },
    async *watchLane(service, lane, signal) {
      let last = '';
      for (;;) {
        signal.throwIfAborted();
        assertConnected();
        const now = observe(service, lane);
        const text = JSON.stringify(now);
        if (text !== last) {
          last = text;
          yield now;
          continue;
        }
        await new Promise<void>((resolve, reject) => {
          const stop = (): void => {
            listeners.delete(wake);
            reject(signal.reason);
          };
          const wake = (): void => {
            listeners.delete(wake);
            signal.removeEventListener('abort', stop);
            resolve();
          };
          listeners.add(wake);
          signal.addEventListener('abort', stop, { once: true });
        });
      }
    },
    async shutdownLane(service, lane) {
      assertConnected();
      shutdowns.push(`${service}/${lane}`);
      sessions.delete(`${service}/${lane}`);
      changed();
    },
    async setServerState({ service, lane, server, state }) {
      assertConnected();
      if (state === 'drain') drained.add(`${service}/${lane}/${server}`);
      else drained.delete(`${service}/${lane}/${server}`);
      changed();
    },
    async putCertificate(name, pem) {
      assertConnected();
      certificates.set(name, pem);
    },
  };
}

const isSame = (a: EdgeModel, b: EdgeModel): boolean =>
  JSON.stringify({ ...a, revision: 0 }) === JSON.stringify({ ...b, revision: 0 });

const defaultFacts: NodeFacts = {
  id: '',
  name: 'fake',
  platform: 'berth',
  agentVersion: '0.1.0',
  startedAt: '2026-01-01T00:00:00.000Z',
  engineVersion: '20.10.24',
  engineApiVersion: '1.41',
  addresses: ['192.0.2.10'],
  swarm: { state: 'active', isManager: true },
  os: 'Debian GNU/Linux 12 (bookworm)',
  kernel: '6.1.0',
  storageDriver: 'overlay2',
  cpus: 2,
  memoryBytes: 8 * 2 ** 30,
  diskBytesFree: 100 * 2 ** 30,
  used: { cpus: 0.5, memoryBytes: 2 ** 30 },
  edge: { httpPort: 80, httpsPort: 443, appPorts: [8100, 8119], running: true },
};
