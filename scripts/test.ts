/**
 * `npm test`, which `npm cit` runs after `npm ci`: everything, on a machine with nothing prepared.
 *
 * Engine and images are prepared by the code of `berth up`; then types, lint, tidy and fast tests, the tests
 * on the real engine, and the product tests. Each part runs even when an earlier one failed.
 */
import { check } from './check.ts';
import { checkEngine } from './check-engine.ts';
import { findTests, runTests, type TestOutcome } from './run-tests.ts';

const none: TestOutcome = { passed: 0, failed: 0, skipped: 0, failures: [] };

console.log('== check: types, format, lint, tidy, fast tests');
const checked = await check();
console.log('== tests on the real engine');
const engine = await checkEngine();
console.log('== product tests');
const e2e: TestOutcome =
  findTests('e2e').length === 0
    ? none
    : await runTests({ files: findTests('e2e'), concurrency: 1, timeoutMs: 900_000, verbose: true });

const failures = [...engine.failures, ...e2e.failures];
for (const failure of failures) console.log(`  ${failure}`);
const passed = checked.passed + engine.passed + e2e.passed;
const failed = checked.failed + engine.failed + e2e.failed + (checked.isOk || checked.failed > 0 ? 0 : 1);
console.log(`${passed} passed, ${failed} failed, ${engine.skipped + e2e.skipped} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
