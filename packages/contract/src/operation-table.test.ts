import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { renderOperations } from './operation-table.ts';

test('the table of operations is that of the routes', () => {
  const file = new URL('../generated/operations.json', import.meta.url);
  assert.equal(readFileSync(file, 'utf8'), renderOperations(), 'run `npm run generate`');
});
