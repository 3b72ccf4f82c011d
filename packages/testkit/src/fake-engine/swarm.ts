import type { Service, ServiceSpec, Task, TaskState } from '@berth/engine/types';
import type { Clock } from '@berth/runtime/clock';
import type { FakeContainer, FakeContainers } from './containers.ts';
import { digestOf, type FakeImages } from './images.ts';
import type { FakeNetworks } from './networks.ts';
import { Refusal } from './reply.ts';

export interface FakeTask {
  readonly task: Task;
  container: FakeContainer | undefined;
}

/** What a test does to tasks; `slot` undefined: every one of the service. */
export interface TaskControl {
  /** Tasks of the service that Swarm wants running, by slot. */
  of(service: string): readonly Task[];
  setRunning(service: string, slot?: number): void;
  setState(service: string, state: TaskState, why?: { slot?: number; error?: string }): void;
  /** The process ends; Swarm starts another in the same slot as the restart policy says. */
  exit(
    service: string,
    how?: { slot?: number; code?: number; isOutOfMemory?: boolean; log?: readonly string[] },
  ): void;
  /** The node refuses the task: `No such image`, `invalid mount`… */
  reject(service: string, error: string, slot?: number): void;
  write(service: string, text: string, slot?: number): void;
}

export interface FakeSwarm {
  readonly services: Service[];
  readonly tasks: FakeTask[];
  readonly control: TaskControl;
  find(idOrName: string): Service | undefined;
  get(idOrName: string): Service;
  create(spec: ServiceSpec): Service;
  update(service: Service, version: number, spec: ServiceSpec): void;
  remove(service: Service): void;
}

interface Surroundings {
  readonly clock: Clock;
  readonly images: FakeImages;
  readonly containers: FakeContainers;
  readonly networks: FakeNetworks;
  readonly nodeId: string;
  /** From created to running; undefined: only when the test says so. */
  readonly startMs: number | undefined;
  /** Aborted: nothing is started any more. */
  readonly signal: AbortSignal;
  changed(): void;
}

/** Finished tasks kept per slot, as Swarm's default `TaskHistoryRetentionLimit`. */
const historyMax = 5;
const isAlive = ({ task }: FakeTask): boolean =>
  ['ready', 'running'].includes(task.DesiredState) || isUnfinishedJob(task);
/** Swarm wants the tasks of a job complete, not running. */
const isUnfinishedJob = (task: Task): boolean =>
  task.DesiredState === 'complete' && !isOver(task.Status.State);
const isOver = (state: TaskState): boolean =>
  ['complete', 'shutdown', 'failed', 'rejected', 'remove', 'orphaned'].includes(state);

/**
 * Swarm's services and tasks. Simpler than the real thing in one way: the template change of an update
 * replaces all tasks at once, stop first.
 */
