import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Task, TaskState } from '@berth/engine/types';
import { isCurrent, slotsOf, startsAt } from './restarts.ts';

const aTask = (state: TaskState, second: number, over: Partial<Task> = {}): Task =>
  ({
    ID: `t${second}`,
    ServiceID: 's',
    Slot: 1,
    CreatedAt: `2026-11-24T10:00:0${second}Z`,
    DesiredState: state === 'running' ? 'running' : 'shutdown',
    Spec: { RestartPolicy: { Condition: 'any', Delay: 2e9 } },
    Status: { State: state, Timestamp: `2026-11-24T10:00:0${second}.500Z` },
    ...over,
  }) as Task;

test('what ended unasked in a place is counted, what was stopped is not', () => {
  const tasks = [aTask('failed', 1), aTask('shutdown', 2), aTask('complete', 3), aTask('running', 4)];
  const [slot] = slotsOf(tasks);
  assert.equal(slot?.newest.ID, 't4');
  assert.deepEqual(
    slot.ended.map(({ ID }) => ID),
    ['t3', 't1'],
  );
  assert.equal(isCurrent(slot), true);
  assert.equal(startsAt(slot), undefined);
});

test('a task that waits for the delay says when it starts', () => {
  const [slot] = slotsOf([aTask('failed', 1), aTask('ready', 2, { DesiredState: 'ready' })]);
  assert.equal(isCurrent(slot!), true);
  assert.equal(startsAt(slot!), '2026-11-24T10:00:03.500Z');
});

test('what Swarm has given up is still there to see, what was stopped is not', () => {
  assert.deepEqual(slotsOf([aTask('failed', 1), aTask('failed', 2)]).map(isCurrent), [true]);
  assert.deepEqual(slotsOf([aTask('failed', 1), aTask('shutdown', 2)]).map(isCurrent), [false]);
  assert.deepEqual(slotsOf([aTask('running', 1, { DesiredState: 'shutdown' })]).map(isCurrent), [false]);
});

test('a global service has one place per node', () => {
  const { Slot: _, ...global } = aTask('running', 1);
  const slots = slotsOf([
    { ...global, NodeID: 'a' },
    { ...global, NodeID: 'b' },
  ]);
  assert.equal(slots.length, 2);
});
