import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBuildQueue } from './queue.ts';

const never = new AbortController().signal;

function job() {
  const end = Promise.withResolvers<string>();
  const began = Promise.withResolvers<undefined>();
  return {
    run: () => {
      began.resolve(undefined);
      return end.promise;
    },
    began: began.promise,
    end: end.resolve,
    fail: end.reject,
  };
}

test('one at a time, in order, each told its place', async () => {
  const queue = createBuildQueue({ concurrency: 1, waitingMax: 10 });
  const [a, b, c] = [job(), job(), job()];
  const places: string[] = [];
  const at = (name: string) => (position: number) => places.push(`${name}${position}`);
  const first = queue.run(a.run, { signal: never, onPosition: at('a') });
  const second = queue.run(b.run, { signal: never, onPosition: at('b') });
  const third = queue.run(c.run, { signal: never, onPosition: at('c') });
  await a.began;
  assert.deepEqual(places, ['b1', 'b1', 'c2']);
  a.end('a');
  assert.equal(await first, 'a');
  await b.began;
  b.fail(new Error('b broke'));
  await assert.rejects(second, /b broke/);
  await c.began;
  assert.deepEqual(places.slice(3), ['c1']);
  c.end('c');
  assert.equal(await third, 'c');
});

test('one that waits can be taken out; the others move up', async () => {
  const queue = createBuildQueue({ concurrency: 1, waitingMax: 10 });
  const [a, b, c] = [job(), job(), job()];
  const abort = new AbortController();
  const places: number[] = [];
  const first = queue.run(a.run, { signal: never });
  const second = queue.run(b.run, { signal: abort.signal });
  const third = queue.run(c.run, { signal: never, onPosition: (place) => places.push(place) });
  abort.abort(new Error('not wanted any more'));
  await assert.rejects(second, /not wanted/);
  assert.deepEqual(places, [2, 1]);
  a.end('');
  await first;
  await c.began;
  c.end('');
  await third;
});

test('too many waiting are refused; an aborted one never begins', async () => {
  const queue = createBuildQueue({ concurrency: 1, waitingMax: 1 });
  const [a, b] = [job(), job()];
  const running = [queue.run(a.run, { signal: never }), queue.run(b.run, { signal: never })];
  await assert.rejects(queue.run(job().run, { signal: never }), { code: 'rate_limited' });
  await assert.rejects(queue.run(job().run, { signal: AbortSignal.abort(new Error('gone')) }), /gone/);
  a.end('');
  b.end('');
  await Promise.all(running);
});

test('what runs alone waits for all, and all wait for it', async () => {
  const queue = createBuildQueue({ concurrency: 2, waitingMax: 10 });
  const [a, b, alone, c] = [job(), job(), job(), job()];
  const order: string[] = [];
  const note = (name: string, one: ReturnType<typeof job>) => () => {
    order.push(name);
    return one.run();
  };
  const all = [
    queue.run(note('a', a), { signal: never }),
    queue.run(note('b', b), { signal: never }),
    queue.runAlone(note('alone', alone), { signal: never }),
    queue.run(note('c', c), { signal: never }),
  ];
  await b.began;
  a.end('');
  await all[0];
  assert.deepEqual(order, ['a', 'b']);
  b.end('');
  await alone.began;
  assert.deepEqual(order, ['a', 'b', 'alone']);
  alone.end('');
  await c.began;
  c.end('');
  await Promise.all(all);
});
