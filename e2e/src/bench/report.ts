import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import type { Engine } from '@berth/engine/engine';
import { type BenchResult, format } from './measure.ts';

/** The machine a record is of. */
export async function describeMachine(engine: Engine): Promise<readonly string[]> {
  const [info, version] = await Promise.all([engine.info(), engine.version()]);
  return [
    `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB`,
    `${osName()}, Linux ${release()}, Docker Engine ${version.Version} (${info.Driver}), Node.js ${process.version}`,
  ];
}

function osName(): string {
  const text = readFileSync('/etc/os-release', 'utf8');
  return /^PRETTY_NAME="(.*)"$/m.exec(text)?.[1] ?? 'Linux';
}

/** The result for a terminal. */
export function renderText(result: BenchResult): string {
  const head = ['', 'berth', 'baseline', 'wanted', ''] as const;
  const rows = result.rows.map((row) => [
    row.what,
    row.berth,
    row.baseline,
    row.wanted,
    row.isMet ? 'met' : 'NOT MET',
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd();
  return [`== ${result.title}`, line(head), ...rows.map(line)].join('\n');
}

/** The result as a section of `docs/benchmarks.md`. */
export function renderSection(result: BenchResult, at: string): string {
  return [
    `<!-- bench:${result.name} -->`,
    `## ${result.title}`,
    '',
    ...result.method.flatMap((paragraph) => [paragraph, '']),
    '| | Berth | baseline | wanted | |',
    '|---|---|---|---|---|',
    ...result.rows.map(
      (row) =>
        `| ${row.what} | ${row.berth} | ${row.baseline} | ${row.wanted} | ${row.isMet ? 'met' : '**not met**'} |`,
    ),
    '',
    ...result.figures
      .filter((one) => one.runs.length > 1)
      .map((one) => `- ${one.name}: ${one.runs.map(format).join(', ')} ${one.unit}`.trimEnd()),
    '',
    `\`npm run bench -- --only ${result.name}\`, ${at}`,
    `<!-- /bench:${result.name} -->`,
  ].join('\n');
}

/** The record with sections replaced or added; sections of other benchmarks stay as they are. */
export function updateRecord(
  record: string,
  sections: ReadonlyMap<string, string>,
  machine: readonly string[],
): string {
  const kept = new Map<string, string>();
  for (const match of record.matchAll(/<!-- bench:(\S+) -->[\s\S]*?<!-- \/bench:\1 -->/g))
    kept.set(match[1]!, match[0]);
  for (const [name, text] of sections) kept.set(name, text);
  return `${[
    '# Benchmarks',
    '',
    'What issue 2 asks for, measured by `npm run bench` (all) or `npm run bench -- --only NAME`. Medians of the runs listed under each table. Berth and its baseline take turns in the same minutes on the same machine.',
    '',
    'The machine:',
    '',
    ...machine.map((line) => `- ${line}`),
    '',
    [...kept.values()].join('\n\n'),
  ].join('\n')}\n`;
}
