/**
 * A share of the fast tests, all in this process: starting one for each file takes longer than most files do.
 * Tells its parent what failed as it comes, and the outcome at the end.
 */
import { runTests } from './run-tests.ts';

const outcome = await runTests({
  files: process.argv.slice(2),
  timeoutMs: 60_000,
  isShared: true,
  print: (text) => process.send?.({ kind: 'text', text }),
});
process.send?.({ kind: 'outcome', outcome }, () => process.disconnect());
