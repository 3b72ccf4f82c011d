import { Readable } from 'node:stream';
import type { ContainerCreate, ContainerInspect } from '@berth/engine/types';
import type { Behaviour, FakeImages } from './images.ts';
import { digestOf } from './images.ts';
import {
  type Call,
  created,
  frames,
  hasLabels,
  isTrue,
  type LogLine,
  noContent,
  ok,
  parseFilters,
  passes,
  Refusal,
  type Reply,
} from './reply.ts';

export interface FakeContainer {
  readonly inspect: ContainerInspect;
  readonly log: LogLine[];
  readonly behaviour: Behaviour;
}

export interface ContainerEvent {
  readonly Type: 'container';
  readonly Action: 'create' | 'start' | 'die' | 'oom' | 'destroy' | 'kill';
  readonly Actor: { ID: string; Attributes: Record<string, string> };
  readonly time: number;
}

export interface FakeContainers {
  readonly list: FakeContainer[];
  find(idOrName: string): FakeContainer | undefined;
  get(idOrName: string): FakeContainer;
  make(name: string, spec: ContainerCreate): FakeContainer;
  start(container: FakeContainer): void;
  exit(
    container: FakeContainer,
    how: { code: number; isOutOfMemory?: boolean; log?: readonly string[] },
  ): void;
  remove(container: FakeContainer): void;
  write(container: FakeContainer, text: string, stream?: 'stdout' | 'stderr'): void;
  handle(call: Call, action: string, id: string): Reply | Promise<Reply>;
}

interface Surroundings {
  readonly images: FakeImages;
  now(): number;
  emit(event: ContainerEvent): void;
}

