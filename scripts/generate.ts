/** `npm run generate`: writes what is code made from code. A test of each fails when it is old. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { renderValidator } from '@berth/compose/schema-code';
import { renderOperations } from '@berth/contract/operation-table';

const root = new URL('..', import.meta.url).pathname;
const files = {
  'packages/compose/generated/schema-validator.js': renderValidator(),
  'packages/contract/generated/operations.json': renderOperations(),
};
for (const [path, text] of Object.entries(files)) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  console.log(path);
}
