import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { levelsOf } from './order.ts';
import {
  type DesiredService,
  isIdle,
  type PlannedService,
  planRollout,
  type RolloutFacts,
} from './rollout.ts';
import type { Run } from './run.ts';
import type { Dependency } from './service.ts';

const desired = (service: string, over: Partial<DesiredService> = {}): DesiredService => ({
  service,
  mode: 'replicated',
  fingerprint: 'f1',
  replicas: 1,
  isInPlace: false,
  dependsOn: [],
  ...over,
});
const on = (service: string, over: Partial<Dependency> = {}): Dependency => ({
  service,
  condition: 'healthy',
  required: true,
  restart: false,
  ...over,
});
const run = (service: string, over: Partial<Run> = {}): Run => ({
  app: 'shop',
  service,
  release: 1,
  generation: 1,
  name: `shop-${service}-r1`,
  state: 'live',
  stateSince: 0,
  lane: undefined,
  weight: 100,
  replicas: 1,
  mode: 'replicated',
  dependsOn: [],
  fingerprint: 'f1',
  routing: { probe: { kind: 'none' }, drainMs: 0, warmMs: 0 },
  ...over,
});
const plan = (services: readonly DesiredService[], runs: readonly Run[], over: Partial<RolloutFacts> = {}) =>
  planRollout({
    platform: 'berth',
    app: 'shop',
    release: 2,
    generation: 1,
    kind: 'deploy',
    services,
    runs,
    ...over,
  }).services;
const brief = (services: readonly PlannedService[]) =>
  Object.fromEntries(services.map((one) => [one.service, [one.action, one.wave ?? '-'].join(' ')]));

describe('what becomes of a service', () => {
  test('changed, unchanged, new and gone', () => {
    const services = plan(
      [desired('web', { fingerprint: 'f2' }), desired('api'), desired('worker')],
      [run('web'), run('api'), run('mail')],
    );
    assert.deepEqual(brief(services), {
      web: 'replaced 0',
      api: 'untouched -',
      worker: 'created 0',
      mail: 'removed -',
    });
    assert.deepEqual(
      services.map((one) => one.run),
      ['shop-web-r2', 'shop-api-r1', 'shop-worker-r2', 'shop-mail-r1'],
    );
  });

  test('one that writes to a volume is replaced in place, after all else is proven', () => {
    const services = plan(
      [
        desired('web', { fingerprint: 'f2', dependsOn: [on('db')] }),
        desired('db', { fingerprint: 'f2', isInPlace: true }),
      ],
      [run('web'), run('db')],
    );
    assert.deepEqual(brief(services), { web: 'replaced 0', db: 'replaced-in-place 1' });
    assert.deepEqual(services[1]?.stopsFirst, ['shop-db-r1']);
    assert.deepEqual(services[1]?.waitsFor, [{ service: 'web', until: 'healthy' }]);
  });

  test('restart: a dependent is replaced with what it depends on, and after it', () => {
    const services = plan(
      [
        desired('db', { fingerprint: 'f2', isInPlace: true }),
        desired('web', { dependsOn: [on('db', { restart: true })] }),
      ],
      [run('web'), run('db')],
    );
    assert.deepEqual(brief(services), { db: 'replaced-in-place 0', web: 'replaced 1' });
    assert.deepEqual(services[1]?.because, { kind: 'dependency', service: 'db' });
  });

  test('restart in a rollback to a release whose run serves still: another generation', () => {
    const services = plan(
      [desired('db', { fingerprint: 'f0' }), desired('web', { dependsOn: [on('db', { restart: true })] })],
      [
        run('web'),
        run('db', { release: 2, name: 'shop-db-r2' }),
        run('db', { state: 'parked', fingerprint: 'f0' }),
      ],
      { release: 1, kind: 'rollback' },
    );
    assert.deepEqual(
      services.map((one) => [one.run, one.how]),
      [
        ['shop-db-r1', 'old'],
        ['shop-web-r1-2', 'new'],
      ],
    );
  });

  test('a job runs when it changed, and once; a rollback runs none', () => {
    const job = desired('migrate', { mode: 'job', fingerprint: 'f2' });
    const now = [run('migrate', { mode: 'job' })];
    assert.deepEqual(brief(plan([job], now)), { migrate: 'run 0' });
    assert.deepEqual(brief(plan([desired('migrate', { mode: 'job' })], now)), { migrate: 'untouched -' });
    const both = [
      run('migrate', { mode: 'job', release: 2, name: 'shop-migrate-r2', fingerprint: 'f2' }),
      run('migrate', { mode: 'job', state: 'parked' }),
    ];
    const back = plan([desired('migrate', { mode: 'job' })], both, { release: 1, kind: 'rollback' });
    assert.deepEqual([brief(back), back[0]?.how], [{ migrate: 'untouched -' }, 'old']);
    // Of old, what another release ran is no reason not to run it now.
    assert.deepEqual(brief(plan([desired('migrate', { mode: 'job' })], both, { release: 3 })), {
      migrate: 'run 0',
    });
  });

  test('other replicas: the tasks stay, their number changes', () => {
    const [web] = plan([desired('web', { replicas: 3 })], [run('web')]);
    assert.deepEqual([web?.action, web?.because], ['scaled', { kind: 'replicas', from: 1, to: 3 }]);
  });
});

