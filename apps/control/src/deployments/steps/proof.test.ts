import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Task } from '@berth/engine/types';
import { judge } from './proof.ts';

const at = (ms: number): string => new Date(ms).toISOString();
const running = (sinceMs: number): Pick<Task, 'Status' | 'CreatedAt'> => ({
  CreatedAt: at(sinceMs),
  Status: { Timestamp: at(sinceMs), State: 'running' },
});
const facts = {
  goal: 'healthy',
  run: {
    mode: 'replicated',
    replicas: 1,
    routing: { port: 8080, probe: { kind: 'none' }, drainMs: 0, warmMs: 0 },
  },
  lanes: [{ servers: [] }],
  startMs: 60_000,
} as const;

test('a task that was warm for long has its time to be seen by the edge', () => {
  const waiting = judge({
    ...facts,
    tasks: [running(0)],
    sinceMs: 1_000_000,
    waitingSinceMs: 1_000_000,
    now: 1_000_100,
  });
  assert.equal(waiting.kind, 'waiting');
});

test('a task that started and stays unseen is given up after its time', () => {
  const since = { sinceMs: 0, waitingSinceMs: 500 };
  assert.equal(judge({ ...facts, tasks: [running(1_000)], ...since, now: 60_900 }).kind, 'waiting');
  assert.deepEqual(judge({ ...facts, tasks: [running(1_000)], ...since, now: 61_100 }), {
    kind: 'hopeless',
    because: 'too-slow',
  });
});
