import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { compileCache, type TestOutcome } from './run-tests.ts';

type Message =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'outcome'; readonly outcome: TestOutcome };

/** Longest time a share may take: a test that blocks its process would block all of it. */
const batchMsMax = 180_000;

/** Runs test files in as many processes as there are cores, each with its share of the files. */
export async function runBatches(files: readonly string[]): Promise<TestOutcome> {
  const count = Math.max(1, Math.min(availableParallelism(), files.length));
  const shares = Array.from({ length: count }, (_, n) => files.filter((_file, i) => i % count === n));
  const outcomes = await Promise.all(shares.map(runBatch));
  return {
    passed: sum(outcomes, 'passed'),
    failed: sum(outcomes, 'failed'),
    skipped: sum(outcomes, 'skipped'),
    failures: outcomes.flatMap(({ failures }) => failures),
    slowest: outcomes
      .flatMap(({ slowest }) => slowest)
      .sort((a, b) => b.ms - a.ms)
      .slice(0, 5),
  };
}

const sum = (outcomes: readonly TestOutcome[], key: 'passed' | 'failed' | 'skipped'): number =>
  outcomes.reduce((total, outcome) => total + outcome[key], 0);

function runBatch(files: readonly string[]): Promise<TestOutcome> {
  return new Promise((resolve) => {
    const child = fork(new URL('./run-batch.ts', import.meta.url), files, {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, ...compileCache },
      timeout: batchMsMax,
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
      if (outcome !== undefined) return resolve(outcome);
      // The files of a share that ended early are named: one of them did it.
      console.log(`${said}\na share of the tests ended with ${signal ?? `code ${code}`}: ${files.join(' ')}`);
      resolve({
        passed: 0,
        failed: 1,
        skipped: 0,
        failures: ['a share of the tests ended early'],
        slowest: [],
      });
    });
  });
}
