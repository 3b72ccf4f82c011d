import { joined, type TestOutcome } from './run-tests.ts';

/**
 * Runs test files in lanes: each takes the next file when its last one has ended. For files that need a place for
 * themselves, of which there are few: while one waits, the machine is the other's.
 */
export async function runLanes<Lane>(
  files: readonly string[],
  lanes: readonly Lane[],
  run: (file: string, lane: Lane) => Promise<TestOutcome>,
): Promise<TestOutcome> {
  const waiting = [...files];
  const ended: TestOutcome[] = [];
  await Promise.all(
    lanes.map(async (lane) => {
      for (let file = waiting.shift(); file !== undefined; file = waiting.shift())
        ended.push(await run(file, lane));
    }),
  );
  return joined(ended);
}
