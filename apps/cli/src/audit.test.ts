import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readJsonLines, runBerth } from './testing/run-berth.ts';
import { at } from './testing/samples.ts';
import { startStub } from './testing/stub-control.ts';

const entry = (seq: number) => ({
  seq,
  at: at(seq),
  actor: 'ann',
  address: '203.0.113.7',
  userAgent: 'berth/1',
  action: 'scale',
  object: 'app/shop',
  parameters: { services: { web: 2 } },
  result: 'ok',
  status: 202,
  hash: 'x',
});

test('audit --export: every entry of every page, whole, one a line', async (t) => {
  const stub = await startStub(t, {
    listAudit: ({ query }) =>
      query.cursor === '2' ? { items: [entry(1)] } : { items: [entry(3), entry(2)], next: '2' },
  });
  const { stdout, code } = await runBerth(t, ['audit', '--export', '--since', '2026-11-01T00:00:00Z'], stub);
  assert.equal(code, 0);
  assert.deepEqual(readJsonLines(stdout), [entry(3), entry(2), entry(1)]);
  assert.deepEqual(
    stub.requests.map(({ query }) => [query.since, query.limit, query.cursor]),
    [
      ['2026-11-01T00:00:00.000Z', 200, undefined],
      ['2026-11-01T00:00:00.000Z', 200, '2'],
    ],
  );
});
