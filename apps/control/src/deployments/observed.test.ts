import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Nodes } from '../nodes/ports.ts';
import type { RunStore } from '../runs/store.ts';
import { observedHealth } from './observed.ts';

const run = { app: 'shop', service: 'web', lane: 'a', routing: { port: 8080 } };

/** Nodes whose edge's news of a lane are these. */
const nodesWith = (watchLane: (id: string, lane: string, signal: AbortSignal) => AsyncIterable<unknown>) =>
  ({ list: () => [{ edge: { watchLane } }] }) as unknown as Nodes;
const runs = { list: async () => [run] } as unknown as RunStore;

test('an edge that is down is no fault of who asks: what it does not say in time is not known', async () => {
  const late = new AbortController();
  const silent = nodesWith(async function* (_id, _lane, signal) {
    late.abort(new Error('late'));
    yield await Promise.reject(signal.reason as Error);
  });
  const asked = observedHealth({ nodes: silent, runs, late: () => late.signal }, 'shop');
  assert.deepEqual(await asked, new Map());
});

test('an edge that refuses to tell is a fault', async () => {
  const broken = nodesWith(async function* () {
    yield await Promise.reject(new Error('not a lane'));
  });
  await assert.rejects(observedHealth({ nodes: broken, runs }, 'shop'), /not a lane/);
});
