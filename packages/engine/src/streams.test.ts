import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { demux } from './streams.ts';

async function read(...chunks: (string | Buffer)[]): Promise<[string, string][]> {
  const frames: [string, string][] = [];
  for await (const { stream, data } of demux(Readable.from(chunks.map((chunk) => Buffer.from(chunk)))))
    frames.push([stream, data.toString()]);
  return frames;
}
const frame = (stream: number, text: string) =>
  Buffer.concat([Buffer.from([stream, 0, 0, 0, 0, 0, 0, text.length]), Buffer.from(text)]);

test('frames, however they arrive', async () => {
  const bytes = Buffer.concat([frame(1, 'out\n'), frame(2, 'err')]);
  const expected = [
    ['stdout', 'out\n'],
    ['stderr', 'err'],
  ];
  assert.deepEqual(await read(bytes), expected);
  assert.deepEqual(await read(...[...bytes].map((byte) => Buffer.from([byte]))), expected);
});

test('a terminal has no frames: its lines are', async () => {
  const expected = [
    ['stdout', 'one\r\n'],
    ['stdout', 'two\r\n'],
    ['stdout', 'th'],
  ];
  assert.deepEqual(await read('one\r\ntwo\r\nth'), expected);
  assert.deepEqual(await read('o', 'n', 'e\r\ntw', 'o\r\n', 'th'), expected);
  assert.deepEqual(await read(), []);
  assert.deepEqual(await read('a'), [['stdout', 'a']]);
});

test('a line of a terminal that does not end comes in pieces', async () => {
  const frames = await read('x'.repeat(1024 * 1024 + 10));
  assert.deepEqual(
    frames.map(([, text]) => text.length),
    [1024 * 1024, 10],
  );
});
