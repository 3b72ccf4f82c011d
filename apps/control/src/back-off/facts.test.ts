import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerInspect, Task, TaskState } from '@berth/engine/types';
import { restartingSlot } from './facts.ts';

const at = (second: number) => new Date(1_700_000_000_000 + second * 1_000).toISOString();
const aTask = (id: string, state: TaskState, second: number, over: Partial<Task> = {}, delayMs = 2_000) =>
  ({
    ID: id,
    CreatedAt: at(second),
    DesiredState: 'shutdown',
    Spec: { RestartPolicy: { Condition: 'any', Delay: delayMs * 1e6 } },
    Status: { State: state, Timestamp: at(second), ContainerStatus: { ContainerID: `c-${id}` } },
    ...over,
  }) as Task;
const ended = (from: number, to: number) =>
  ({ StartedAt: at(from), FinishedAt: at(to) }) as ContainerInspect['State'];
const waiting = aTask('new', 'ready', 10, { DesiredState: 'ready' });

test('a place that waits: until when, and how long those before ran', () => {
  const bare = aTask('c', 'rejected', 6);
  const slot = {
    newest: waiting,
    ended: [
      aTask('a', 'failed', 10),
      aTask('b', 'failed', 8),
      { ...bare, Status: { ...bare.Status, ContainerStatus: undefined } },
    ],
  } as unknown as Parameters<typeof restartingSlot>[0];
  assert.deepEqual(restartingSlot(slot, { ends: new Map([['a', ended(9, 10)]]), delayMs: 2_000 }), {
    state: 'waits',
    startsAt: Date.parse(at(12)),
    endedAt: Date.parse(at(10)),
    livesMs: [1_000, undefined, 0],
  });
});

test('what ended under another delay does not count: the change may not be carried out yet', () => {
  const slot = { newest: waiting, ended: [aTask('a', 'failed', 10), aTask('b', 'failed', 8)] };
  const ends = new Map([['a', ended(9, 10)]]);
  assert.deepEqual(restartingSlot(slot, { ends, delayMs: 5_000 }).livesMs, []);
  const mixed = { newest: waiting, ended: [aTask('a', 'failed', 10, {}, 5_000), ...slot.ended] };
  assert.deepEqual(restartingSlot(mixed, { ends, delayMs: 5_000 }).livesMs, [1_000]);
});

test('one that runs, one that starts, one that ended a moment ago', () => {
  const state = (newest: Task) => restartingSlot({ newest, ended: [] }, { ends: new Map(), delayMs: 0 });
  assert.equal(state(aTask('a', 'running', 1, { DesiredState: 'running' })).state, 'runs');
  assert.equal(state(aTask('a', 'starting', 1, { DesiredState: 'running' })).state, 'other');
  assert.deepEqual(state(aTask('a', 'failed', 1)), {
    state: 'other',
    startsAt: undefined,
    endedAt: Date.parse(at(1)),
    livesMs: [],
  });
});
