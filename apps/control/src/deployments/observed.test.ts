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
  const silent = nodesWith(async function* (_id, _lane, signal) {
    await new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason as Error)),
    );
    yield undefined;
  });
  // Of a real clock: the time is `AbortSignal.timeout`'s, which does not keep the process.
  const awake = setInterval(() => undefined, 1_000);
  try {
    assert.deepEqual(await observedHealth({ nodes: silent, runs }, 'shop'), new Map());
  } finally {
    clearInterval(awake);
  }
});

test('an edge that refuses to tell is a fault', async () => {
  const broken = nodesWith(async function* () {
    yield await Promise.reject(new Error('not a lane'));
  });
  await assert.rejects(observedHealth({ nodes: broken, runs }, 'shop'), /not a lane/);
});
