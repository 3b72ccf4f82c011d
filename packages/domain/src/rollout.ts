import { depthsBy } from './order.ts';
import { type Run, runName } from './run.ts';
import { type Dependency, isJob, type ServiceMode } from './service.ts';

/** A service as the release that is to serve has it. */
export interface DesiredService {
  readonly service: string;
  readonly mode: ServiceMode;
  /** Of what its tasks run: see `Run.fingerprint`. */
  readonly fingerprint: string;
  readonly replicas: number;
  /** Two releases of it may not run at once: its old tasks stop before the new ones start. */
  readonly isInPlace: boolean;
  readonly dependsOn: readonly Dependency[];
}

export interface RolloutFacts {
  readonly platform: string;
  readonly app: string;
  /** The release that is to serve, and the generation its new runs get. */
  readonly release: number;
  readonly generation: number;
  readonly kind: 'deploy' | 'rollback' | 'restart';
  readonly services: readonly DesiredService[];
  /** A restart of these alone. Undefined: of all. */
  readonly only?: readonly string[];
  /** All runs of the app. */
  readonly runs: readonly Run[];
}

export type RolloutAction =
  | 'created'
  | 'replaced'
  | 'replaced-in-place'
  | 'run'
  | 'scaled'
  | 'untouched'
  | 'removed';

export type RolloutReason =
  | { readonly kind: 'first' }
  | { readonly kind: 'changed' }
  | { readonly kind: 'asked' }
  | { readonly kind: 'dependency'; readonly service: string }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'replicas'; readonly from: number; readonly to: number }
  | { readonly kind: 'same' }
  | { readonly kind: 'done' }
  | { readonly kind: 'gone' };

/** What has to hold of another service of the rollout before a wave begins. */
export interface Awaited {
  readonly service: string;
  readonly until: Dependency['condition'];
}

export interface PlannedService {
  readonly service: string;
  readonly action: RolloutAction;
  readonly because: RolloutReason;
  /** The run that will serve it; of a removed service, the one that does no more. */
  readonly run: string;
  readonly generation: number;
  /** `kept`: its tasks are not touched. `old`: of an earlier time, started again. */
  readonly how: 'kept' | 'old' | 'new' | 'gone';
  readonly replicas: number;
  /** When it starts, from 0; undefined: nothing is started. */
  readonly wave: number | undefined;
  readonly waitsFor: readonly Awaited[];
  /** Runs whose tasks stop before its own start. */
  readonly stopsFirst: readonly string[];
}

export interface RolloutPlan {
  /** In the order of the manifest, then what goes. */
  readonly services: readonly PlannedService[];
}

/** Nothing would be started, scaled or stopped. */
export const isIdle = (plan: RolloutPlan): boolean =>
  plan.services.every((service) => service.action === 'untouched');

const serves = (run: Run): boolean => run.state === 'live' || run.state === 'stopped';

/**
 * What becomes of each service when a release takes over, and in which order. A service that serves already
 * with the same tasks is not touched, unless one it depends on with `restart` is replaced. A job that has run
 * is not run again; a rollback runs none, as the older release's have.
 */
export function planRollout(facts: RolloutFacts): RolloutPlan {
  const chosen = new Map<string, Choice>();
  const choose = (service: DesiredService, open: ReadonlySet<string>): Choice => {
    const known = chosen.get(service.service);
    if (known !== undefined) return known;
    const choice = chooseRun(facts, service, restartedWith(service, open));
    chosen.set(service.service, choice);
    return choice;
  };
  const restartedWith = (service: DesiredService, open: ReadonlySet<string>): string | undefined => {
    if (isJob(service.mode)) return undefined;
    const within = new Set([...open, service.service]);
    return service.dependsOn
      .filter((dependency) => dependency.restart && !within.has(dependency.service))
      .find((dependency) => {
        const other = facts.services.find((candidate) => candidate.service === dependency.service);
        return other !== undefined && isStarted(choose(other, within));
      })?.service;
  };
  for (const service of facts.services) choose(service, new Set());

  const schedule = scheduleOf(facts, chosen);
  const planned = facts.services.map((service): PlannedService => {
    const choice = chosen.get(service.service)!;
    const serving = servingOf(facts, service.service).filter((name) => name !== choice.run);
    return {
      ...choice,
      ...(schedule.get(service.service) ?? { wave: undefined, waitsFor: [] }),
      stopsFirst: choice.action === 'replaced-in-place' ? serving : [],
    };
  });
  const names = new Set(facts.services.map((service) => service.service));
  const gone = facts.runs.filter((run) => serves(run) && !names.has(run.service));
  return {
    services: [
      ...planned,
      ...gone.map(
        (run): PlannedService => ({
          service: run.service,
          action: 'removed',
          because: { kind: 'gone' },
          run: run.name,
          generation: run.generation,
          how: 'gone',
          replicas: 0,
          wave: undefined,
          waitsFor: [],
          stopsFirst: [],
        }),
      ),
    ],
  };
}

const servingOf = (facts: RolloutFacts, service: string): string[] =>
  facts.runs.filter((run) => run.service === service && serves(run)).map((run) => run.name);

type Choice = Omit<PlannedService, 'wave' | 'waitsFor' | 'stopsFirst'>;

const isStarted = (choice: Choice): boolean =>
  ['created', 'replaced', 'replaced-in-place', 'run'].includes(choice.action);

