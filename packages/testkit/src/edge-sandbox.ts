import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, type IncomingMessage, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAgent } from '@berth/agent/agent';
import type { AgentConfig } from '@berth/contract/config';
import type { NodeLink } from '@berth/control/nodes/ports';
import type { EdgeLane, EdgeModel, EdgeService, LaneName, ObservedLane } from '@berth/domain/edge';
import { label } from '@berth/domain/label';
import { createEngine, type Engine } from '@berth/engine/engine';
import { socketTransport } from '@berth/engine/transport';
import { systemClock } from '@berth/runtime/clock';
import { until } from '@berth/runtime/retry';
import { silent, startLinkedPair } from './linked-pair.ts';

/** A backend whose answers name it, whose health can be switched, and which echoes websockets. */
const backendSource = `
import { createServer } from 'node:http';
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
let healthy = true;
const readyAt = Date.now() + Number(process.env.READY_MS ?? 0);
const me = hostname() + ' ' + process.env.REL;
let early = 0;
const server = createServer((req, res) => {
  const url = new URL(req.url, 'http://x');
  if (url.pathname === '/health') { const ok = healthy && Date.now() >= readyAt; res.statusCode = ok ? 200 : 503; return res.end(ok ? 'ok' : 'not ready'); }
  if (url.pathname === '/sick') { healthy = false; return res.end('now sick ' + me); }
  if (url.pathname === '/early') return res.end(hostname() + ' ' + early);
  if (url.pathname === '/headers') return res.end(JSON.stringify({ url: req.url, ...req.headers }));
  if (url.pathname === '/slow') return setTimeout(() => res.end(me), Number(url.searchParams.get('ms')));
  if (Date.now() < readyAt) early += 1;
  res.end(me);
});
server.keepAliveTimeout = 60000;
server.on('upgrade', (req, socket) => {
  const accept = createHash('sha1').update(req.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: ' + accept + '\\r\\n\\r\\n');
  socket.pipe(socket); socket.on('error', () => {});
});
setTimeout(() => server.listen(8080), Number(process.env.LISTEN_MS ?? 0));
process.on('SIGTERM', () => { server.close(() => process.exit(0)); server.closeIdleConnections(); });
`;

export type EdgeSandbox = Awaited<ReturnType<typeof startEdgeSandbox>>;

/**
 * An agent with a real edge on a real engine, on free ports, linked to control's end of the link. Everything
 * is labelled with a platform of its own and removed by that.
 */
