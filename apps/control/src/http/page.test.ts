import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indexAfter, numberIn, pageAfter } from './page.ts';

const itself = (item: string) => item;

test('a sorted list goes on where it was, also when the entry there has gone', () => {
  const first = pageAfter(['a', 'b', 'c'], { limit: 2 }, itself);
  assert.deepEqual(first, { items: ['a', 'b'], next: 'b' });
  assert.deepEqual(pageAfter(['a', 'c'], { limit: 2, cursor: 'b' }, itself), { items: ['c'] });
});

test('a cursor that no page gave is refused: it would begin again, or end, in silence', () => {
  assert.equal(indexAfter(['z', 'a'], { cursor: 'z' }, itself), 1);
  assert.throws(
    () => indexAfter(['z', 'a'], { cursor: 'gone' }, itself),
    /\?cursor is of an entry that is gone/,
  );
  assert.equal(numberIn({ cursor: '42' }), 42);
  assert.equal(numberIn({}), undefined);
  assert.throws(() => numberIn({ cursor: 'garbage' }), { code: 'invalid' });
});
