import assert from 'node:assert/strict';
import { test } from 'node:test';
import { httpRig } from '../http/fixtures/rig.ts';
import { eventHandlers } from './handlers.ts';
import { createEventLog } from './log.ts';

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

test('followers get the tail, then each event as it happens, of one app or all, without a gap', async (t) => {
  const rig = await httpRig(t);
  const log = createEventLog(rig.db, rig.clock);
  const add = (text: string, app?: string) =>
    log.append({ kind: 'x', text, data: {}, ...(app === undefined ? {} : { app }) });
  for (const text of ['a', 'b', 'c']) await add(text, 'shop');
  await add('d', 'blog');
  const controller = new AbortController();
  const options = { app: 'shop', after: undefined, tail: 2, follow: true, signal: controller.signal };
  const events = log.follow(options);
  const next = async () => (await events.next()).value?.text;
  assert.equal(await next(), 'b');
  assert.equal(await next(), 'c');
  const waiting = next();
  await add('e', 'blog');
  await add('f', 'shop');
  assert.equal(await waiting, 'f');
  const last = events.next();
  controller.abort();
  assert.equal((await last).done, true);
  const rest = await collect(
    log.follow({ ...options, app: undefined, after: 3, follow: false, signal: AbortSignal.timeout(5000) }),
  );
  assert.deepEqual(
    rest.map((event) => event.text),
    ['d', 'e', 'f'],
  );
});

test('the oldest events go', async (t) => {
  const rig = await httpRig(t);
  const log = createEventLog(rig.db, rig.clock, { kept: 20 });
  for (let i = 1; i <= 200; i++) await log.append({ kind: 'x', text: String(i), data: {} });
  const rows = await rig.db.selectFrom('events').select('seq').execute();
  assert.equal(rows.length, 20);
});

test('the API takes up after the id a client saw last', async (t) => {
  const rig = await httpRig(t);
  const events = createEventLog(rig.db, rig.clock);
  for (const text of ['a', 'b', 'c']) await events.append({ kind: 'x', text, data: { n: 1 } });
  const { watchEvents } = eventHandlers({ events });
  const context = { query: { app: undefined, follow: false, tail: 50 }, signal: AbortSignal.timeout(5000) };
  type Context = Parameters<typeof watchEvents>[0];
  const seen = await collect(watchEvents({ ...context, lastEventId: '2' } as unknown as Context));
  assert.deepEqual(seen, [
    { id: '3', data: { seq: 3, at: '2026-11-21T00:00:00.000Z', kind: 'x', text: 'c', data: { n: 1 } } },
  ]);
  await assert.rejects(
    collect(watchEvents({ ...context, lastEventId: 'x' } as unknown as Context)),
    /Last-Event-ID/,
  );
});