export async function startEdgeSandbox(options: { signal: AbortSignal }) {
  const { signal } = options;
  const platform = `edget${randomBytes(3).toString('hex')}`;
  const labels = { [label.platform]: platform, 'berth.test': 'edge' };
  const engineSocket = process.env.BERTH_TEST_ENGINE ?? '/var/run/docker.sock';
  const engine = createEngine(socketTransport(engineSocket));
  const image = await findEdgeImage(engine);
  const directory = await mkdtemp(join(tmpdir(), 'berth-edge-'));
  await writeFile(join(directory, 'backend.mjs'), backendSource);
  const pair = await startLinkedPair({ wait: signal });
  const [httpPort, httpsPort, appPort] = await freePorts(3);
  const node = (await engine.info({ signal })).Swarm.NodeID;
  const systemNetwork = `${platform}-system`;
  const appNetwork = `${platform}-app`;
  await engine.createNetwork({ Name: systemNetwork, Driver: 'bridge', Labels: labels });
  await engine.createNetwork({ Name: appNetwork, Driver: 'overlay', Attachable: true, Labels: labels });
  const config: AgentConfig = {
    platform,
    version: '0.0.0',
    dataDir: directory,
    hostDataDir: directory,
    engineSocket,
    control: await pair.agentFiles(node),
    edge: {
      image,
      httpPort: httpPort as number,
      httpsPort: httpsPort as number,
      appPorts: [appPort as number, appPort as number],
      systemNetwork,
      apiHost: 'berth.test.local',
      apiUpstream: { host: 'control', port: 7700 },
    },
    volumes: { image: 'berth/volume:latest' },
    allow: [],
    build: { memoryBytesMax: 1024 ** 3, cpusMax: 1 },
    logLevel: 'info',
  };
  const launch = () => startAgent({ config, engine, clock: systemClock, log: silent });
  /** Removes everything of the platform. */
  async function clean(): Promise<void> {
    const filters = { label: [`${label.platform}=${platform}`] };
    for (const service of await engine.listServices({ filters })) await engine.removeService(service.ID);
    await until(
      async () =>
        (await engine.listContainers({ all: true, filters: { ...filters, 'is-task': ['true'] } })).length ===
        0
          ? true
          : undefined,
      { clock: systemClock, everyMs: 100, signal: AbortSignal.timeout(60_000) },
    );
    for (const container of await engine.listContainers({ all: true, filters }))
      await engine.removeContainer(container.Id, { force: true });
    // Also those that are called another platform's.
    const networks = await engine.listNetworks({ filters: { label: ['berth.test=edge'] } });
    for (const { Id, Name } of networks) if (Name.startsWith(`${platform}-`)) await engine.removeNetwork(Id);
    await rm(directory, { recursive: true, force: true });
  }

  let agent = await launch();
  const edgeUp = () =>
    until(async () => ((await agent.edge.report()).running ? true : undefined), {
      clock: systemClock,
      everyMs: 50,
      signal,
    });
  let link: NodeLink;
  try {
    link = await pair.connected(node);
    await edgeUp();
  } catch (error) {
    await agent.close();
    await pair.close();
    await clean();
    throw error;
  }

  return {
    engine,
    platform,
    directory,
    config,
    appNetwork,
    ports: { http: httpPort as number, https: httpsPort as number, app: appPort as number },
    edge: () => agent.edge,
    /** Control's view of it. */
    link: () => pair.nodes.find(node) ?? link,
    edgeUp,
    /** The agent's process dies (nothing is closed in an orderly way but its sockets) and starts again. */
    restartAgent: async () => {
      await agent.close();
      agent = await launch();
      await edgeUp();
      await pair.connected(node);
    },
    stopAgent: () => agent.close(),
    startAgain: async () => {
      agent = await launch();
    },
    /** A Swarm service of backends; resolves with its name once its tasks run. */
    runBackends: async (
      name: string,
      o: { replicas?: number; release?: string; env?: readonly string[]; isAwaited?: boolean } = {},
    ): Promise<string> => {
      const full = `${platform}-${name}`;
      const replicas = o.replicas ?? 2;
      await engine.createService({
        Name: full,
        Labels: labels,
        TaskTemplate: {
          ContainerSpec: {
            Image: image,
            Labels: labels,
            Command: ['/node', '/app/backend.mjs'],
            Env: [`REL=${o.release ?? name}`, ...(o.env ?? [])],
            StopGracePeriod: 3e9,
            Mounts: [
              { Type: 'bind', Source: process.execPath, Target: '/node', ReadOnly: true },
              { Type: 'bind', Source: directory, Target: '/app', ReadOnly: true },
            ],
          },
          Networks: [{ Target: appNetwork }],
          RestartPolicy: { Condition: 'any', Delay: 100e6 },
        },
        Mode: { Replicated: { Replicas: replicas } },
        EndpointSpec: { Mode: 'dnsrr' },
      });
      if (o.isAwaited !== false)
        await until(
          async () => {
            const tasks = await engine.listTasks({ filters: { service: [full] } });
            return tasks.filter((task) => task.Status.State === 'running').length >= replicas
              ? true
              : undefined;
          },
          { clock: systemClock, everyMs: 50, signal },
        );
      return full;
    },
    /** Another app's network, or with `of` another platform's. */
    createNetwork: async (name: string, of = platform): Promise<string> => {
      const full = `${platform}-${name}`;
      await engine.createNetwork({
        Name: full,
        Driver: 'overlay',
        Attachable: true,
        Labels: { ...labels, [label.platform]: of },
      });
      return full;
    },
    scale: async (full: string, replicas: number): Promise<void> => {
      const service = await engine.inspectService(full);
      await engine.updateService(service.ID, service.Version.Index, {
        ...service.Spec,
        Mode: { Replicated: { Replicas: replicas } },
      });
    },
    /** The first observation of the lane that `isRight`. */
    laneBecomes: async (
      service: string,
      lane: LaneName,
      isRight: (seen: ObservedLane) => boolean,
    ): Promise<ObservedLane> => {
      const enough = new AbortController();
      let last: ObservedLane | undefined;
      try {
        for await (const seen of (pair.nodes.find(node) ?? link).edge.watchLane(
          service,
          lane,
          AbortSignal.any([signal, enough.signal]),
        )) {
          last = seen;
          if (isRight(seen)) return seen;
        }
      } finally {
        enough.abort();
      }
      throw new Error(`the lane never became so: ${JSON.stringify(last)}`);
    },
    close: async () => {
      await agent.close();
      await pair.close();
      await clean();
    },
  };
}