test('waves wait for conditions of services that change, and only those', () => {
  const services = plan(
    [
      desired('web', { fingerprint: 'f2', dependsOn: [on('api'), on('cache', { condition: 'started' })] }),
      desired('api', { fingerprint: 'f2', dependsOn: [on('migrate', { condition: 'completed' }), on('db')] }),
      desired('migrate', { fingerprint: 'f2', mode: 'job', dependsOn: [on('db')] }),
      desired('db'),
      desired('cache', { fingerprint: 'f2' }),
    ],
    [run('web'), run('api'), run('db'), run('cache')],
  );
  assert.deepEqual(brief(services), {
    web: 'replaced 2',
    api: 'replaced 1',
    migrate: 'run 0',
    db: 'untouched -',
    cache: 'replaced 0',
  });
  assert.deepEqual(services[0]?.waitsFor, [
    { service: 'api', until: 'healthy' },
    { service: 'cache', until: 'started' },
  ]);
});

/** Any app: services depend on ones named before them. */
const names = ['a', 'b', 'c', 'd', 'e'] as const;
const anApp = fc
  .array(
    fc.record({
      fingerprint: fc.constantFrom('f1', 'f2'),
      mode: fc.constantFrom('replicated', 'replicated', 'global', 'job' as const),
      isInPlace: fc.boolean(),
      replicas: fc.integer({ min: 1, max: 2 }),
      needs: fc.array(
        fc.record({
          of: fc.nat(),
          condition: fc.constantFrom('started', 'healthy', 'completed' as const),
          restart: fc.boolean(),
          required: fc.boolean(),
        }),
        { maxLength: 3 },
      ),
    }),
    { minLength: 1, maxLength: names.length },
  )
  .map((list) =>
    list.map(
      ({ needs, ...rest }, index): DesiredService => ({
        service: names[index]!,
        ...rest,
        isInPlace: rest.isInPlace && rest.mode !== 'job',
        dependsOn:
          index === 0 ? [] : needs.map(({ of, ...how }) => ({ service: names[of % index]!, ...how })),
      }),
    ),
  );

/** What a crash can leave: the world after a number of things were done. */
class World {
  runs: Run[];
  /** Names of runs with tasks up, or for jobs, completed. */
  up: Set<string>;
  steps = 0;
  readonly stepsMax: number;
  constructor(runs: readonly Run[], stepsMax: number) {
    this.runs = [...runs];
    this.up = new Set(runs.filter((one) => one.state === 'live').map((one) => one.name));
    this.stepsMax = stepsMax;
  }
  did(): boolean {
    this.steps += 1;
    return this.steps > this.stepsMax;
  }
}

/** Carries a plan out as the deployment's steps do; ends early, as a crash does, after `stepsMax`. */
function carryOut(
  world: World,
  facts: Omit<RolloutFacts, 'runs'>,
  check: (world: World) => void,
): 'done' | 'crashed' {
  const { services } = planRollout({ ...facts, runs: world.runs });
  for (const one of services) {
    if (one.how === 'gone' || one.how === 'kept') continue;
    const spec = facts.services.find((service) => service.service === one.service)!;
    const known = world.runs.find((candidate) => candidate.name === one.run);
    const rest = world.runs.filter((candidate) => candidate.name !== one.run);
    if (one.action === 'untouched') continue;
    world.runs = [
      ...rest,
      {
        ...(known ?? run(one.service)),
        name: one.run,
        release: known?.release ?? facts.release,
        generation: one.generation,
        state: 'starting',
        mode: spec.mode,
        fingerprint: spec.fingerprint,
        replicas: one.replicas,
      },
    ];
    if (world.did()) return 'crashed';
  }
  const waves = [...new Set(services.flatMap((one) => one.wave ?? []))].sort((x, y) => x - y);
  for (const wave of waves)
    for (const one of services.filter((service) => service.wave === wave)) {
      for (const old of one.stopsFirst) world.up.delete(old);
      check(world);
      world.up.add(one.run);
      if (world.did()) return 'crashed';
    }
  const chosen = new Set(services.filter((one) => one.how !== 'gone').map((one) => one.run));
  const replicasOf = new Map(services.map((one) => [one.run, one.replicas]));
  world.runs = world.runs.map((one): Run => {
    if (chosen.has(one.name)) return { ...one, state: 'live', replicas: replicasOf.get(one.name)! };
    return one.state === 'live' ? { ...one, state: 'parked' } : one;
  });
  return 'done';
}

