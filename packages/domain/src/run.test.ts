import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { laneNames } from './edge.ts';
import { appNameLengthMax, serviceNameLengthMax } from './name.ts';
import {
  chooseLane,
  findSuperseded,
  mayRunAdvance,
  planRetirement,
  type Run,
  type RunState,
  runName,
  runNext,
} from './run.ts';

const states = Object.keys(runNext) as RunState[];

const aRun = (over: Partial<Run> = {}): Run => ({
  app: 'shop',
  service: 'web',
  release: 1,
  generation: 1,
  name: 'shop-web-r1',
  state: 'live',
  stateSince: 0,
  lane: 'a',
  weight: 100,
  replicas: 1,
  mode: 'replicated',
  dependsOn: [],
  fingerprint: 'f',
  routing: { port: 8080, probe: { kind: 'tcp', port: 8080 }, drainMs: 30_000, warmMs: 600_000 },
  ...over,
});

test('the name of a run is one DNS label, and a second generation differs', () => {
  assert.equal(runName(aRun()), 'shop-web-r1');
  assert.equal(runName(aRun({ generation: 3 })), 'shop-web-r1-3');
  assert.equal(runName(aRun(), 'trial'), 'trial-shop-web-r1');
  assert.equal(runName(aRun({ service: 'eu-web' })), 'shop-eu--web-r1');
});

test('no two runs have one name, and each is a DNS label, however long and hyphenated', () => {
  const name = (max: number) =>
    fc
      .stringMatching(/^[a-z]([a-z0-9-]{0,70}[a-z0-9])?$/)
      .map((text) => text.slice(0, max).replace(/-+$/, ''));
  const hyphens = fc.stringMatching(/^[ab](-{0,2}[ab1]){0,3}$/);
  const run = fc.record({
    app: fc.oneof(hyphens, name(appNameLengthMax)),
    service: fc.oneof(hyphens, name(serviceNameLengthMax)),
    release: fc.integer({ min: 1, max: 12 }),
    generation: fc.integer({ min: 1, max: 3 }),
  });
  fc.assert(
    fc.property(run, run, fc.constantFrom('berth', 'berth-test3'), (one, other, platform) => {
      const [x, y] = [runName(one, platform), runName(other, platform)];
      assert.match(x, /^[a-z][a-z0-9-]{0,61}[a-z0-9]$/);
      assert.equal(x === y, JSON.stringify(one) === JSON.stringify(other));
    }),
    { numRuns: 2_000 },
  );
  assert.notEqual(
    runName(aRun({ app: 'shop-eu', service: 'web' })),
    runName(aRun({ app: 'shop', service: 'eu-web' })),
  );
});

test('a new run never takes the lane of one that carries traffic or starts', () => {
  const anyRuns = fc.uniqueArray(
    fc.record({
      lane: fc.constantFrom(...laneNames),
      state: fc.constantFrom(...states),
      stateSince: fc.nat(1000),
      weight: fc.constantFrom(0, 50, 100),
    }),
    { selector: (run) => run.lane, maxLength: 3 },
  );
  fc.assert(
    fc.property(anyRuns, (some) => {
      const runs = some.map((run, index) => aRun({ ...run, name: `r${index}` }));
      const choice = chooseLane(runs);
      if (choice.kind === 'none-free') {
        assert.ok(runs.every((run) => run.weight > 0 || !['warm', 'draining'].includes(run.state)));
        return;
      }
      const holder = runs.find((run) => run.lane === choice.lane);
      assert.equal(holder, choice.evict);
      if (holder !== undefined) {
        assert.ok(['warm', 'draining'].includes(holder.state));
        assert.equal(holder.weight, 0);
        assert.ok(mayRunAdvance(holder.state, 'parked'));
      }
    }),
  );
});

test('of two idle runs the warm one goes, and of two warm ones the older', () => {
  const runs = [
    aRun({ name: 'live', lane: 'a' }),
    aRun({ name: 'older', lane: 'b', state: 'warm', stateSince: 10, weight: 0 }),
    aRun({ name: 'newer', lane: 'c', state: 'warm', stateSince: 20, weight: 0 }),
  ];
  const choice = chooseLane(runs);
  assert.equal(choice.kind === 'lane' && choice.evict?.name, 'older');
});

