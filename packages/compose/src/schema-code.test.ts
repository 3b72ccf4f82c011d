import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { renderValidator } from './schema-code.ts';

test('the validator of the Compose schema is the one that `npm run generate` writes', () => {
  const file = new URL('../generated/schema-validator.js', import.meta.url);
  assert.ok(readFileSync(file, 'utf8') === renderValidator(), 'run `npm run generate`');
});