export function createContainers({ images, now, emit }: Surroundings): FakeContainers {
  const list: FakeContainer[] = [];
  const watchers = new Set<() => void>();
  let made = 0;

  const find = (id: string): FakeContainer | undefined =>
    list.find(({ inspect }) => inspect.Id === id || inspect.Name === `/${id}`) ??
    list.find(({ inspect }) => id.length >= 4 && inspect.Id.startsWith(id));
  const get = (id: string): FakeContainer => {
    const found = find(id);
    if (found === undefined) throw new Refusal(404, `No such container: ${id}`);
    return found;
  };
  const changed = (container: FakeContainer, action: ContainerEvent['Action'], more: object = {}): void => {
    const { Id, Name, Config } = container.inspect;
    const Attributes = { ...Config.Labels, name: Name.slice(1), image: Config.Image, ...more };
    emit({
      Type: 'container',
      Action: action,
      Actor: { ID: Id, Attributes },
      time: Math.floor(now() / 1000),
    });
    for (const look of [...watchers]) look();
  };
  const write: FakeContainers['write'] = (container, text, stream = 'stdout') => {
    container.log.push({ stream, text, atMs: now() });
    for (const look of [...watchers]) look();
  };

  const make: FakeContainers['make'] = (name, spec) => {
    if (list.some(({ inspect }) => inspect.Name === `/${name}`))
      throw new Refusal(
        409,
        `Conflict. The container name "/${name}" is already in use. You have to remove (or rename) that container to be able to reuse that name.`,
      );
    const image = images.find(spec.Image);
    if (image === undefined) throw new Refusal(404, `No such image: ${spec.Image}`);
    made += 1;
    const { Config } = image.inspect;
    const container: FakeContainer = {
      log: [],
      behaviour: image.behaviour,
      inspect: {
        Id: digestOf(`container ${name} ${made}`),
        Name: `/${name}`,
        Created: new Date(now()).toISOString(),
        Image: image.inspect.Id,
        RestartCount: 0,
        State: {
          Status: 'created',
          Running: false,
          OOMKilled: false,
          ExitCode: 0,
          Error: '',
          StartedAt: '0001-01-01T00:00:00Z',
          FinishedAt: '0001-01-01T00:00:00Z',
          Pid: 0,
        },
        Config: {
          Image: spec.Image,
          Env: [...(Config.Env ?? []), ...(spec.Env ?? [])],
          Labels: { ...Config.Labels, ...spec.Labels },
          Tty: spec.Tty ?? false,
          User: spec.User ?? Config.User,
          Cmd: [...(spec.Cmd ?? Config.Cmd ?? [])],
          Entrypoint: spec.Entrypoint === undefined ? Config.Entrypoint : [...spec.Entrypoint],
          Hostname: spec.Hostname ?? name.slice(0, 12),
        },
        HostConfig: spec.HostConfig ?? {},
        NetworkSettings: { Networks: {}, Ports: {} },
        Mounts: [],
      },
    };
    list.push(container);
    changed(container, 'create');
    return container;
  };
  const start: FakeContainers['start'] = (container) => {
    Object.assign(container.inspect.State, {
      Status: 'running',
      Running: true,
      Pid: 1000 + made,
      StartedAt: new Date(now()).toISOString(),
    });
    changed(container, 'start');
  };
  const exit: FakeContainers['exit'] = (container, how) => {
    for (const text of how.log ?? []) write(container, text, 'stderr');
    Object.assign(container.inspect.State, {
      Status: 'exited',
      Running: false,
      Pid: 0,
      ExitCode: how.code,
      OOMKilled: how.isOutOfMemory ?? false,
      FinishedAt: new Date(now()).toISOString(),
    });
    if (how.isOutOfMemory === true) changed(container, 'oom');
    changed(container, 'die', { exitCode: String(how.code) });
  };
  const remove: FakeContainers['remove'] = (container) => {
    list.splice(list.indexOf(container), 1);
    changed(container, 'destroy');
  };
  /** A one-off does what its image says and ends, unless it hangs. */
  const startOneOff = (container: FakeContainer): void => {
    const { Entrypoint, Cmd } = container.inspect.Config;
    const spoken = container.behaviour.interpret?.([...(Entrypoint ?? []), ...(Cmd ?? [])]);
    const oneOff = container.behaviour.oneOff ?? {
      exitCode: spoken?.code ?? 0,
      log: spoken?.log ?? [],
    };
    start(container);
    for (const text of oneOff.log ?? []) write(container, text);
    if (oneOff.hangs !== true) exit(container, { code: oneOff.exitCode });
  };
  const ended = (id: string, signal: AbortSignal | undefined): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const container = find(id);
        if (container?.inspect.State.Running === true) return;
        watchers.delete(look);
        resolve(ok({ StatusCode: container?.inspect.State.ExitCode ?? 0, Error: null }));
      };
      signal?.addEventListener('abort', () => {
        watchers.delete(look);
        reject(signal.reason);
      });
      watchers.add(look);
      look();
    });
  const follow = (container: FakeContainer, call: Call): Readable => {
    const body = new Readable({ read: () => undefined });
    for (const frame of frames(container.log, call.query)) body.push(frame);
    let seen = container.log.length;
    const look = (): void => {
      for (const frame of frames(container.log.slice(seen), new URLSearchParams(call.query)))
        body.push(frame);
      seen = container.log.length;
      if (!container.inspect.State.Running) stop();
    };
    const stop = (): void => {
      watchers.delete(look);
      if (!body.destroyed) body.push(null);
    };
    call.signal?.addEventListener('abort', stop, { once: true });
    if (isTrue(call.query.get('follow')) && container.inspect.State.Running) watchers.add(look);
    else stop();
    return body;
  };

  return {
    list,
    find,
    get,
    make,
    start,
    exit,
    remove,
    write,
    handle(call, action, id) {
      switch (action) {
        case 'list': {
          const filters = parseFilters(call.query);
          return ok(
            list
              .filter(
                ({ inspect }) =>
                  (isTrue(call.query.get('all')) || inspect.State.Running || filters.has('status')) &&
                  hasLabels(inspect.Config.Labels, filters) &&
                  passes(filters, 'name', (name) =>
                    inspect.Name.includes(name.replace(/^\^?\/?|\$$/g, '')),
                  ) &&
                  passes(filters, 'id', (prefix) => inspect.Id.startsWith(prefix)) &&
                  passes(filters, 'status', (status) => inspect.State.Status === status),
              )
              .map(({ inspect }) => ({
                Id: inspect.Id,
                Names: [inspect.Name],
                Image: inspect.Config.Image,
                ImageID: inspect.Image,
                Created: Math.floor(Date.parse(inspect.Created) / 1000),
                State: inspect.State.Status,
                Status: inspect.State.Status,
                Labels: inspect.Config.Labels,
                Ports: [],
              })),
          );
        }
        case 'create': {
          const { inspect } = make(
            call.query.get('name') || `fake-${made + 1}`,
            call.json as ContainerCreate,
          );
          return created({ Id: inspect.Id, Warnings: [] });
        }
        case 'inspect':
          return ok(get(id).inspect);
        case 'start': {
          const container = get(id);
          if (container.inspect.State.Running) return { status: 304 };
          startOneOff(container);
          return noContent;
        }
        case 'stop':
        case 'kill': {
          const container = get(id);
          if (!container.inspect.State.Running) {
            if (action === 'stop') return { status: 304 };
            throw new Refusal(
              409,
              `Cannot kill container: ${id}: Container ${container.inspect.Id} is not running`,
            );
          }
          exit(container, { code: action === 'stop' ? 143 : 137 });
          return noContent;
        }
        case 'wait':
          get(id);
          return ended(id, call.signal);
        case 'remove': {
          const container = get(id);
          if (container.inspect.State.Running && !isTrue(call.query.get('force')))
            throw new Refusal(
              409,
              `You cannot remove a running container ${container.inspect.Id}. Stop the container before attempting removal or force remove`,
            );
          if (container.inspect.State.Running) exit(container, { code: 137 });
          remove(container);
          return noContent;
        }
        case 'logs':
          return { status: 200, stream: follow(get(id), call) };
        case 'update':
          get(id);
          return ok({ Warnings: null });
        default:
          throw new Refusal(501, `the fake engine does not know how to ${action} a container`);
      }
    },
  };
}
