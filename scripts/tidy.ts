/** `node scripts/tidy.ts`: prints every broken rule of the tree; exit code 1 when there is one. */
import { checkTree } from './tidy/rules.ts';
import { readTree } from './tidy/tree.ts';

const violations = checkTree(readTree(new URL('..', import.meta.url).pathname));
for (const violation of violations) console.log(`${violation.at}: ${violation.message}`);
if (violations.length > 0) {
  console.log(`tidy: ${violations.length} broken`);
  process.exitCode = 1;
}
