import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createBuildkitProgress } from './buildkit-progress.ts';
import { decodeTrace } from './buildkit-trace.ts';
import { createClassicProgress } from './classic-progress.ts';
import { type BuildLine, cleanLine, Lines, limitLog, logLinesMax, type Progress } from './progress.ts';

const say = (progress: Progress, lines: readonly BuildLine[]) =>
  lines
    .flatMap((line) => progress.take(line))
    .map((event) =>
      event.kind === 'log' ? `${event.step} | ${event.text}` : `${event.text}: ${event.state}`,
    );

/** Writes the messages a test needs; the reader under test is the other direction. */
const field = (number: number, value: Buffer | string | number): Buffer => {
  if (typeof value === 'number') return Buffer.concat([varint(number << 3), varint(value)]);
  const bytes = Buffer.from(value);
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
};
const varint = (value: number): Buffer => {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 0x80);
  }
};
const at = (ms: number) => Buffer.concat([field(1, Math.floor(ms / 1000)), field(2, (ms % 1000) * 1e6)]);
const vertex = (o: { name: string; from?: number; to?: number; cached?: boolean; error?: string }): Buffer =>
  Buffer.concat([
    field(1, `digest of ${o.name}`),
    field(2, 'an input'),
    field(3, o.name),
    ...(o.cached === true ? [field(4, 1)] : []),
    ...(o.from === undefined ? [] : [field(5, at(o.from))]),
    ...(o.to === undefined ? [] : [field(6, at(o.to))]),
    ...(o.error === undefined ? [] : [field(7, o.error)]),
  ]);
const log = (name: string, text: string): Buffer =>
  Buffer.concat([field(1, `digest of ${name}`), field(2, at(0)), field(3, 1), field(4, text)]);
const trace = (...parts: { vertex?: Buffer; log?: Buffer }[]): BuildLine => ({
  id: 'moby.buildkit.trace',
  aux: Buffer.concat(
    parts.map((part) => (part.vertex === undefined ? field(3, part.log!) : field(1, part.vertex))),
  ).toString('base64'),
});

test('BuildKit: steps with times and cache hits, output by step, internal ones left out', () => {
  const progress = createBuildkitProgress();
  const seen = say(progress, [
    trace({ vertex: vertex({ name: '[internal] load metadata', from: 0, to: 5 }) }),
    trace({ vertex: vertex({ name: '[1/3] FROM x', from: 10, to: 10, cached: true }) }),
    trace(
      { vertex: vertex({ name: '[2/3] RUN a', from: 1000 }) },
      { vertex: vertex({ name: '[3/3] RUN b' }) },
    ),
    trace({ log: log('[2/3] RUN a', 'first li') }),
    trace({ log: log('[2/3] RUN a', 'ne\nsecond\n\u001b[31mred\u001b[0m') }),
    trace({ vertex: vertex({ name: '[2/3] RUN a', from: 1000, to: 3500 }) }),
    trace({ vertex: vertex({ name: '[2/3] RUN a', from: 1000, to: 3500 }) }),
    { id: 'moby.image.id', aux: { ID: 'sha256:abc' } },
  ]);
  assert.deepEqual(seen, [
    '[1/3] FROM x: cached',
    '[2/3] RUN a: started',
    '[2/3] RUN a | first line',
    '[2/3] RUN a | second',
    '[2/3] RUN a | red',
    '[2/3] RUN a: done',
  ]);
  assert.deepEqual(progress.steps, [
    { text: '[1/3] FROM x', durationMs: 0, cached: true },
    { text: '[2/3] RUN a', durationMs: 2500, cached: false },
  ]);
  assert.deepEqual([progress.imageId, progress.failure], ['sha256:abc', undefined]);
});

test('BuildKit: the step that failed is named, not those cancelled with it', () => {
  const progress = createBuildkitProgress();
  say(progress, [
    trace({ vertex: vertex({ name: 'other', from: 0 }) }, { vertex: vertex({ name: 'culprit', from: 0 }) }),
    trace({ log: log('culprit', 'boom\n') }),
    trace({ vertex: vertex({ name: 'other', from: 0, to: 1, error: 'context canceled' }) }),
    trace({ vertex: vertex({ name: 'culprit', from: 0, to: 1, error: 'executor failed: exit code: 3' }) }),
    { error: 'executor failed running [/bin/sh -c x]: exit code: 3' },
  ]);
  assert.deepEqual(progress.failure, {
    kind: 'failed',
    step: 'culprit',
    exitCode: 3,
    because: 'executor failed running [/bin/sh -c x]: exit code: 3',
    lastLines: ['boom'],
  });
});