export function createSwarm(around: Surroundings): FakeSwarm {
  const { clock, containers, networks } = around;
  const services: Service[] = [];
  const tasks: FakeTask[] = [];
  let index = 10;
  let made = 0;
  const stamp = (): string => new Date(clock.now()).toISOString();

  const find = (idOrName: string): Service | undefined =>
    services.find((one) => one.ID === idOrName || one.Spec.Name === idOrName) ??
    services.find((one) => idOrName.length >= 4 && one.ID.startsWith(idOrName));
  const get = (idOrName: string): Service => {
    const found = find(idOrName);
    if (found === undefined) throw new Refusal(404, `service ${idOrName} not found`);
    return found;
  };
  const setState = (one: FakeTask, state: TaskState, error?: string): void => {
    index += 1;
    one.task.Version = { Index: index };
    one.task.UpdatedAt = stamp();
    const { ContainerStatus } = one.task.Status;
    one.task.Status = {
      Timestamp: stamp(),
      State: state,
      Message: state === 'running' ? 'started' : state,
      ...(error === undefined ? {} : { Err: error }),
      ...(ContainerStatus === undefined ? {} : { ContainerStatus }),
    };
    around.changed();
  };

  const start = (one: FakeTask): void => {
    if (one.task.Status.State === 'running' || !isAlive(one)) return;
    if (one.task.DesiredState === 'ready') one.task.DesiredState = 'running';
    const service = get(one.task.ServiceID);
    const template = one.task.Spec.ContainerSpec;
    const image = around.images.find(template.Image);
    if (image === undefined) {
      fail(one, 'rejected', `No such image: ${template.Image}`);
      return;
    }
    if (image.behaviour.kind === 'hang') {
      setState(one, 'starting');
      return;
    }
    one.container = containers.make(`${service.Spec.Name}.${one.task.Slot}.${one.task.ID}`, {
      Image: template.Image,
      ...(template.Env === undefined ? {} : { Env: template.Env }),
      Labels: {
        ...template.Labels,
        'com.docker.swarm.service.id': service.ID,
        'com.docker.swarm.service.name': service.Spec.Name,
        'com.docker.swarm.task.id': one.task.ID,
        'com.docker.swarm.node.id': around.nodeId,
      },
    });
    const id = one.container.inspect.Id;
    one.task.Status = { ...one.task.Status, ContainerStatus: { ContainerID: id, PID: 4242, ExitCode: 0 } };
    one.task.NetworksAttachments = (one.task.Spec.Networks ?? []).map(({ Target }) => {
      const network = networks.get(Target);
      return {
        Network: { ID: network.Id, Spec: { Name: network.Name } },
        Addresses: [networks.nextAddress(network)],
      };
    });
    containers.start(one.container);
    for (const text of image.behaviour.log ?? []) containers.write(one.container, text);
    setState(one, 'running');
    const command = [...(template.Command ?? []), ...(template.Args ?? [])];
    const ended = command.length === 0 ? undefined : image.behaviour.interpret?.(command);
    if (ended !== undefined) exit(one, ended);
    else if (image.behaviour.kind === 'exit')
      exit(one, {
        code: image.behaviour.exitCode ?? 1,
        isOutOfMemory: image.behaviour.isOutOfMemory ?? false,
      });
  };
  const schedule = (one: FakeTask, delayMs: number): void => {
    const { startMs } = around;
    if (startMs === undefined) return;
    if (startMs + delayMs === 0) {
      start(one);
      return;
    }
    clock.sleep(startMs + delayMs, around.signal).then(
      () => {
        if (tasks.includes(one) && !isOver(one.task.Status.State)) start(one);
      },
      (cause) => {
        if (!around.signal.aborted) throw cause;
      },
    );
  };
  const add = (service: Service, slot: number, delayMs: number): void => {
    made += 1;
    index += 1;
    const isDelayed = delayMs > 0;
    const one: FakeTask = {
      container: undefined,
      task: {
        ID: digestOf(`task ${made}`).slice(0, 25),
        Version: { Index: index },
        CreatedAt: stamp(),
        UpdatedAt: stamp(),
        ServiceID: service.ID,
        NodeID: around.nodeId,
        Slot: slot,
        Spec: structuredClone(service.Spec.TaskTemplate),
        DesiredState:
          service.Spec.Mode.ReplicatedJob !== undefined ? 'complete' : isDelayed ? 'ready' : 'running',
        Status: { Timestamp: stamp(), State: isDelayed ? 'ready' : 'new', Message: 'created' },
      },
    };
    tasks.push(one);
    around.changed();
    schedule(one, delayMs);
  };
  const drop = (one: FakeTask): void => {
    tasks.splice(tasks.indexOf(one), 1);
    if (one.container === undefined) return;
    if (one.container.inspect.State.Running) containers.exit(one.container, { code: 143 });
    if (containers.list.includes(one.container)) containers.remove(one.container);
  };
  const shutDown = (one: FakeTask): void => {
    one.task.DesiredState = 'shutdown';
    if (one.container?.inspect.State.Running === true) containers.exit(one.container, { code: 143 });
    if (!isOver(one.task.Status.State)) setState(one, 'shutdown');
  };

  /** The task is over by itself: keep it as history, and start another when the policy says so. */
  const fail = (one: FakeTask, state: TaskState, error?: string): void => {
    if (one.task.Status.ContainerStatus !== undefined)
      one.task.Status.ContainerStatus = {
        ...one.task.Status.ContainerStatus,
        PID: 0,
        ExitCode: one.container?.inspect.State.ExitCode ?? 0,
      };
    setState(one, state, error);
    const service = services.find(({ ID }) => ID === one.task.ServiceID);
    const isJob = service?.Spec.Mode.ReplicatedJob !== undefined;
    one.task.DesiredState = isJob && state === 'complete' ? 'complete' : 'shutdown';
    if (service === undefined) return;
    const policy = one.task.Spec.RestartPolicy;
    const condition = policy?.Condition ?? 'any';
    const failures = tasks.filter(
      ({ task }) => task.ServiceID === service.ID && task.Slot === one.task.Slot && isOver(task.Status.State),
    );
    for (const old of failures.slice(0, -historyMax)) drop(old);
    const isWanted = condition === 'any' || (condition === 'on-failure' && state !== 'complete');
    const attemptsMax = policy?.MaxAttempts ?? 0;
    if (!isWanted || (attemptsMax > 0 && failures.length > attemptsMax)) return;
    // Without a delay a task that exits at once would be started for ever in one turn.
    const delayMs = Math.max(1, (policy?.Delay ?? 5e9) / 1e6);
    add(service, one.task.Slot!, delayMs);
  };
  const exit = (
    one: FakeTask,
    how: { code?: number; isOutOfMemory?: boolean; log?: readonly string[] },
  ): void => {
    const code = how.code ?? 1;
    if (one.container !== undefined)
      containers.exit(one.container, {
        code,
        isOutOfMemory: how.isOutOfMemory ?? false,
        ...(how.log === undefined ? {} : { log: how.log }),
      });
    fail(one, code === 0 ? 'complete' : 'failed', code === 0 ? undefined : `task: non-zero exit (${code})`);
  };

  const ofService = (service: string): FakeTask[] => {
    const { ID } = get(service);
    return tasks
      .filter((one) => one.task.ServiceID === ID && isAlive(one))
      .sort((a, b) => a.task.Slot! - b.task.Slot!);
  };
  const chosen = (service: string, slot: number | undefined): FakeTask[] =>
    ofService(service).filter(({ task }) => slot === undefined || task.Slot === slot);
  /** Tasks it has; undefined: a job, whose tasks were made with it. */
  const wantedOf = ({ ID, Spec: { Mode, TaskTemplate } }: Service): number | undefined => {
    if (Mode.ReplicatedJob !== undefined)
      return tasks.some(({ task }) => task.ServiceID === ID)
        ? undefined
        : Mode.ReplicatedJob.TotalCompletions;
    if (Mode.Replicated !== undefined) return Mode.Replicated.Replicas;
    // One node, which fulfils no constraint on its name.
    return TaskTemplate.Placement?.Constraints?.some((one) => one.startsWith('node.hostname==')) ? 0 : 1;
  };
  /** Swarm removes the highest slots first, of those that run after all others. */
  const reconcile = (service: Service): void => {
    const wanted = wantedOf(service);
    if (wanted === undefined) return;
    const isWaiting = ({ task }: FakeTask): number => (task.Status.State === 'running' ? 0 : 1);
    const alive = ofService(service.ID).sort((a, b) => isWaiting(a) - isWaiting(b));
    for (const one of alive.slice(wanted).reverse()) drop(one);
    const slots = new Set(alive.slice(0, wanted).map(({ task }) => task.Slot));
    for (let slot = 1, count = slots.size; count < wanted; slot++)
      if (!slots.has(slot)) {
        add(service, slot, 0);
        count += 1;
      }
    around.changed();
  };
  const resolved = (spec: ServiceSpec): ServiceSpec => {
    const copy = structuredClone(spec);
    const wanted = copy.TaskTemplate.Networks ?? [];
    copy.TaskTemplate.Networks = wanted.map((one) => ({ ...one, Target: networks.get(one.Target).Id }));
    return copy;
  };

  return {
    services,
    tasks,
    find,
    get,
    create(spec) {
      if (services.some((one) => one.Spec.Name === spec.Name))
        throw new Refusal(
          409,
          `rpc error: code = AlreadyExists desc = name conflicts with an existing object: service ${spec.Name} already exists`,
        );
      made += 1;
      index += 1;
      const service: Service = {
        ID: digestOf(`service ${spec.Name} ${made}`).slice(0, 25),
        Version: { Index: index },
        CreatedAt: stamp(),
        UpdatedAt: stamp(),
        Spec: resolved(spec),
      };
      services.push(service);
      reconcile(service);
      return service;
    },
    update(service, version, spec) {
      if (version !== service.Version.Index)
        throw new Refusal(500, 'rpc error: code = Unknown desc = update out of sequence');
      const next = resolved(spec);
      const isChanged = JSON.stringify(next.TaskTemplate) !== JSON.stringify(service.Spec.TaskTemplate);
      index += 1;
      service.Version = { Index: index };
      service.UpdatedAt = stamp();
      service.Spec = next;
      if (isChanged) for (const one of ofService(service.ID)) shutDown(one);
      reconcile(service);
    },
    remove(service) {
      services.splice(services.indexOf(service), 1);
      for (const one of tasks.filter(({ task }) => task.ServiceID === service.ID)) drop(one);
      around.changed();
    },
    control: {
      of: (service) => ofService(service).map(({ task }) => task),
      setRunning: (service, slot) => chosen(service, slot).forEach(start),
      setState(service, state, why = {}) {
        for (const one of chosen(service, why.slot)) setState(one, state, why.error);
      },
      exit(service, how = {}) {
        for (const one of chosen(service, how.slot)) exit(one, how);
      },
      reject(service, error, slot) {
        for (const one of chosen(service, slot)) fail(one, 'rejected', error);
      },
      write(service, text, slot) {
        for (const one of chosen(service, slot))
          if (one.container !== undefined) containers.write(one.container, text);
      },
    },
  };
}
