import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeBrokenCase } from './broken.ts';
import { findCases, runOurs } from './case.ts';

const root = new URL('../../packages/compose/cases', import.meta.url).pathname;

test('whatever breaks a Compose file is told with file, line and column', (t) => {
  const cases = findCases(root);
  const directory = mkdtempSync(join(tmpdir(), 'berth-broken-'));
  t.after(() => rmSync(directory, { recursive: true }));
  let refused = 0;
  for (let seed = 0; seed < 300; seed++) {
    const one = writeBrokenCase(join(directory, String(seed)), cases, seed);
    const outcome = runOurs(one, 'yaml');
    if (outcome.kind === 'ok') continue;
    refused++;
    for (const line of outcome.text.split('\n')) assert.match(line, /^\/\S+:\d+:\d+: ./, one.name);
  }
  assert.ok(refused > 100, `only ${refused} were refused`);
});
