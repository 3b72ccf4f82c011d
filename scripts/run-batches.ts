import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { compileCache, joined, noTests, type TestOutcome } from './run-tests.ts';

type Message =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'outcome'; readonly outcome: TestOutcome };

/**
 * Runs test files in as many processes as there are cores, each with its share of the files. A share that takes longer
 * than `msMax` is ended and fails: one of its tests blocks the process, or left something open that keeps it.
 */
export async function runBatches(files: readonly string[], msMax = 180_000): Promise<TestOutcome> {
  const count = Math.max(1, Math.min(availableParallelism(), files.length));
  const shares = Array.from({ length: count }, (_, n) => files.filter((_file, i) => i % count === n));
  const outcomes = await Promise.all(shares.map((share) => runBatch(share, msMax)));
  return joined(outcomes);
}

function runBatch(files: readonly string[], msMax: number): Promise<TestOutcome> {
  return new Promise((resolve) => {
    const child = fork(new URL('./run-batch.ts', import.meta.url), files, {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // Where this is itself under test, that test runner's options are not for the share.
      execArgv: [],
      env: { ...process.env, ...compileCache },
      timeout: msMax,
    });
    let outcome: TestOutcome | undefined;
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4_000);
    });
    child.on('message', (message: Message) => {
      if (message.kind === 'text') console.log(message.text);
      else outcome = message.outcome;
    });
    child.on('close', (code, signal) => {
      if (outcome !== undefined && (outcome.failed > 0 || code === 0)) return resolve(outcome);
      const why =
        signal === null
          ? `a share of the fast tests ended with code ${code}`
          : `a share of the fast tests did not end within ${msMax / 1000} s: a test blocks it, or left something open`;
      console.log(`${said}\n${why}; its files: ${files.join(' ')}`);
      const { passed, skipped, slowest } = outcome ?? noTests;
      resolve({ passed, failed: 1, skipped, failures: [why], slowest });
    });
  });
}