export const isUp =
  (count: number) =>
  (seen: ObservedLane): boolean =>
    seen.servers.filter(({ state }) => state === 'up').length === count && seen.servers.length === count;

/** A model with one service `shop.web` on host `shop.test`, of which tests change what they are about. */
export function shopModel(
  revision: number,
  networks: readonly string[],
  lanes: Partial<Record<LaneName, Partial<EdgeLane>>>,
  more: Partial<EdgeModel> & { readonly slots?: number; readonly services?: readonly EdgeService[] } = {},
): EdgeModel {
  const lane = (name: LaneName): EdgeLane => ({
    port: 8080,
    probe: { kind: 'http', path: '/health', port: 8080, host: 'shop.test' },
    weight: 0,
    ...lanes[name],
  });
  const { slots = 4, services = [], ...rest } = more;
  return {
    revision,
    services: [
      { id: 'shop.web', networks, slots, lanes: { a: lane('a'), b: lane('b'), c: lane('c') } },
      ...services,
    ],
    routes: [
      { match: { kind: 'host', host: 'shop.test' }, path: '/', stripPrefix: false, service: 'shop.web' },
    ],
    redirects: [],
    certificates: [],
    httpsOnlyHosts: [],
    ...rest,
  };
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: IncomingMessage['headers'];
}

/** One request to the edge. */
export function ask(
  port: number,
  o: {
    path?: string;
    host?: string;
    method?: string;
    headers?: Record<string, string>;
    agent?: Agent | false;
    body?: string;
  } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port,
        path: o.path ?? '/',
        method: o.method ?? 'GET',
        headers: { host: o.host ?? 'shop.test', ...o.headers },
        agent: o.agent ?? false,
        timeout: 10_000,
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text, headers: response.headers }),
        );
        response.on('error', reject);
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer within 10 s')));
    outgoing.on('error', reject);
    outgoing.end(o.body);
  });
}

/** Requests without end over kept-alive and new connections, until `stop`, which gives the counts. */
export function startLoad(port: number, o: { host?: string; workers?: number } = {}) {
  const agent = new Agent({ keepAlive: true, maxSockets: o.workers ?? 4 });
  const failures: string[] = [];
  const seen = new Map<string, number>();
  let requests = 0;
  let isStopped = false;
  const work = async (keepAlive: boolean): Promise<void> => {
    while (!isStopped) {
      requests += 1;
      try {
        const answer = await ask(port, {
          ...(o.host === undefined ? {} : { host: o.host }),
          agent: keepAlive ? agent : false,
        });
        if (answer.status !== 200) failures.push(`${answer.status} ${answer.text.slice(0, 80)}`);
        const release = answer.text.split(' ')[1] ?? '';
        seen.set(release, (seen.get(release) ?? 0) + 1);
      } catch (error) {
        // A kept-alive connection that the other end closed while idle: HTTP clients send again, and so do we.
        if ((error as NodeJS.ErrnoException).code === 'ECONNRESET' && keepAlive) failures.push('reset');
        else failures.push(String(error));
      }
    }
  };
  const workers = Array.from({ length: o.workers ?? 4 }, (_, i) => work(i % 2 === 0));
  return {
    counts: () => ({ requests, failures: failures.length }),
    stop: async () => {
      isStopped = true;
      await Promise.all(workers);
      agent.destroy();
      return { requests, failures, seen };
    },
  };
}

async function findEdgeImage(engine: Engine): Promise<string> {
  const wanted = [process.env.BERTH_TEST_EDGE_IMAGE, 'berth/edge:latest', 'exp/edge:latest'];
  const images = await engine.listImages();
  const tags = new Set(images.flatMap((image) => image.RepoTags ?? []));
  const found = wanted.find((name) => name !== undefined && tags.has(name));
  if (found === undefined) throw new Error('no image with HAProxy: bake berth/edge first');
  return found;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<import('node:net').Server>((resolve) => {
          const server = createServer();
          server.listen(0, '0.0.0.0', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
