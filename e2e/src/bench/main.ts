/**
 * `npm run bench [-- --only NAME] [-- --runs N]`: measures Berth beside its baselines on the test platform,
 * prints the tables and records them in docs/benchmarks.md. Exit code 1 when a bar is not met.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { removeByLabel } from '@berth/testkit/sandbox-engine';
import { openPlatform, startPlatform } from '../platform.ts';
import type { Bench } from './bench.ts';
import { deployTime } from './deploy-time.ts';
import { edgeThroughput } from './edge-throughput.ts';
import { failedRequests } from './failed-requests.ts';
import { footprint } from './footprint.ts';
import { heldConnections } from './held-connections.ts';
import { describeMachine, renderSection, renderText, updateRecord } from './report.ts';
import { rollbackTime } from './rollback-time.ts';
import { upTime } from './up-time.ts';

const benches: readonly Bench[] = [
  upTime,
  footprint,
  deployTime,
  rollbackTime,
  failedRequests,
  heldConnections,
  edgeThroughput,
];
const record = new URL('../../../docs/benchmarks.md', import.meta.url).pathname;

const { values } = parseArgs({
  options: { only: { type: 'string', multiple: true }, runs: { type: 'string', default: '5' } },
});
const wanted = benches.filter((bench) => values.only?.includes(bench.name) ?? true);
if (
  wanted.length === 0 ||
  (values.only ?? []).some((name) => !benches.some((bench) => bench.name === name))
) {
  console.error(`there are: ${benches.map((bench) => bench.name).join(', ')}`);
  process.exit(2);
}

await startPlatform((line) => console.log(line));
const platform = await openPlatform();
// What a run that was interrupted left: it would take part in the measurements.
await removeByLabel(platform.engine, 'berth.bench=baseline');
const machine = await describeMachine(platform.engine);
for (const line of machine) console.log(line);
for (const bench of wanted) {
  console.log(`-- ${bench.name}`);
  try {
    const result = await bench.run({
      platform,
      runs: Math.max(1, Number(values.runs)),
      tell: (line) => console.log(line),
    });
    console.log(renderText(result));
    if (result.rows.some((row) => !row.isMet)) process.exitCode = 1;
    const section = renderSection(result, new Date().toISOString().slice(0, 10));
    writeFileSync(record, updateRecord(readRecord(), new Map([[result.name, section]]), machine));
  } catch (cause) {
    // One benchmark that cannot run does not take the others with it.
    console.error(`${bench.name} did not end:`, cause);
    process.exitCode = 1;
  }
}

function readRecord(): string {
  try {
    return readFileSync(record, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw cause;
  }
}
