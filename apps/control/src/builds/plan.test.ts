import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutSyntax } from './bases.ts';
import { buildKey, chooseBuilder, planBuild } from './plan.ts';

test('BuildKit wherever the engine does not prefer the classic builder', () => {
  assert.deepEqual(['1', '2', undefined].map(chooseBuilder), ['classic', 'buildkit', 'buildkit']);
});

const request = {
  id: 'b1',
  tag: 'r/a/web:b1',
  dockerfilePath: 'Dockerfile',
  target: undefined,
  args: { A: '1' },
  app: 'a',
  service: 'web',
  platform: 'berth',
  caps: { memoryBytesMax: 1000, cpusMax: 1.5 },
};

test('the classic builder gets its caps as parameters; labels do not name the build', () => {
  const { query } = planBuild({ ...request, builder: 'classic' });
  assert.deepEqual(
    [query.memory, query.memswap, query.cpuquota, query.cpuperiod, query.cpushares],
    [1000, 1000, 150_000, 100_000, 256],
  );
  assert.ok(!String(query.labels).includes('b1'));
  const buildkit = planBuild({ ...request, builder: 'buildkit' }).query;
  assert.deepEqual([buildkit.version, buildkit.buildid], ['2', 'b1']);
});

test('what a manifest says of a build is a parameter of the engine', () => {
  const { query } = planBuild({
    ...request,
    builder: 'buildkit',
    options: { labels: { a: 'b' }, isOffline: true, isFresh: true, extraHosts: ['h:192.0.2.1'] },
  });
  assert.deepEqual([query.networkmode, query.nocache, query.extrahosts], ['none', true, ['h:192.0.2.1']]);
  assert.equal(JSON.parse(String(query.labels)).a, 'b');
  const plain = planBuild({ ...request, builder: 'buildkit' }).query;
  assert.deepEqual([plain.networkmode, plain.nocache, plain.extrahosts], [undefined, undefined, undefined]);
});

test('the key changes with everything that decides the image, and with nothing else', () => {
  const inputs = {
    contextDigest: 'sha256:1',
    dockerfile: 'FROM a',
    target: undefined,
    args: { A: '1', B: '2' },
    bases: { a: 'sha256:a', b: 'sha256:b' },
    imageRepository: 'a/web',
    builder: 'buildkit',
  } as const;
  const key = buildKey(inputs);
  assert.equal(
    buildKey({ ...inputs, args: { B: '2', A: '1' }, bases: { b: 'sha256:b', a: 'sha256:a' } }),
    key,
  );
  const others = [
    { contextDigest: 'sha256:2' },
    { dockerfile: 'FROM b' },
    { target: 'x' },
    { args: { A: '1', B: '3' } },
    { bases: { a: 'sha256:a', b: 'sha256:c' } },
    { imageRepository: 'b/web' },
    { builder: 'classic' as const },
    { options: { isOffline: true } },
  ].map((change) => buildKey({ ...inputs, ...change }));
  assert.equal(new Set([key, ...others]).size, others.length + 1);
});

test('only the ordinary syntax line may be left out', () => {
  const text = '# syntax=docker/dockerfile:1\nFROM a\n';
  assert.match(withoutSyntax(text, 'docker/dockerfile:1') ?? '', /^# \(the syntax line.*\)\nFROM a\n$/);
  assert.equal(withoutSyntax('# syntax=example.com/own:1\nFROM a', 'example.com/own:1'), undefined);
});