function chooseRun(facts: RolloutFacts, wanted: DesiredService, restartedWith: string | undefined): Choice {
  const { service, mode, replicas } = wanted;
  const own = facts.runs.filter((run) => run.service === service);
  const alike = own.filter((run) => run.fingerprint === wanted.fingerprint);
  const nameOf = (generation: number) =>
    runName({ app: facts.app, service, release: facts.release, generation }, facts.platform);
  const base = { service, replicas };
  const keep = (run: Run, because: RolloutReason): Choice => ({
    ...base,
    action: because.kind === 'replicas' ? 'scaled' : 'untouched',
    because,
    run: run.name,
    generation: run.generation,
    how: run.state === 'live' ? 'kept' : 'old',
  });

  if (isJob(mode)) {
    const done = alike.find(serves) ?? (facts.kind === 'deploy' ? undefined : alike.find(isIdleRun));
    if (done !== undefined) return keep(done, { kind: 'done' });
  }
  const isForced = !isJob(mode) && (isRestarted(facts, service) || restartedWith !== undefined);
  const live = isForced ? undefined : alike.find((run) => run.state === 'live');
  if (live !== undefined) {
    const isScaled = mode === 'replicated' && live.replicas !== replicas;
    return keep(live, isScaled ? { kind: 'replicas', from: live.replicas, to: replicas } : { kind: 'same' });
  }

  const serving = own.filter(serves);
  const because: RolloutReason =
    serving.length === 0
      ? { kind: 'first' }
      : restartedWith !== undefined
        ? { kind: 'dependency', service: restartedWith }
        : facts.kind === 'restart'
          ? { kind: 'asked' }
          : serving.some((run) => run.fingerprint === wanted.fingerprint)
            ? { kind: 'stopped' }
            : { kind: 'changed' };
  const action: RolloutAction = isJob(mode)
    ? 'run'
    : serving.length === 0
      ? 'created'
      : wanted.isInPlace
        ? 'replaced-in-place'
        : 'replaced';
  const isOwn = (run: Run) => run.name === nameOf(facts.generation);
  const usable = (
    isJob(mode) || facts.kind === 'restart'
      ? (['starting'] as const)
      : isForced
        ? (['starting', 'parked'] as const)
        : (['starting', 'warm', 'draining', 'parked'] as const)
  ).flatMap((state) => alike.filter((run) => run.state === state));
  const again = facts.kind === 'restart' ? usable.find(isOwn) : usable[0];
  if (again !== undefined) {
    const isNew = again.name === nameOf(again.generation) && facts.kind !== 'rollback';
    return {
      ...base,
      action,
      because,
      run: again.name,
      generation: again.generation,
      how: isNew ? 'new' : 'old',
    };
  }
  const taken = own.filter((run) => run.release === facts.release).map((run) => run.generation);
  const generation = taken.includes(facts.generation) ? Math.max(...taken) + 1 : facts.generation;
  return { ...base, action, because, run: nameOf(generation), generation, how: 'new' };
}

const isRestarted = ({ kind, only }: RolloutFacts, service: string): boolean =>
  kind === 'restart' && (only === undefined || only.includes(service));

const isIdleRun = (run: Run): boolean =>
  run.state === 'parked' || run.state === 'draining' || run.state === 'warm';

interface Slot {
  readonly wave: number;
  readonly waitsFor: readonly Awaited[];
}

/**
 * When each service starts: after those it depends on, where they change too. What is replaced in place comes
 * last, so that its tasks stop only when all else is proven; until then those that depend on it use the old
 * tasks, except with `restart`.
 */
function scheduleOf(facts: RolloutFacts, chosen: ReadonlyMap<string, Choice>): ReadonlyMap<string, Slot> {
  const started = facts.services.filter((service) => isStarted(chosen.get(service.service)!));
  const actionOf = (service: string) => chosen.get(service)?.action;
  const needs = new Map<string, Awaited[]>();
  const add = (service: string, awaited: Awaited) => {
    if (service !== awaited.service) needs.set(service, [...(needs.get(service) ?? []), awaited]);
  };
  const present = new Set(started.map((service) => service.service));
  for (const service of started)
    for (const dependency of service.dependsOn) {
      const isServed = actionOf(dependency.service) === 'replaced-in-place' && !dependency.restart;
      if (present.has(dependency.service) && !isServed)
        add(service.service, { service: dependency.service, until: dependency.condition });
    }

  const inPlace = started.filter((service) => actionOf(service.service) === 'replaced-in-place');
  const after = new Set(inPlace.map((service) => service.service));
  for (let size = -1; size !== after.size; ) {
    size = after.size;
    for (const [service, awaited] of needs)
      if (awaited.some((one) => after.has(one.service))) after.add(service);
  }
  for (const service of inPlace)
    for (const other of started.filter((candidate) => !after.has(candidate.service)))
      add(service.service, {
        service: other.service,
        until: isJob(other.mode) ? 'completed' : 'healthy',
      });

  const depthOf = depthsBy((service) => (needs.get(service) ?? []).map((awaited) => awaited.service));
  return new Map(
    started.map((service) => {
      const name = service.service;
      const wave = depthOf(name, present);
      // Where a circle was cut there is nothing to wait for.
      const waitsFor = (needs.get(name) ?? []).filter((awaited) => depthOf(awaited.service, present) < wave);
      return [name, { wave, waitsFor: strongest(waitsFor) }];
    }),
  );
}

const strength = ['started', 'healthy', 'completed'] as const;

function strongest(awaited: readonly Awaited[]): Awaited[] {
  const best = new Map<string, Awaited>();
  for (const one of awaited) {
    const other = best.get(one.service);
    if (other === undefined || strength.indexOf(other.until) < strength.indexOf(one.until))
      best.set(one.service, one);
  }
  return [...best.values()];
}
