import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { Interrupted } from './cli.ts';
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

test('audit --export: no page is asked for before the one before has been taken', async (t) => {
  const pages = 5;
  const stub = await startStub(t, {
    listAudit: ({ query }) => {
      const page = Number(query.cursor ?? 1);
      return { items: [entry(page)], ...(page < pages ? { next: String(page + 1) } : {}) };
    },
  });
  const reader = createSlowReader();
  const ran = runBerth(t, ['audit', '--export'], { ...stub, reader });
  for (let page = 1; page <= pages; page += 1) {
    assert.deepEqual(readJsonLines(await reader.next()), [entry(page)]);
    // A request for the next page would have been answered before these.
    for (let turn = 0; turn < 3; turn += 1) await (await fetch(stub.url)).text();
    assert.equal(stub.requests.length, page);
    reader.take();
  }
  assert.equal((await ran).code, 0);
});

test('audit --export: Ctrl-C while nobody reads', async (t) => {
  const stub = await startStub(t, { listAudit: () => ({ items: [entry(1)], next: '2' }) });
  const reader = createSlowReader();
  const interruption = new AbortController();
  const ran = runBerth(t, ['audit', '--export'], { ...stub, reader, interruption });
  await reader.next();
  interruption.abort(new Interrupted());
  assert.equal((await ran).code, 130);
  assert.equal(stub.requests.length, 1);
});

/** Takes one write at a time, when told to. */
function createSlowReader() {
  const arrived: string[] = [];
  let take: () => void = () => undefined;
  const reader = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _encoding, done) {
      arrived.push(chunk.toString());
      take = done;
      reader.emit('arrived');
    },
  });
  return Object.assign(reader, {
    async next(): Promise<string> {
      if (arrived.length === 0) await once(reader, 'arrived');
      return arrived.shift() ?? '';
    },
    take: () => take(),
  });
}
