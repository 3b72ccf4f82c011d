import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { readAll } from '@berth/engine/engine';
import type { Handlers } from '../../http/handler.ts';
import { type TaskRig, taskRig } from '../fixtures/rig.ts';

type Context = Parameters<Handlers['streamLogs']>[0];
type Line = { id: string; service: string; slot: number; stream: string; text: string };

/** Lines of the handler itself, until `stop` says so or it ends. */
async function linesOf(
  rig: TaskRig,
  query: Partial<Context['query']>,
  o: {
    lastEventId?: string;
    stop?: (lines: readonly Line[]) => boolean;
    onLine?: (lines: readonly Line[]) => Promise<void>;
  } = {},
): Promise<Line[]> {
  const stopped = new AbortController();
  const signal = AbortSignal.any([stopped.signal, AbortSignal.timeout(20_000)]);
  const lines: Line[] = [];
  const events = rig.handlers.streamLogs({
    params: { app: 'shop' },
    query: { follow: false, tail: 100, ...query },
    signal,
    ...(o.lastEventId === undefined ? {} : { lastEventId: o.lastEventId }),
  } as Context);
  for await (const { id, data } of events) {
    const { service, slot, stream, text } = data;
    lines.push({ id: id ?? '', service, slot, stream, text });
    await o.onLine?.(lines);
    if (o.stop?.(lines) === true) break;
  }
  stopped.abort();
  return lines;
}

const texts = (lines: readonly Line[]) => lines.map((line) => line.text);

test('logs of an app', async (t) => {
  const rig = await taskRig(t);
  if (rig === undefined) return;
  // Each says its part when its turn comes, so that the merged order is known.
  await rig.start({
    service: 'web',
    replicas: 2,
    script: 'echo one; echo two >&2; while [ ! -e /tmp/go ]; do sleep 0.05; done; echo three; sleep 600',
  });
  await rig.start({ service: 'job', script: 'echo ended; exit 3' });

  await t.test('of all tasks in the order of time, those that ended among them', async () => {
    const lines = await linesOf(rig, {});
    assert.deepEqual(texts(lines).sort(), ['ended', 'one', 'one', 'two', 'two']);
    assert.deepEqual(
      lines.map((line) => line.id),
      lines.map((line) => line.id).sort(),
    );
    const two = lines.filter((line) => line.text === 'two');
    assert.deepEqual(two.map((line) => line.slot).sort(), [1, 2]);
    assert.ok(two.every((line) => line.stream === 'stderr' && line.service === 'web'));
  });

  await t.test('the last ones, one service’s, those since a moment', async () => {
    const all = await linesOf(rig, {});
    assert.deepEqual(texts(await linesOf(rig, { tail: 2 })), texts(all.slice(-2)));
    assert.deepEqual(texts(await linesOf(rig, { service: 'job' })), ['ended']);
    assert.deepEqual(await linesOf(rig, { tail: 0 }), []);
    assert.deepEqual(await linesOf(rig, { since: new Date(Date.now() + 60_000).toISOString() }), []);
    assert.equal((await linesOf(rig, { since: '1h' })).length, all.length);
    await assert.rejects(linesOf(rig, { since: 'yesterday' }), /is no moment/);
    await assert.rejects(linesOf(rig, { service: 'nope' }), /has no service "nope"; it has job, web/);
  });

  await t.test('a log that cannot be read says so in its place', async () => {
    await rig.start({ service: 'mute', script: 'echo unheard; sleep 600', logDriver: 'none' });
    const lines = await linesOf(rig, {});
    assert.deepEqual(
      texts(lines).filter((text) => text !== 'unheard').length,
      lines.length,
      'nothing was kept of it',
    );
    assert.match(lines.find((line) => line.service === 'mute')?.text ?? '', /log cannot be read/);
    assert.ok(texts(lines).includes('ended'), 'the others are read');
    const followed = await linesOf(rig, { follow: true, tail: 0, service: 'mute' }, { stop: () => true });
    assert.match(followed[0]?.text ?? '', /log cannot be read/);
    await rig.stop('mute');
  });

  await t.test('a client that comes back gets what came after its last line', async () => {
    const all = await linesOf(rig, {});
    assert.deepEqual(texts(await linesOf(rig, {}, { lastEventId: all[1]!.id })), texts(all.slice(2)));
  });

  await t.test(
    'followed over new tasks, a new release and an agent that was away, nothing twice',
    async () => {
      let step = 0;
      const isThere = (lines: readonly Line[], text: string, count: number) =>
        lines.filter((line) => line.text === text).length >= count;
      const go = async (slot: number) => {
        const session = await rig.open('/v1/apps/shop/exec', {
          command: ['touch', '/tmp/go'],
          service: 'web',
          slot: String(slot),
        });
        await session.exit();
      };
      const advance = async (seen: readonly Line[]) => {
        if (step === 0 && isThere(seen, 'two', 2)) {
          step = 1;
          await go(1);
        } else if (step === 1 && isThere(seen, 'three', 1)) {
          step = 2;
          await rig.start({ service: 'web', release: 2, script: 'echo second release; sleep 600' });
        } else if (step === 2 && isThere(seen, 'second release', 1)) {
          step = 3;
          const bringBack = await rig.loseAgent();
          await touchPastTheAgent(rig, 2);
          await bringBack();
        }
      };
      const lines = await linesOf(
        rig,
        { follow: true, service: 'web' },
        { stop: (all) => isThere(all, 'three', 2), onLine: advance },
      );
      assert.deepEqual(texts(lines).sort(), ['one', 'one', 'second release', 'three', 'three', 'two', 'two']);
    },
  );
});

