import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replicasOf, withReplicas } from './replicas.ts';
import type { ServiceSpec } from './types.ts';

const spec = (Mode: ServiceSpec['Mode']): ServiceSpec => ({
  Name: 'web',
  Labels: {},
  TaskTemplate: {
    ContainerSpec: { Image: 'x' },
    Placement: { Constraints: ['node.role==worker'] },
  },
  Mode,
});

test('a service of one task per node is paused and given back, its own constraints kept', () => {
  const global = spec({ Global: {} });
  assert.equal(replicasOf(global), 1);
  const paused = withReplicas(global, 0);
  assert.ok(paused !== undefined);
  assert.equal(replicasOf(paused), 0);
  assert.equal(withReplicas(paused, 0), undefined);
  assert.deepEqual(withReplicas(paused, 1), global);
});

test('a replicated one has its number, a job none', () => {
  const two = spec({ Replicated: { Replicas: 2 } });
  assert.equal(replicasOf(two), 2);
  assert.equal(withReplicas(two, 2), undefined);
  assert.equal(replicasOf(withReplicas(two, 0)!), 0);
  const job = spec({ ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 1 } });
  assert.equal(replicasOf(job), 0);
  assert.equal(withReplicas(job, 0), undefined);
});
