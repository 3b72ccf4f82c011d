import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Task } from '@berth/engine/types';
import { planScaleDown } from './scale-down.ts';

const task = (slot: number, node: string, state = 'running') =>
  ({ ID: `t${slot}`, Slot: slot, NodeID: node, Status: { State: state } }) as unknown as Task;
const ids = (tasks: readonly Task[]) => tasks.map((one) => one.Slot);

test('high slots go first', () => {
  assert.deepEqual(ids(planScaleDown([task(1, 'n'), task(2, 'n'), task(3, 'n')], 1)), [3, 2]);
});

test('a task that does not run goes before one that does', () => {
  assert.deepEqual(ids(planScaleDown([task(1, 'n', 'starting'), task(2, 'n'), task(3, 'n')], 2)), [1]);
});

test('the fullest node gives first', () => {
  assert.deepEqual(
    ids(planScaleDown([task(4, 'a'), task(1, 'b'), task(2, 'b'), task(3, 'a'), task(5, 'b')], 3)),
    [5, 4],
  );
});
