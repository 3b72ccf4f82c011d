import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { run } from 'node:test';

export interface TestOutcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly string[];
  /** The slowest first: what to look at when a run takes long. */
  readonly slowest: readonly { readonly name: string; readonly ms: number }[];
}

export interface TestRun {
  readonly files: readonly string[];
  /** Files at a time. */
  readonly concurrency?: number;
  /** Per test file. */
  readonly timeoutMs: number;
  readonly env?: Readonly<Record<string, string>>;
  /** A file ends when its tests have, whatever they left open. */
  readonly exitsAtEnd?: boolean;
  /** One line per test as it ends, for suites in which a test takes seconds. */
  readonly verbose?: boolean;
  /** All files in this very process, one after the other. */
  readonly isShared?: boolean;
  /** Default: to standard output. */
  readonly print?: (text: string) => void;
}

const root = new URL('..', import.meta.url).pathname;

export function findTests(kind: 'fast' | 'engine' | 'e2e'): string[] {
  const inside = (pattern: string): string[] =>
    globSync(pattern, { cwd: root, exclude: (path) => /(^|\/)(node_modules|fixtures)(\/|$)/.test(path) });
  const all = inside('{apps,packages,e2e,scripts}/**/*.{test,e2e}.ts').sort();
  const isEngine = (path: string): boolean => path.endsWith('.engine.test.ts');
  if (kind === 'e2e') return all.filter((path) => path.endsWith('.e2e.ts'));
  if (kind === 'engine') return all.filter(isEngine);
  return all.filter((path) => path.endsWith('.test.ts') && !isEngine(path));
}

/** What takes minutes begins first, so that at the end nothing is waited for alone. `names` are ends of paths. */
export const longFirst = (files: readonly string[], names: readonly string[]): string[] => {
  const rank = (path: string): number => (names.some((name) => path.endsWith(name)) ? 0 : 1);
  return files.toSorted((a, b) => rank(a) - rank(b));
};

/** The outcome of nothing. */
export const noTests: TestOutcome = { passed: 0, failed: 0, skipped: 0, failures: [], slowest: [] };

/** The outcome of several runs together. */
export const joined = (outcomes: readonly TestOutcome[]): TestOutcome => ({
  passed: sum(outcomes, 'passed'),
  failed: sum(outcomes, 'failed'),
  skipped: sum(outcomes, 'skipped'),
  failures: outcomes.flatMap(({ failures }) => failures),
  slowest: slowest(outcomes.flatMap((outcome) => outcome.slowest)),
});

const sum = (outcomes: readonly TestOutcome[], key: 'passed' | 'failed' | 'skipped'): number =>
  outcomes.reduce((total, outcome) => total + outcome[key], 0);

const slowest = (times: TestOutcome['slowest']): TestOutcome['slowest'] =>
  times.toSorted((a, b) => b.ms - a.ms).slice(0, 5);

/** Runs test files, each in a process of its own unless told otherwise. Failures are printed with where and why. */
export async function runTests(options: TestRun): Promise<TestOutcome> {
  if (options.files.length === 0) return noTests;
  const print = options.print ?? console.log;
  const failures: string[] = [];
  const times: { name: string; ms: number }[] = [];
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const stream = run({
    files: options.files.map((path) => `${root}${path}`),
    timeout: options.timeoutMs,
    ...(options.isShared === true ? { isolation: 'none' as const } : ownProcesses(options)),
  });
  const output = new Map<string, string[]>();
  stream.on('test:stderr', ({ file, message }) => {
    output.set(file, [...(output.get(file) ?? []).slice(-40), message]);
  });
  stream.on('test:pass', (event) => {
    if (event.skip !== undefined && event.skip !== false) counts.skipped += 1;
    else if (event.details.type !== 'suite') counts.passed += 1;
    if (event.details.type !== 'suite')
      times.push({
        name: `${(event.file ?? '').replace(root, '')}: ${event.name}`,
        ms: event.details.duration_ms,
      });
    if (options.verbose === true && event.nesting === 0) print(line('ok', event));
  });
  stream.on('test:fail', (event) => {
    // A suite fails by its tests, which are told themselves, or by its hooks, which nothing else tells.
    const { failureType } = event.details.error as Error & { failureType?: string };
    if (event.details.type === 'suite' && failureType === 'subtestsFailed') return;
    counts.failed += 1;
    const where = `${(event.file ?? '').replace(root, '')}${event.line === undefined ? '' : `:${event.line}`}`;
    failures.push(`${where} ${event.name}`);
    print(`${line('FAILED', event)}\n  ${where}\n${describe(event.details.error)}`);
    const printed = output.get(event.file ?? '');
    if (printed !== undefined && event.nesting === 0) print(indent(printed.join('').trimEnd()));
  });
  // What fails after its test has ended; in a process of its own, the file fails by it.
  stream.on('test:diagnostic', ({ message }) => {
    if (options.isShared !== true || !message.startsWith('Error: ')) return;
    counts.failed += 1;
    failures.push(message);
    print(`FAILED ${message}`);
  });
  await new Promise<void>((resolve) => {
    stream.on('end', () => resolve());
    stream.resume();
  });
  return { ...counts, failures, slowest: slowest(times) };
}

const ownProcesses = (options: TestRun) => ({
  concurrency: options.concurrency ?? availableParallelism(),
  // What a failed test left open must not keep its file, and so the whole run, from ending. A file that exits
  // so loses some of what it has to say: only where tests hold connections to real neighbours.
  execArgv: options.exitsAtEnd === true ? ['--test-force-exit'] : [],
  env: { ...process.env, ...compileCache, ...options.env },
});

/** Stripped and compiled sources are kept from run to run. */
export const compileCache = { NODE_COMPILE_CACHE: `${root}node_modules/.cache/node` };

const line = (word: string, event: { name: string; details: { duration_ms: number } }): string =>
  `${word} ${event.name.replace(root, '')} (${(event.details.duration_ms / 1000).toFixed(2)} s)`;

function describe(error: Error & { cause?: unknown }): string {
  const cause = error.cause instanceof Error ? error.cause : error;
  const text = cause.stack ?? cause.message;
  return indent(text.split('\n').slice(0, 40).join('\n').replaceAll(root, ''));
}

const indent = (text: string): string => text.replace(/^/gm, '    ');
