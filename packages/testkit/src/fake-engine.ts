import { Readable } from 'node:stream';
import { createEngine, type Engine } from '@berth/engine/engine';
import { type EngineRequest, EngineStatusError, type EngineTransport } from '@berth/engine/transport';
import type { ServiceSpec, Volume } from '@berth/engine/types';
import { type Clock, systemClock } from '@berth/runtime/clock';
import { infoOf, nodeOf } from './fake-engine/about.ts';
import { type ContainerEvent, createContainers, type FakeContainers } from './fake-engine/containers.ts';
import { createFiles, type FakeFile } from './fake-engine/files.ts';
import { createImages, type FakeImages } from './fake-engine/images.ts';
import { createNetworks, type FakeNetworks } from './fake-engine/networks.ts';
import {
  type Call,
  created,
  frames,
  hasLabels,
  isTrue,
  type LogLine,
  ok,
  parseFilters,
  passes,
  Refusal,
  type Reply,
  toResponse,
} from './fake-engine/reply.ts';
import { createSwarm, type FakeSwarm, type TaskControl } from './fake-engine/swarm.ts';
import { createVolumes } from './fake-engine/volumes.ts';

export interface FakeEngineOptions {
  /** Default: the system's. */
  readonly clock?: Clock;
  /**
   * From a task's creation to running. Default 0: it runs before the request that made it is answered.
   * `manual`: only `tasks.setRunning` starts it.
   */
  readonly startMs?: number | 'manual';
  readonly nodeId?: string;
}

export interface Fault {
  /** How many matching requests it meets; default 1. */
  readonly times?: number;
  /** Which requests; default: all. */
  readonly match?: (call: { method: string; path: string }) => boolean;
  /**
   * `refuse`: answered with `status` and `message`. `lost-before`: the connection breaks before anything
   * happened. `lost-after`: it breaks when the engine has done it.
   */
  readonly kind: 'refuse' | 'lost-before' | 'lost-after';
  readonly status?: number;
  readonly message?: string;
}

/** A Docker Engine in memory: the parts of its API that deployments use. Controls are for tests. */
export interface FakeEngine {
  readonly transport: EngineTransport;
  /** The client over the transport. */
  readonly engine: Engine;
  readonly images: FakeImages;
  readonly tasks: TaskControl;
  readonly swarm: FakeSwarm;
  readonly containers: FakeContainers;
  readonly networks: FakeNetworks;
  readonly volumes: readonly Volume[];
  readonly files: readonly FakeFile[];
  readonly nodeId: string;
  /** Every request so far, in order: `POST /services/create`. */
  readonly calls: readonly string[];
  injectFault(fault: Fault): void;
  /** Called before each request is done; a throw is what the caller gets. */
  onRequest(listener: (call: { method: string; path: string }) => void): () => void;
  /** Called after each change of tasks, containers or services. */
  onChange(listener: () => void): () => void;
  /** Ends everything that waits for time, so that a test on the system's clock can end. */
  close(): void;
}

type Handler = (call: Call, id: string) => Reply | Promise<Reply>;