describe('whatever the app', () => {
  const anyOf = fc.record({
    before: anApp,
    after: anApp,
    kind: fc.constantFrom('deploy', 'restart' as const),
    crashes: fc.array(fc.nat(12), { maxLength: 4 }),
  });
  const runsOf = (services: readonly DesiredService[]) =>
    services.map((one) =>
      run(one.service, { mode: one.mode, fingerprint: one.fingerprint, replicas: one.replicas }),
    );

  test('from any crash point planning again converges, and at the goal the plan is empty', () => {
    fc.assert(
      fc.property(anyOf, ({ before, after, kind, crashes }) => {
        const facts = {
          platform: 'berth',
          app: 'shop',
          release: kind === 'restart' ? 1 : 2,
          generation: kind === 'restart' ? 2 : 1,
          kind,
          services: after,
        };
        const world = new World(runsOf(before), 0);
        const names = new Set<string>();
        for (const stepsMax of [...crashes, Number.POSITIVE_INFINITY]) {
          const next = new World(world.runs, stepsMax);
          const end = carryOut(next, facts, () => undefined);
          world.runs = next.runs;
          for (const one of world.runs) names.add(one.name);
          if (end === 'done') break;
        }
        assert.ok(isIdle(planRollout({ ...facts, kind: 'deploy', release: 3, runs: world.runs })));
        for (const service of after)
          assert.equal(
            world.runs.filter((one) => one.service === service.service && one.state === 'live').length,
            1,
          );
        // No crash leaves a run that nothing serves by or takes back.
        assert.deepEqual(
          world.runs.filter((one) => one.state === 'starting'),
          [],
        );
      }),
    );
  });

  test('no plan stops the last healthy task before its replacement is healthy, except in place', () => {
    fc.assert(
      fc.property(anyOf, ({ before, after, kind }) => {
        const facts = { platform: 'berth', app: 'shop', release: 2, generation: 2, kind, services: after };
        const world = new World(runsOf(before), Number.POSITIVE_INFINITY);
        const inPlace = new Set(after.filter((one) => one.isInPlace).map((one) => one.service));
        carryOut(world, facts, (now) => {
          for (const one of before)
            if (!inPlace.has(one.service)) assert.ok(now.up.has(`shop-${one.service}-r1`), one.service);
        });
      }),
    );
  });

  test('waves respect dependencies; in place is after all that does not need it', () => {
    fc.assert(
      fc.property(anyOf, ({ before, after, kind }) => {
        const services = plan(after, runsOf(before), { kind, generation: 2 });
        const by = new Map(services.map((one) => [one.service, one]));
        for (const one of services) {
          if (one.wave === undefined) continue;
          for (const awaited of one.waitsFor) assert.ok(by.get(awaited.service)!.wave! < one.wave);
          const spec = after.find((service) => service.service === one.service)!;
          for (const dependency of spec.dependsOn) {
            const other = by.get(dependency.service)!;
            if (other.wave === undefined) continue;
            if (other.action === 'replaced-in-place' && !dependency.restart) continue;
            assert.ok(other.wave < one.wave);
            assert.ok(one.waitsFor.some((awaited) => awaited.service === dependency.service));
          }
        }
      }),
    );
  });
});

test('levels: dependencies first; what is not there does not count', () => {
  const items = [
    { service: 'web', dependsOn: ['api', 'gone'] },
    { service: 'api', dependsOn: ['db'] },
    { service: 'db', dependsOn: [] },
    { service: 'mail', dependsOn: [] },
  ];
  assert.deepEqual(
    levelsOf(items).map((level) => level.map((item) => item.service)),
    [['db', 'mail'], ['api'], ['web']],
  );
});
