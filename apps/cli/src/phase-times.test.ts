import assert from 'node:assert/strict';
import { test } from 'node:test';
import { phasesOf, summarisePhases } from './phase-times.ts';

const at = (ms: number) => new Date(ms).toISOString();
const deployment = (state: string, provingMs: number) => ({
  state,
  kind: 'deploy' as const,
  createdAt: at(0),
  endedAt: at(provingMs + 100),
  steps: [
    { state: 'starting', startedAt: at(0), endedAt: at(100), durationMs: 100 },
    { state: 'proving', startedAt: at(100), endedAt: at(100 + provingMs), durationMs: provingMs },
  ],
});

test('phases that come twice are one; what has not ended has no time', () => {
  const step = (state: string, durationMs?: number) => ({
    state,
    startedAt: at(0),
    ...(durationMs === undefined ? {} : { durationMs }),
  });
  assert.deepEqual(
    [
      ...phasesOf({
        steps: [step('starting', 5), step('proving', 7), step('starting', 3), step('switching')],
      }),
    ],
    [
      ['starting', 8],
      ['proving', 7],
    ],
  );
});

test('half and 95 % by nearest rank, of those that succeeded', () => {
  const all = [
    ...Array.from({ length: 20 }, (_, i) => deployment('succeeded', (i + 1) * 10)),
    deployment('failed', 60_000),
  ];
  assert.deepEqual(summarisePhases(all), [
    { phase: 'starting', count: 20, p50Ms: 100, p95Ms: 100 },
    { phase: 'proving', count: 20, p50Ms: 100, p95Ms: 190 },
    { phase: 'total', count: 20, p50Ms: 200, p95Ms: 290 },
  ]);
  assert.deepEqual(summarisePhases([deployment('failed', 1)]), []);
});