export function createFakeEngine(options: FakeEngineOptions = {}): FakeEngine {
  const clock = options.clock ?? systemClock;
  const nodeId = options.nodeId ?? 'fakenode00000000000000001';
  const closing = new AbortController();
  const calls: string[] = [];
  const faults: (Fault & { left: number })[] = [];
  const requestListeners = new Set<(call: { method: string; path: string }) => void>();
  const changeListeners = new Set<() => void>();
  const eventListeners = new Set<(event: ContainerEvent) => void>();
  const changed = (): void => {
    for (const listener of [...changeListeners]) listener();
  };

  const images = createImages(() => clock.now());
  const containers = createContainers({
    images,
    now: () => clock.now(),
    emit: (event) => {
      for (const listener of [...eventListeners]) listener(event);
      changed();
    },
  });
  const networks = createNetworks({
    servicesOf: (id) =>
      swarm.services
        .filter((service) => (service.Spec.TaskTemplate.Networks ?? []).some(({ Target }) => Target === id))
        .map((service) => service.ID),
    containerName: (id) => containers.get(id).inspect.Name.slice(1),
  });
  const swarm: FakeSwarm = createSwarm({
    clock,
    images,
    containers,
    networks,
    nodeId,
    startMs: options.startMs === 'manual' ? undefined : (options.startMs ?? 0),
    signal: closing.signal,
    changed,
  });
  const volumes = createVolumes();
  const files = createFiles(() => swarm.services.map((service) => service.Spec));

  const listTasks: Handler = (call) => {
    const filters = parseFilters(call.query);
    const serviceIds = (filters.get('service') ?? []).map((name) => swarm.get(name).ID);
    return ok(
      swarm.tasks
        .map(({ task }) => task)
        .filter(
          (task) =>
            (serviceIds.length === 0 || serviceIds.includes(task.ServiceID)) &&
            hasLabels(swarm.find(task.ServiceID)?.Spec.Labels, filters) &&
            passes(filters, 'id', (prefix) => task.ID.startsWith(prefix)) &&
            passes(filters, 'node', (node) => task.NodeID === node) &&
            passes(filters, 'desired-state', (state) =>
              state === 'running' ? task.DesiredState === 'running' : task.DesiredState !== 'running',
            ),
        ),
    );
  };
  const taskLogs = (call: Call, wanted: (serviceId: string, taskId: string) => boolean): Reply => {
    const log: LogLine[] = swarm.tasks
      .filter(({ task }) => wanted(task.ServiceID, task.ID))
      .flatMap((one) => one.container?.log ?? [])
      .sort((a, b) => a.atMs - b.atMs);
    return { status: 200, stream: Readable.from(frames(log, call.query)) };
  };
  const listServices: Handler = (call) => {
    const filters = parseFilters(call.query);
    return ok(
      swarm.services
        .filter(
          (service) =>
            hasLabels(service.Spec.Labels, filters) &&
            passes(filters, 'name', (name) => service.Spec.Name.startsWith(name)) &&
            passes(filters, 'id', (prefix) => service.ID.startsWith(prefix)),
        )
        .map((service) =>
          isTrue(call.query.get('status'))
            ? {
                ...service,
                ServiceStatus: {
                  RunningTasks: swarm.control
                    .of(service.ID)
                    .filter(({ Status }) => Status.State === 'running').length,
                  DesiredTasks: service.Spec.Mode.Replicated?.Replicas ?? 1,
                },
              }
            : service,
        ),
    );
  };
  const events: Handler = (call) => {
    const filters = parseFilters(call.query);
    const body = new Readable({ read: () => undefined });
    const listener = (event: ContainerEvent): void => {
      if (!passes(filters, 'type', (type) => type === event.Type)) return;
      if (!passes(filters, 'event', (action) => action === event.Action)) return;
      if (hasLabels(event.Actor.Attributes, filters)) body.push(`${JSON.stringify(event)}\n`);
    };
    const stop = (): void => {
      eventListeners.delete(listener);
      if (!body.destroyed) body.push(null);
    };
    call.signal?.addEventListener('abort', stop, { once: true });
    body.on('close', () => eventListeners.delete(listener));
    if (call.query.get('until') === null) eventListeners.add(listener);
    else stop();
    return { status: 200, stream: body };
  };
  const image =
    (action: string): Handler =>
    (call, id) =>
      images.handle(call, action, id);
  const container =
    (action: string): Handler =>
    (call, id) =>
      containers.handle(call, action, id);
  const network =
    (action: string): Handler =>
    (call, id) =>
      networks.handle(call, action, id);

  const volume =
    (action: string): Handler =>
    (call, id) =>
      volumes.handle(call, action, id);

  /** `*` matches one segment, `**` several (image names); both give the handler its id. */
  const table: readonly [string, Handler][] = [
    ['GET /_ping', () => ok('OK')],
    ['GET /info', () => ok(infoOf(nodeId))],
    [
      'GET /version',
      () => ok({ Version: '20.10.24', ApiVersion: '1.41', MinAPIVersion: '1.12', Os: 'linux' }),
    ],
    ['GET /events', events],
    ['GET /nodes', () => ok([nodeOf(nodeId)])],
    ['GET /swarm', () => ok({ ID: 'fakecluster' })],
    ['GET /services', listServices],
    ['POST /services/create', (call) => created({ ID: swarm.create(call.json as ServiceSpec).ID })],
    ['GET /services/*', (_call, id) => ok(swarm.get(id))],
    [
      'POST /services/*/update',
      (call, id) => {
        swarm.update(swarm.get(id), Number(call.query.get('version')), call.json as ServiceSpec);
        return ok({ Warnings: null });
      },
    ],
    [
      'DELETE /services/*',
      (_call, id) => {
        swarm.remove(swarm.get(id));
        return { status: 200 };
      },
    ],
    [
      'GET /services/*/logs',
      (call, id) => {
        const { ID } = swarm.get(id);
        return taskLogs(call, (service) => service === ID);
      },
    ],
    ['GET /tasks', listTasks],
    [
      'GET /tasks/*',
      (_call, id) => {
        const found = swarm.tasks.find(({ task }) => task.ID === id);
        if (found === undefined) throw new Refusal(404, `task ${id} not found`);
        return ok(found.task);
      },
    ],
    ['GET /tasks/*/logs', (call, id) => taskLogs(call, (_service, task) => task === id)],
    ['GET /networks', network('list')],
    ['POST /networks/create', network('create')],
    ['GET /networks/*', network('inspect')],
    ['DELETE /networks/*', network('remove')],
    ['POST /networks/*/connect', network('connect')],
    ['POST /networks/*/disconnect', network('disconnect')],
    ['GET /volumes', volume('list')],
    ['POST /volumes/create', volume('create')],
    ['GET /volumes/*', volume('inspect')],
    ['DELETE /volumes/*', volume('remove')],
    ...(['secret', 'config'] as const).flatMap((kind): [string, Handler][] => [
      [`GET /${kind}s`, (call) => files.handle(call, kind, 'list', '')],
      [`POST /${kind}s/create`, (call) => files.handle(call, kind, 'create', '')],
      [`DELETE /${kind}s/*`, (call, id) => files.handle(call, kind, 'remove', id)],
    ]),
    ['GET /containers/json', container('list')],
    ['POST /containers/create', container('create')],
    ['GET /containers/*/json', container('inspect')],
    ['GET /containers/*/logs', container('logs')],
    ['POST /containers/*/start', container('start')],
    ['POST /containers/*/stop', container('stop')],
    ['POST /containers/*/kill', container('kill')],
    ['POST /containers/*/wait', container('wait')],
    ['POST /containers/*/update', container('update')],
    ['DELETE /containers/*', container('remove')],
    ['GET /images/json', image('list')],
    ['POST /images/create', image('pull')],
    ['GET /images/**/json', image('inspect')],
    ['GET /images/**/history', image('history')],
    ['POST /images/**/tag', image('tag')],
    ['POST /images/**/push', image('push')],
    ['DELETE /images/**', image('remove')],
    ['POST /build', image('build')],
  ];
  const routes = table.map(([pattern, handler]) => ({
    pattern: new RegExp(`^${pattern.replace(/\*\*|\*/g, (star) => (star === '*' ? '([^/]+)' : '(.+)'))}$`),
    handler,
  }));

  const answer = async (request: EngineRequest): Promise<Reply> => {
    const url = new URL(request.path, 'http://engine');
    const path = decodeURIComponent(url.pathname);
    calls.push(`${request.method} ${path}`);
    request.signal?.throwIfAborted();
    for (const listener of [...requestListeners]) listener({ method: request.method, path });
    const fault = faults.find(
      (one) => one.left > 0 && (one.match?.({ method: request.method, path }) ?? true),
    );
    if (fault !== undefined) fault.left -= 1;
    if (fault?.kind === 'lost-before') throw lost();
    const bytes = await readBody(request.body);
    const isJson = (request.headers?.['content-type'] ?? '').includes('json');
    const call: Call = {
      method: request.method,
      path,
      query: url.searchParams,
      headers: request.headers ?? {},
      json: isJson && bytes.length > 0 ? JSON.parse(bytes.toString('utf8')) : undefined,
      bytes,
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    };
    try {
      if (fault?.kind === 'refuse') throw new Refusal(fault.status ?? 500, fault.message ?? 'fault injected');
      for (const { pattern, handler } of routes) {
        const match = pattern.exec(`${request.method} ${path}`);
        if (match === null) continue;
        const reply = await handler(call, match[1] ?? '');
        if (fault?.kind === 'lost-after') throw lost();
        return reply;
      }
      throw new Refusal(501, `the fake engine does not know ${request.method} ${path}`);
    } catch (cause) {
      if (cause instanceof Refusal) return { status: cause.status, json: { message: cause.message } };
      throw cause;
    }
  };

  const transport: EngineTransport = {
    request: async (request) => toResponse(await answer(request)),
    async hijack(request) {
      throw new EngineStatusError(request, 501, 'the fake engine has no attach and exec');
    },
  };
  const subscribe = <T>(listeners: Set<T>, listener: T): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    transport,
    engine: createEngine(transport),
    images,
    tasks: swarm.control,
    swarm,
    containers,
    networks,
    volumes: volumes.list,
    files: files.list,
    nodeId,
    calls,
    injectFault: (fault) => faults.push({ ...fault, left: fault.times ?? 1 }),
    onRequest: (listener) => subscribe(requestListeners, listener),
    onChange: (listener) => subscribe(changeListeners, listener),
    close: () => closing.abort(),
  };
}

const lost = (): Error =>
  Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', errno: -104, syscall: 'read' });

async function readBody(body: EngineRequest['body']): Promise<Buffer> {
  if (body === undefined) return Buffer.alloc(0);
  if (!(body instanceof Readable)) return Buffer.from(body);
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk as Buffer));
  return Buffer.concat(chunks);
}
