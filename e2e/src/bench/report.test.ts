import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BenchResult } from './measure.ts';
import { renderSection, renderText, updateRecord } from './report.ts';

const result = (name: string, berth: string): BenchResult => ({
  name,
  title: name,
  method: ['Measured.'],
  rows: [{ what: 'x', berth, baseline: 'y', wanted: '< 2', isMet: berth === '1' }],
  figures: [{ name: 'x', unit: 'ms', runs: [1, 2], median: 1.5 }],
});

test('a new measurement replaces its own section and keeps the others', () => {
  const first = updateRecord(
    '',
    new Map([
      ['a', renderSection(result('a', '1'), 'then')],
      ['b', renderSection(result('b', '1'), 'then')],
    ]),
    ['a machine'],
  );
  const second = updateRecord(first, new Map([['a', renderSection(result('a', '3'), 'now')]]), ['a machine']);
  assert.match(second, /\| x \| 3 \| y \| < 2 \| \*\*not met\*\* \|/);
  assert.match(second, /--only b`, then/);
  assert.equal(second.match(/## a/g)?.length, 1);
});

test('the terminal says what was not met', () => {
  assert.match(renderText(result('a', '3')), /NOT MET/);
  assert.doesNotMatch(renderText(result('a', '1')), /NOT MET/);
});
