/**
 * `npm run check:engine [FILE…]`: the tests that need a real container engine. Two files at a time: they
 * share one machine's engine, and each removes what carries its own label.
 */
import { findTests, longFirst, runTests, type TestOutcome } from './run-tests.ts';

const long = ['runtime', 'edge', 'back-off', 'systemd'].map((name) => `/${name}.engine.test.ts`);

export async function checkEngine(only: readonly string[] = []): Promise<TestOutcome> {
  const files = findTests('engine').filter(
    (path) => only.length === 0 || only.some((part) => path.includes(part)),
  );
  return await runTests({
    files: longFirst(files, long),
    concurrency: 2,
    timeoutMs: 300_000,
    verbose: true,
    exitsAtEnd: true,
  });
}

if (import.meta.main) {
  const { passed, failed, skipped } = await checkEngine(process.argv.slice(2));
  console.log(`engine tests: ${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = failed === 0 ? 0 : 1;
}
