/** `npm run docs`: writes the pages of `docs/` that are generated from code. A test fails when they differ. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { renderPages } from './docs/pages.ts';

const root = new URL('..', import.meta.url).pathname;
for (const [path, text] of await renderPages()) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  console.log(path);
}
