import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReachedLimit } from '@berth/contract/agent';
import { fakeClock } from '@berth/testkit/fake-clock';
import { createFakeEngine } from '@berth/testkit/fake-engine';
import { createFakeNodes } from '@berth/testkit/fake-nodes';
import pino from 'pino';
import type { NewEvent } from '../events/log.ts';
import { createLimitKeeper } from './keeper.ts';

const minute = 60_000;

test('a bomb is one event in ten minutes, and is remembered as long as it goes on', async (t) => {
  const clock = fakeClock();
  const nodes = createFakeNodes(createFakeEngine());
  let say: (reached: Partial<ReachedLimit>) => Promise<void> = async () => {};
  const node = {
    ...nodes.node,
    limits: {
      watch: async function* (signal: AbortSignal) {
        while (!signal.aborted) {
          const { promise, resolve } = Promise.withResolvers<ReachedLimit | undefined>();
          const heard = Promise.withResolvers<void>();
          say = (reached) => {
            resolve({
              app: 'shop',
              service: 'web',
              slot: 1,
              container: 'c'.repeat(12),
              processesMax: 512,
              times: 9,
              at: 0,
              ...reached,
            });
            return heard.promise;
          };
          signal.addEventListener('abort', () => resolve(undefined), { once: true });
          const reached = await promise;
          if (reached !== undefined) yield reached;
          heard.resolve();
        }
      },
    },
  };
  const events: NewEvent[] = [];
  const keeper = createLimitKeeper({
    nodes: { ...nodes, list: () => [node], find: () => node },
    events: { append: async (event) => void events.push(event) },
    clock,
    log: pino({ level: 'silent' }),
  });
  keeper.start();
  t.after(() => keeper.close());
  await new Promise(setImmediate);

  await say({});
  await clock.advance(minute);
  await say({});
  const [event, ...more] = events;
  assert.deepEqual(more, []);
  assert.equal(event?.kind, 'task.process-limit');
  assert.equal(event?.app, 'shop');
  assert.match(event?.text ?? '', /^web\.1 reached its limit of 512 processes/);
  assert.equal(keeper.reachedAt('c'.repeat(64)), clock.now());
  assert.equal(keeper.reachedAt('d'.repeat(64)), undefined);

  await say({ container: 'd'.repeat(12), slot: 2 });
  assert.deepEqual(
    events.map(({ data }) => data.slot),
    [1, 2],
  );

  await clock.advance(11 * minute);
  assert.equal(keeper.reachedAt('c'.repeat(64)), undefined, 'it is over');
  await say({});
  assert.deepEqual(
    events.map(({ data }) => data.slot),
    [1, 2, 1],
  );
});
