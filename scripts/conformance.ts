/**
 * `npm run conformance`: loads every case of `packages/compose/cases` with Berth's parser and with the real
 * docker-compose, and compares what they print, byte for byte: as YAML, as JSON, and with every other option
 * of `config` (hashes, variables, uninterpolated, names).
 *
 *   --update        write what docker-compose says beside each case (for the fast test)
 *   --random N      also compare N random projects
 *   --broken N      also compare N cases that are broken in one place
 *   --seed S        of the random projects and the broken cases
 *   --dir DIR       instead of the cases, the projects below DIR: each YAML file alone (as it is, with every profile, with
 *                   paths as written, under another name), with what lies beside it, and what a `case.json` asks for
 *   NAME…           only these cases
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writeBrokenCase } from './conformance/broken.ts';
import {
  type Case,
  type Format,
  findCases,
  findDifference,
  findViewDifference,
  type Outcome,
  runOurs,
  runReference,
  runView,
  viewNames,
} from './conformance/case.ts';
import { foreignCases } from './conformance/foreign.ts';
import { writeRandomCase } from './conformance/random.ts';
import { findReference } from './conformance/reference.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    update: { type: 'boolean', default: false },
    random: { type: 'string', default: '0' },
    broken: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    dir: { type: 'string' },
  },
});

const formats: readonly Format[] = ['yaml', 'json'];
const root = new URL('../packages/compose/cases', import.meta.url).pathname;
const binary = await findReference(process.env);
const counts = { passed: 0, failed: 0, refused: 0 };
const byKey = new Map<string, { passed: number; failed: number; refused: number }>();

/** Go's JSON printer cannot print an SSH key with a path; nothing can be compared then. */
const isBrokenPrinter = (outcome: Outcome): boolean =>
  outcome.kind === 'refused' && outcome.text.startsWith('json: error calling MarshalJSON');

function compare(one: Case): boolean {
  let isSame = true;
  let isRefused = false;
  let keys: readonly string[] = [];
  for (const format of formats) {
    const theirs = runReference(binary, one, format);
    if (isBrokenPrinter(theirs)) continue;
    const ours = runOurs(one, format);
    keys = ours.keys;
    isRefused ||= theirs.kind === 'refused';
    const difference = findDifference(theirs, ours);
    if (difference !== undefined) {
      isSame = false;
      console.log(`${one.name} (${format}): ${difference}`);
    }
    if (values.update && values.dir === undefined) {
      const file = theirs.kind === 'ok' ? `expected.${format}` : 'expected.error';
      for (const stale of theirs.kind === 'ok'
        ? ['expected.error']
        : formats.map((each) => `expected.${each}`)) {
        rmSync(join(one.directory, stale), { force: true });
      }
      writeFileSync(join(one.directory, file), theirs.text.endsWith('\n') ? theirs.text : `${theirs.text}\n`);
    }
  }
  for (const view of isRefused ? [] : viewNames) {
    const theirs = runReference(binary, one, view);
    if (values.update && values.dir === undefined && one.flags.views?.includes(view) === true) {
      const file = join(one.directory, `expected.${view}`);
      if (theirs.kind === 'ok') writeFileSync(file, theirs.text);
      else rmSync(file, { force: true });
    }
    const difference = findViewDifference(view, theirs, runView(one, view));
    if (difference === undefined) continue;
    isSame = false;
    console.log(`${one.name} (${view}): ${difference}`);
  }
  const result = !isSame ? 'failed' : isRefused ? 'refused' : 'passed';
  counts[result] += 1;
  for (const key of keys) {
    const count = byKey.get(key) ?? { passed: 0, failed: 0, refused: 0 };
    count[result] += 1;
    byKey.set(key, count);
  }
  return isSame;
}

const all = values.dir === undefined ? findCases(root) : foreignCases(resolve(values.dir));
const cases = all.filter((one) => positionals.length === 0 || positionals.includes(one.name));
for (const one of cases) compare(one);

const seed = Number(values.seed);
const breakCase = (directory: string, of: number) => writeBrokenCase(directory, all, of);
const made = [
  ...Array.from({ length: Number(values.random) }, () => writeRandomCase),
  ...Array.from({ length: Number(values.broken) }, () => breakCase),
];
for (const [index, write] of made.entries()) {
  const directory = mkdtempSync(join(tmpdir(), 'berth-conformance-'));
  const one = write(directory, seed + index);
  if (compare(one)) rmSync(directory, { recursive: true, force: true });
  else console.log(`  kept in ${directory}, seed ${seed + index}`);
}

const column = (count: number, word: string) => `${String(count).padStart(6)} ${word}`;
for (const [key, count] of [...byKey].sort(([a], [b]) => (a < b ? -1 : 1))) {
  const columns = [
    column(count.passed, 'passed'),
    column(count.refused, 'refused'),
    column(count.failed, 'failed'),
  ];
  console.log(`${key.padEnd(32)}${columns.join('')}`);
}
console.log(`${counts.passed} equal, ${counts.refused} refused by both, ${counts.failed} different`);
process.exitCode = counts.failed === 0 ? 0 : 1;