/** What `go` does, while no agent is there to do it. */
async function touchPastTheAgent({ sandbox, platform }: TaskRig, slot: number): Promise<void> {
  const found = await sandbox.engine.listContainers({
    filters: { label: [`berth.platform=${platform}`, 'berth.service=web', 'berth.release=1'] },
  });
  const { Id } = found.find((one) => one.Names[0]?.split('.')[1] === String(slot))!;
  const exec = await sandbox.engine.createExec(Id, { Cmd: ['touch', '/tmp/go'], AttachStdout: true });
  const output = await sandbox.engine.startExec(exec.Id, { tty: false });
  output.end();
  await readAll(output);
}

/** What is really held, in and outside of the heap. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test('a flood of lines: long ones in pieces, and a client that does not read holds up nothing but itself', async (t) => {
  const rig = await taskRig(t);
  if (rig === undefined) return;
  await rig.start({
    service: 'web',
    script:
      'head -c 40000 /dev/zero | tr "\\0" x; echo; while :; do echo "0123456789012345678901234567890123456789"; done',
  });

  await t.test('a long line comes in pieces of 16 KiB', async () => {
    const lines = await linesOf(rig, { follow: true, tail: 10_000 }, { stop: (all) => all.length >= 3 });
    const long = (await linesOf(rig, { tail: 10_000 })).filter((line) => line.text.startsWith('x'));
    assert.ok(lines.length >= 3);
    // Rotation may have taken it by now; while it is there, nothing of it is missing.
    if (long.length > 0)
      assert.deepEqual(
        texts(long).map((text) => text.length),
        [16_384, 16_384, 7_232],
      );
  });

  await t.test('memory stays where it is while nobody reads', async () => {
    const { port } = new URL(rig.url);
    const outgoing = request({
      port,
      path: '/v1/apps/shop/logs?follow=true',
      headers: rig.bearer('read'),
      agent: false,
    });
    outgoing.end();
    const [response] = (await once(outgoing, 'response')) as [import('node:http').IncomingMessage];
    t.after(() => outgoing.destroy());
    response.once('readable', () => undefined);
    await once(response, 'readable');
    response.pause();
    const isFlooding = async () => {
      const [one] = await rig.sandbox.engine.listContainers({
        filters: { label: [`berth.platform=${rig.platform}`] },
      });
      return one?.State === 'running';
    };
    const before = heldBytes();
    const end = Date.now() + 3_000;
    await rig.sandbox.until(async () => ((await isFlooding()) && Date.now() > end ? true : undefined));
    const grown = heldBytes() - before;
    assert.ok(grown < 32 * 2 ** 20, `grew by ${Math.round(grown / 2 ** 20)} MiB`);
    outgoing.destroy();
  });
});
