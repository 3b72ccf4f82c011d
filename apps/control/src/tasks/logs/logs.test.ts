import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { lineBytesMax, readEntries } from '@berth/engine/log-entries';
import fc from 'fast-check';
import { createFunnel } from './funnel.ts';
import { advance, floorOf, keyOf, parseSeen, renderSeen, seenOf } from './position.ts';
import { createRecent } from './recent.ts';
import { toSource } from './sources.ts';

const stampOf = (n: number) =>
  `2026-11-21T00:00:${String(n % 60).padStart(2, '0')}.${String(n).padStart(9, '0')}Z`;

test('the last entries of many logs are kept in order, within count and bytes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.nat(59), { maxLength: 60 }), { maxLength: 5 }),
      fc.integer({ min: 1, max: 20 }),
      (logs, count) => {
        const recent = createRecent<{ stamp: string; text: string }>({ count, bytes: 1_000_000 });
        const all: string[] = [];
        for (const log of logs) {
          for (const second of log.sort((x, y) => x - y)) {
            const stamp = `2026-11-21T00:00:${String(second).padStart(2, '0')}.000000000Z`;
            recent.add({ stamp, text: stamp });
            all.push(stamp);
          }
        }
        assert.deepEqual(
          recent.take().map((entry) => entry.stamp),
          all.sort().slice(-count),
        );
      },
    ),
  );
  const heavy = createRecent<{ stamp: string; text: string }>({ count: 1_000, bytes: 10_000 });
  for (let i = 0; i < 500; i++) heavy.add({ stamp: stampOf(i), text: 'x'.repeat(900) });
  assert.equal(heavy.take().length, 10);
  const one = createRecent<{ stamp: string; text: string }>({ count: 5, bytes: 10 });
  one.add({ stamp: stampOf(1), text: 'longer than everything' });
  assert.equal(one.take().length, 1, 'the last line is given however long');
});

test('a writer waits while the funnel is full, and nothing is lost or reordered per writer', async () => {
  const signal = AbortSignal.timeout(5_000);
  const funnel = createFunnel<string>(3);
  const write = async (name: string) => {
    for (let i = 0; i < 50; i++) await funnel.push(`${name}${i}`, signal);
  };
  const writing = Promise.all([write('a'), write('b'), write('c')]);
  const read: string[] = [];
  for (let i = 0; i < 150; i++) read.push(await funnel.next(signal));
  await writing;
  for (const name of ['a', 'b', 'c'])
    assert.deepEqual(
      read.filter((item) => item.startsWith(name)),
      Array.from({ length: 50 }, (_, i) => `${name}${i}`),
    );
});

test('whoever waits at a funnel is let go by the signal', async () => {
  const stop = new AbortController();
  const funnel = createFunnel<number>(1);
  await funnel.push(1, stop.signal);
  const blocked = assert.rejects(funnel.push(2, stop.signal), /over/);
  stop.abort(new Error('over'));
  await blocked;
  await assert.rejects(funnel.next(stop.signal), /over/);
  assert.equal(
    await funnel.next(AbortSignal.timeout(1_000)),
    1,
    'what was in stays in; what waited is not in',
  );
});

test('entries of a log: their time, their stream, and long ones in pieces', async () => {
  const frame = (stream: number, text: string) => {
    const head = Buffer.alloc(8);
    head[0] = stream;
    head.writeUInt32BE(Buffer.byteLength(text), 4);
    return Buffer.concat([head, Buffer.from(text)]);
  };
  const bytes = Buffer.concat([
    frame(1, `${stampOf(1)} plain line\n`),
    frame(2, `${stampOf(2)} with a return\r\n`),
    frame(1, `${stampOf(3)} \n`),
    frame(1, `${stampOf(4)} ${'y'.repeat(lineBytesMax + 5)}\n`),
  ]);
  // In pieces that match nothing.
  const pieces = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, i) =>
    bytes.subarray(i * 7, i * 7 + 7),
  );
  const entries = [];
  for await (const entry of readEntries(Readable.from(pieces))) entries.push(entry);
  assert.deepEqual(
    entries.map(({ stamp, stream, text }) => [stamp, stream, text.length > 20 ? text.length : text]),
    [
      [stampOf(1), 'stdout', 'plain line'],
      [stampOf(2), 'stderr', 'with a return'],
      [stampOf(3), 'stdout', ''],
      [stampOf(4), 'stdout', lineBytesMax],
      [stampOf(4), 'stdout', 'yyyyy'],
    ],
  );
});

test('what a client has seen comes back from its Last-Event-ID', () => {
  const id = 'a'.repeat(64);
  const given = new Map([
    [keyOf(id), stampOf(5)],
    ['b'.repeat(12), stampOf(3)],
  ]);
  const seen = parseSeen(renderSeen(given, stampOf(5)))!;
  assert.equal(seenOf(seen, id), stampOf(5));
  assert.equal(seenOf(seen, 'c'.repeat(64)), undefined);
  assert.equal(floorOf(seen), Date.parse(stampOf(3)));
  assert.deepEqual(parseSeen(stampOf(7)), { kind: 'until', stamp: stampOf(7) });
  const many = new Map(Array.from({ length: 20 }, (_, i) => [String(i).padStart(12, '0'), stampOf(i)]));
  assert.equal(renderSeen(many, stampOf(19)), stampOf(19), 'too many to name: one time has to do');
  for (const text of ['', 'x', '12', 'abc=2026', `${'a'.repeat(12)}=now`, `${stampOf(1)}\n`])
    assert.equal(parseSeen(text), undefined, text);
  assert.equal(parseSeen(undefined), undefined);
});

test('entries of one time are counted, so that none is given twice or left out', () => {
  const first = advance(undefined, { stamp: 'x' });
  assert.deepEqual(advance(first, { stamp: 'x' }), { stamp: 'x', count: 2 });
  assert.deepEqual(advance(first, { stamp: 'y' }), { stamp: 'y', count: 1 });
});

test('a task’s container is a source; a hook’s or one-off’s is none', () => {
  const labels = { 'berth.service': 'web', 'berth.release': '4' };
  assert.deepEqual(toSource({ id: 'c', name: '/shop-web-r1.3.task9', labels, node: 'n1', isRunning: true }), {
    containerId: 'c',
    service: 'web',
    task: 'task9',
    slot: 3,
    release: 4,
    node: 'n1',
    isRunning: true,
  });
  const hook = {
    id: 'c',
    name: '/shop-hook-1',
    labels: { ...labels, 'berth.purpose': 'hook' },
    node: 'n1',
    isRunning: true,
  };
  assert.equal(toSource(hook), undefined);
  assert.equal(toSource({ id: 'c', name: '/shop-hook', labels, node: 'n1', isRunning: true }), undefined);
});
