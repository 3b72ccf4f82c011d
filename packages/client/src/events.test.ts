import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refuse, toProblem } from '@berth/contract/errors';
import fc from 'fast-check';
import { readEvents, type StreamOptions } from './events.ts';

interface Numbered {
  readonly seq: number;
}

const encoder = new TextEncoder();

function streamOf(chunks: readonly string[], fault?: Error): Response {
  const rest = [...chunks];
  return new Response(
    new ReadableStream({
      pull: (controller) => {
        const next = rest.shift();
        if (next !== undefined) controller.enqueue(encoder.encode(next));
        else if (fault !== undefined) controller.error(fault);
        else controller.close();
      },
    }),
  );
}

const frame = (seq: number) => `id: ${seq}\ndata: ${JSON.stringify({ seq })}\n\n`;

function read(
  connect: (lastEventId: string | undefined) => Promise<Response>,
  options: StreamOptions<Numbered> = {},
  now: () => number = () => 0,
) {
  return readEvents<Numbered>({
    options,
    connect,
    lost: (cause) => refuse('control_unreachable', 'gone', { cause }),
    pause: async () => undefined,
    random: () => 0.5,
    now,
  });
}

async function collect(events: AsyncIterable<Numbered>): Promise<number[]> {
  const seen: number[] = [];
  for await (const event of events) seen.push(event.seq);
  return seen;
}

test('events are parsed wherever the bytes are cut', async () => {
  const text = `: hello\n\nretry: 50\n\n${frame(1)}${frame(2)}${frame(3)}`;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(text.length), { maxLength: 8 }), async (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), text.length];
      const chunks = at.slice(1).map((end, index) => text.slice(at[index], end));
      const seen = await collect(read(async () => streamOf(chunks.filter((chunk) => chunk !== ''))));
      assert.deepEqual(seen, [1, 2, 3]);
    }),
  );
});

test('a stream cut at any event is taken up where it was, each event once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(4), { maxLength: 10 }), fc.boolean(), async (lengths, isHard) => {
      const total = 12;
      let connection = 0;
      const connect = async (lastEventId: string | undefined) => {
        const from = Number(lastEventId ?? 0) + 1;
        const length = lengths[connection++] ?? total;
        const frames = Array.from({ length: Math.min(length, total - from + 1) }, (_, i) => frame(from + i));
        return streamOf(frames, isHard ? new TypeError('terminated') : undefined);
      };
      const seen = await collect(read(connect, { isEnd: (event) => event.seq === total }));
      assert.deepEqual(
        seen,
        Array.from({ length: total }, (_, i) => i + 1),
      );
    }),
  );
});

test('without an end to look for, the end of the answer is the end', async () => {
  assert.deepEqual(await collect(read(async () => streamOf([frame(1)]))), [1]);
});

test('a refusal ends the stream; silence ends it after the time given', async () => {
  await assert.rejects(
    collect(
      read(async () => {
        throw refuse('deployment_not_found', 'no d9');
      }),
    ),
    { code: 'deployment_not_found' },
  );
  let ms = 0;
  const states: string[] = [];
  const silent = read(
    async () => {
      throw refuse('control_unreachable', 'refused');
    },
    { isEnd: () => false, giveUpAfterMs: 1_000, onReconnect: (state) => states.push(state) },
    () => (ms += 300),
  );
  await assert.rejects(collect(silent), { code: 'control_unreachable' });
  assert.deepEqual(states, ['lost']);
});

test('leaving the loop early closes the connection', async () => {
  let cancelled = false;
  const response = new Response(
    new ReadableStream({
      pull: (controller) => controller.enqueue(encoder.encode(frame(1))),
      cancel: () => {
        cancelled = true;
      },
    }),
  );
  for await (const _ of read(async () => response)) break;
  assert.ok(cancelled);
});

test('a fault under a running answer is told as the refusal it is; a passing one is waited out', async () => {
  const fault = (code: 'shutting_down' | 'app_not_found') =>
    `event: error\ndata: ${JSON.stringify(toProblem(refuse(code, 'gone'), 'r1'))}\n\n`;
  let connection = 0;
  const restarting = read(
    async () => streamOf(connection++ === 0 ? [frame(1), fault('shutting_down')] : [frame(2)]),
    { isEnd: (event) => event.seq === 2 },
  );
  assert.deepEqual(await collect(restarting), [1, 2]);
  await assert.rejects(collect(read(async () => streamOf([frame(1), fault('app_not_found')]))), {
    code: 'app_not_found',
    requestId: 'r1',
  });
});

test('a connection that says nothing, not even a heartbeat, is lost', async () => {
  const silent = () => new Response(new ReadableStream({ pull: () => new Promise(() => undefined) }));
  let connection = 0;
  const events = read(async () => (connection++ === 0 ? silent() : streamOf([frame(1)])), {
    silentAfterMs: 5,
    isEnd: () => true,
  });
  assert.deepEqual(await collect(events), [1]);
});
