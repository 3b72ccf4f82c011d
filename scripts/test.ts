/**
 * `npm test`, which `npm cit` runs after `npm ci`: everything, on a machine with nothing prepared.
 *
 * Types, lint, tidy and fast tests come first: they need no engine. Then `berth up`, with a name, ports and a
 * directory of its own beside whatever runs here, prepares engine, images and two platforms; tests on the real
 * engine and product tests follow, each part also when an earlier one failed. In the end the platforms and
 * everything that carries a test's label are removed.
 */
import { ownNumber, placeAt, secondOf } from '@berth/e2e/place';
import { platformComplaints, removePlatform, startPlatform } from '@berth/e2e/platform';
import { check } from './check.ts';
import { checkEngine } from './check-engine.ts';
import { runLanes } from './run-lanes.ts';
import { findTests, longFirst, noTests, runTests } from './run-tests.ts';

// As `./berth` does: whoever became root by `su` alone has none of these.
process.env.PATH = `${process.env.PATH}:/usr/local/sbin:/usr/sbin:/sbin`;

const failures: string[] = [];

/** Runs one part; what it throws is a failure like any other, and the next part goes on. */
async function part<T>(name: string, work: () => Promise<T>): Promise<T | undefined> {
  console.log(`== ${name}`);
  const startedAt = performance.now();
  try {
    const result = await work();
    console.log(`-- ${name}: ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
    return result;
  } catch (cause) {
    console.log(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
    failures.push(name);
    return undefined;
  }
}

const checked = await part('check', check);
if (checked !== undefined && !checked.isOk) failures.push('check');
const numbers = [ownNumber, secondOf(ownNumber)];
const places = numbers.map(placeAt);
const isUp = await part('berth up, for the tests', async () => {
  for (const place of places) await startPlatform((line) => console.log(`  ${line}`), place);
  return true;
});
const engine = (await part('tests on the real engine', checkEngine)) ?? noTests;

const long = ['compose-apps', 'order', 'machine', 'refusals', 'crash'].map((name) => `/${name}.e2e.ts`);
const e2e =
  isUp === true
    ? ((await part('product tests', () =>
        runLanes(longFirst(findTests('e2e'), long), numbers, (file, number) =>
          runTests({
            files: [file],
            env: { BERTH_TEST_PLACE: String(number) },
            timeoutMs: 900_000,
            verbose: true,
            exitsAtEnd: true,
          }),
        ),
      )) ?? noTests)
    : noTests;
if (e2e.failed > 0)
  await part('what the platforms complained of', async () => {
    for (const place of places)
      for (const line of await platformComplaints(15, place)) console.log(`  ${line.slice(0, 600)}`);
  });
await part('clean', async () => {
  for (const place of places) await removePlatform(place);
});

failures.push(...engine.failures, ...e2e.failures);
for (const failure of failures) console.log(`failed: ${failure}`);
const passed = (checked?.passed ?? 0) + engine.passed + e2e.passed;
const failed = Math.max(failures.length, (checked?.failed ?? 0) + engine.failed + e2e.failed);
console.log(`${passed} passed, ${failed} failed, ${engine.skipped + e2e.skipped} skipped`);
process.exitCode = failures.length === 0 && failed === 0 ? 0 : 1;
