import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figure, inRounds, median } from './measure.ts';

test('the median is the middle, or the mean of the two in the middle', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.throws(() => median([]), /nothing/);
  assert.deepEqual(figure('x', 'ms', [5, 1, 9]), { name: 'x', unit: 'ms', runs: [5, 1, 9], median: 5 });
});

test('variants take turns', async () => {
  const order: string[] = [];
  const variant = (name: string) => async (round: number) => {
    order.push(`${name}${round}`);
    return round;
  };
  const results = await inRounds(2, { a: variant('a'), b: variant('b') }, () => undefined);
  assert.deepEqual(order, ['a1', 'b1', 'a2', 'b2']);
  assert.deepEqual(results, { a: [1, 2], b: [1, 2] });
});
