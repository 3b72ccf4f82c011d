/**
 * `npm run bench [-- --only NAME] [-- --runs N]`: measures Berth beside its baselines on the test platform,
 * prints the tables and records them in docs/benchmarks.md. Exit code 1 when a bar is not met.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createEngine } from '@berth/engine/engine';
import { socketTransport } from '@berth/engine/transport';
import { removeByLabel } from '@berth/testkit/sandbox-engine';
import { openPlatform, startPlatform } from '../platform.ts';
import type { Bench, PureBench } from './bench.ts';
import { deployTime } from './deploy-time.ts';
import { edgeThroughput } from './edge-throughput.ts';
import { failedRequests } from './failed-requests.ts';
import { footprint } from './footprint.ts';
import { forkBomb } from './fork-bomb.ts';
import { heldConnections } from './held-connections.ts';
import { manyServices } from './many-services.ts';
import type { BenchResult } from './measure.ts';
import { parseTime } from './parse-time.ts';
import { describeMachine, renderSection, renderText, updateRecord } from './report.ts';
import { rollbackTime } from './rollback-time.ts';
import { upTime } from './up-time.ts';

const benches: readonly Bench[] = [
  upTime,
  footprint,
  deployTime,
  rollbackTime,
  manyServices,
  failedRequests,
  heldConnections,
  forkBomb,
  edgeThroughput,
];
const pureBenches: readonly PureBench[] = [parseTime];
const recordFile = new URL('../../../docs/benchmarks.md', import.meta.url).pathname;

const { values } = parseArgs({
  options: { only: { type: 'string', multiple: true }, runs: { type: 'string', default: '5' } },
});
const isWanted = ({ name }: { readonly name: string }) => values.only?.includes(name) ?? true;
const wanted = benches.filter(isWanted);
const wantedPure = pureBenches.filter(isWanted);
const names = [...benches, ...pureBenches].map((bench) => bench.name);
if (
  names.filter((name) => isWanted({ name })).length === 0 ||
  (values.only ?? []).some((name) => !names.includes(name))
) {
  console.error(`there are: ${names.join(', ')}`);
  process.exit(2);
}

const tell = (line: string) => console.log(line);
const runs = Math.max(1, Number(values.runs));
const engine = createEngine(socketTransport('/var/run/docker.sock'));
const machine = await describeMachine(engine);
for (const line of machine) tell(line);
for (const bench of wantedPure) await record(bench.name, () => bench.run({ runs, tell }));
if (wanted.length > 0) {
  await startPlatform(tell);
  const platform = await openPlatform();
  // What a run that was interrupted left: it would take part in the measurements.
  await removeByLabel(platform.engine, 'berth.bench=baseline');
  for (const bench of wanted) await record(bench.name, () => bench.run({ platform, runs, tell }));
}

async function record(name: string, run: () => Promise<BenchResult>): Promise<void> {
  tell(`-- ${name}`);
  try {
    const result = await run();
    tell(renderText(result));
    if (result.rows.some((row) => !row.isMet)) process.exitCode = 1;
    const section = renderSection(result, new Date().toISOString().slice(0, 10));
    writeFileSync(recordFile, updateRecord(readRecord(), new Map([[result.name, section]]), machine));
  } catch (cause) {
    // One benchmark that cannot run does not take the others with it.
    console.error(`${name} did not end:`, cause);
    process.exitCode = 1;
  }
}

function readRecord(): string {
  try {
    return readFileSync(recordFile, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw cause;
  }
}