test('nothing that serves is ever retired, and every retirement is a change the table allows', () => {
  const anyRun = fc.record({
    state: fc.constantFrom(...states),
    stateSince: fc.nat(2_000_000),
    warmMs: fc.constantFrom(0, 600_000),
    isRouted: fc.boolean(),
  });
  const facts = fc.record({
    after: fc.nat(3_000_000),
    sessions: fc.option(fc.nat(3), { nil: undefined }),
    keep: fc.boolean(),
    isSuperseded: fc.boolean(),
  });
  fc.assert(
    fc.property(
      anyRun,
      facts,
      ({ state, stateSince, warmMs, isRouted }, { after, sessions, keep, isSuperseded }) => {
        const routing = {
          probe: { kind: 'none' as const },
          drainMs: 30_000,
          warmMs,
          ...(isRouted ? { port: 80 } : {}),
        };
        const plan = planRetirement(aRun({ state, stateSince, routing }), {
          now: stateSince + after,
          sessions,
          keep,
          isSuperseded,
          isNeeded: false,
        });
        if (plan.kind === 'wait') return;
        assert.ok(!['live', 'starting', 'stopped'].includes(state), `${state} was retired`);
        assert.ok(mayRunAdvance(state, plan.to));
        if (plan.to === 'removing') assert.equal(keep, false);
      },
    ),
  );
});

test('a draining run waits for its requests, but not beyond its window', () => {
  const run = aRun({ state: 'draining', weight: 0 });
  assert.deepEqual(
    planRetirement(run, { now: 5_000, sessions: 3, keep: true, isSuperseded: false, isNeeded: false }),
    {
      kind: 'wait',
      untilMs: 30_000,
    },
  );
  assert.deepEqual(
    planRetirement(run, { now: 5_000, sessions: 0, keep: true, isSuperseded: false, isNeeded: false }),
    {
      kind: 'advance',
      to: 'warm',
      closeConnections: false,
    },
  );
  assert.deepEqual(
    planRetirement(run, {
      now: 5_000,
      sessions: undefined,
      keep: true,
      isSuperseded: false,
      isNeeded: false,
    }),
    { kind: 'wait', untilMs: 30_000 },
    'an edge that cannot say counts as busy',
  );
  assert.deepEqual(
    planRetirement(run, { now: 30_000, sessions: 3, keep: true, isSuperseded: false, isNeeded: false }),
    {
      kind: 'advance',
      to: 'warm',
      closeConnections: true,
    },
  );
  assert.deepEqual(
    planRetirement(run, { now: 100, sessions: 0, keep: true, isSuperseded: false, isNeeded: false }),
    { kind: 'wait', untilMs: 1_000 },
    'requests under way have not arrived yet',
  );
});

test('one warm run per service is kept, and none of what serves already', () => {
  const runs = [
    aRun({ name: 'live', state: 'live', fingerprint: 'now' }),
    aRun({ name: 'last', state: 'draining', stateSince: 30, fingerprint: 'b' }),
    aRun({ name: 'before', state: 'warm', stateSince: 20, fingerprint: 'c' }),
    aRun({ name: 'other service', service: 'api', state: 'warm', stateSince: 10, fingerprint: 'd' }),
    aRun({ name: 'restarted', service: 'api', state: 'draining', stateSince: 40, fingerprint: 'e' }),
    aRun({ name: 'restarted live', service: 'api', state: 'live', stateSince: 40, fingerprint: 'e' }),
  ];
  assert.deepEqual([...findSuperseded(runs)], ['before', 'other service', 'restarted']);
  const before = aRun({ name: 'before', state: 'warm', stateSince: 20 });
  assert.deepEqual(
    planRetirement(before, { now: 21, sessions: 0, keep: true, isSuperseded: true, isNeeded: false }),
    {
      kind: 'advance',
      to: 'parked',
      closeConnections: false,
    },
  );
});

test('a run that agents led bound ports to ends what it began; an unrouted one has nothing to end', () => {
  const retire = (hasBoundPorts: boolean, now: number) =>
    planRetirement(
      aRun({
        state: 'draining',
        weight: 0,
        routing: {
          probe: { kind: 'none' },
          drainMs: 30_000,
          warmMs: 0,
          ...(hasBoundPorts ? { hasBoundPorts } : {}),
        },
      }),
      { now, sessions: 0, keep: true, isSuperseded: false, isNeeded: false },
    ).kind;
  assert.deepEqual([retire(false, 0), retire(true, 0), retire(true, 1_000)], ['advance', 'wait', 'advance']);
});
