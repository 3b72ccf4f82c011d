/**
 * `npm run check`: types, format, lint, tidy and the fast tests, at the same time. Prints what failed, one
 * line per part, and exits with 1 when anything did.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { runBatches } from './run-batches.ts';
import { findTests } from './run-tests.ts';

const root = new URL('..', import.meta.url).pathname;

interface Part {
  readonly name: string;
  readonly isOk: boolean;
  readonly text: string;
  readonly ms: number;
}

function tool(name: string, command: string, args: readonly string[]): Promise<Part> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({
        name,
        isOk: code === 0,
        text: Buffer.concat(chunks).toString('utf8').trim(),
        ms: performance.now() - startedAt,
      }),
    );
  });
}

/** True when everything holds. */
export async function check(): Promise<{ isOk: boolean; passed: number; failed: number }> {
  const bin = (name: string): string => join(root, 'node_modules/.bin', name);
  const startedAt = performance.now();
  const [tests, ...parts] = await Promise.all([
    runBatches(findTests('fast')),
    tool('types', bin('tsc'), [
      ...['-p', '.', '--pretty', 'false'],
      ...['--incremental', '--tsBuildInfoFile', join(root, 'node_modules/.cache/tsc.tsbuildinfo')],
    ]),
    tool('format and lint', bin('biome'), [
      'ci',
      '--enforce-assist=false',
      '--colors=off',
      '--max-diagnostics=20',
      '.',
    ]),
    tool('tidy', process.execPath, ['scripts/tidy.ts']),
  ]);
  for (const part of parts) {
    console.log(`${part.isOk ? 'ok' : 'FAILED'} ${part.name} (${(part.ms / 1000).toFixed(1)} s)`);
    if (!part.isOk) console.log(part.text);
  }
  const { passed, failed, skipped } = tests;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(
    `${failed === 0 ? 'ok' : 'FAILED'} fast tests: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''} (all ${seconds} s)`,
  );
  for (const { name, ms } of tests.slowest)
    if (ms > 3_000) console.log(`  slow: ${name} (${(ms / 1000).toFixed(1)} s)`);
  for (const failure of tests.failures) console.log(`  ${failure}`);
  return { isOk: failed === 0 && parts.every((part) => part.isOk), passed, failed };
}

if (import.meta.main) process.exitCode = (await check()).isOk ? 0 : 1;