test('classic: the same, from its words', () => {
  let now = 0;
  const progress = createClassicProgress(() => (now += 100));
  const seen = say(progress, [
    { stream: 'Step 1/3 : FROM x' },
    { stream: '\n' },
    { stream: ' ---> b3a88b64bdbc\n' },
    { stream: 'Step 2/3 : RUN a\n' },
    { stream: ' ---> Using cache\n' },
    { stream: ' ---> b6a232924915\n' },
    { stream: 'Step 3/3 : RUN b\n' },
    { stream: ' ---> Running in c2f389763f69\n' },
    { stream: '\u001b[91mto stderr\n\u001b[0m' },
    { stream: 'half a ' },
    { stream: 'line\n' },
    { stream: 'Removing intermediate container c2f389763f69\n' },
    { aux: { ID: 'sha256:abc' } },
    { stream: 'Successfully built b6a232924915\n' },
    { stream: 'Successfully tagged x:1\n' },
  ]);
  assert.deepEqual(seen, [
    '[1/3] FROM x: started',
    '[1/3] FROM x: done',
    '[2/3] RUN a: started',
    '[2/3] RUN a: cached',
    '[3/3] RUN b: started',
    '[3/3] RUN b | to stderr',
    '[3/3] RUN b | half a line',
    '[3/3] RUN b: done',
  ]);
  assert.equal(progress.imageId, 'sha256:abc');
  assert.deepEqual(
    progress.steps.map((step) => step.cached),
    [false, true, false],
  );
});

test('classic: a failure keeps the last 50 lines and the exit code', () => {
  const progress = createClassicProgress(() => 0);
  say(progress, [
    { stream: 'Step 1/1 : RUN x\n' },
    { stream: Array.from({ length: 80 }, (_, i) => `line ${i}\n`).join('') },
    { error: 'it returned a non-zero code: 7', errorDetail: { code: 7, message: '' } },
  ]);
  assert.equal(progress.failure?.exitCode, 7);
  assert.deepEqual([progress.failure?.lastLines.length, progress.failure?.lastLines[0]], [50, 'line 30']);
  const early = createClassicProgress(() => 0);
  early.take({ error: 'no such image' });
  assert.deepEqual([early.failure?.step, early.failure?.because], ['Dockerfile', 'no such image']);
});

test('lines are put together however they come, and cannot steer a terminal', () => {
  assert.equal(cleanLine('\u001b]0;title\u0007\u001b[2Jdone\u0008'), 'done');
  assert.equal(cleanLine('10 %\r50 %\r100 %'), '100 %');
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z ]*[a-z]$/), { minLength: 1 }), fc.nat(), (wanted, seed) => {
      const text = wanted.map((line) => `${line}\n`).join('');
      const cut = seed % (text.length + 1);
      const lines = new Lines();
      assert.deepEqual(
        [...lines.take(text.slice(0, cut)), ...lines.take(text.slice(cut)), ...lines.end()],
        wanted,
      );
    }),
  );
});

test('output without end is cut off, steps are not', () => {
  const seen: string[] = [];
  const onEvent = limitLog((event) => seen.push(event.text));
  for (let i = 0; i < logLinesMax + 100; i++) onEvent({ kind: 'log', step: 's', text: `${i}` });
  onEvent({ kind: 'step', text: 's', state: 'done' });
  assert.deepEqual(seen.slice(logLinesMax - 1), [`${logLinesMax - 1}`, '… further output is not shown', 's']);
  assert.ok(cleanLine('x'.repeat(1_000_000)).length < 3000);
});

test('a broken trace is an error, never an endless loop', () => {
  assert.throws(() => decodeTrace(Buffer.from([0x0a, 0x7f]).toString('base64')), RangeError);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        decodeTrace(Buffer.from(bytes).toString('base64'));
      } catch (cause) {
        assert.ok(cause instanceof RangeError);
      }
    }),
  );
});
