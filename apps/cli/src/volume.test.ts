import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runBerth } from './testing/run-berth.ts';
import { at } from './testing/samples.ts';
import { startStub } from './testing/stub-control.ts';

const GiB = 2 ** 30;
const sample = (over: object = {}) => ({
  id: '01aaaaaaaaaaaaaaaaaa',
  name: 'shop_data',
  app: 'shop',
  owner: 'ann',
  createdAt: at(0),
  node: 'n1',
  driver: 'local' as const,
  sizeBytes: 2 * GiB,
  bytesUsed: 1.9 * GiB,
  bytesTotal: 2 * GiB,
  users: [{ app: 'shop', service: 'db', readOnly: false }],
  labels: {},
  ...over,
});

test('volume ls: users, node, driver, size, used and owner; `volumes` is the same', async (t) => {
  const stub = await startStub(t, {
    listVolumes: () => ({
      items: [sample(), sample({ name: 'media', sizeBytes: undefined, bytesTotal: undefined, users: [] })],
    }),
  });
  for (const words of [['volume', 'ls'], ['volumes']]) {
    const { stdout, code, stderr } = await runBerth(t, words, { ...stub, isTerminal: true });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /NAME.*USED BY.*NODE.*DRIVER.*SIZE.*USED.*OWNER/);
    assert.match(stdout, /shop_data.*shop\/db.*n1.*local.*2\.0 GiB.*1\.9 GiB \(95 %\).*ann/);
    assert.match(stdout, /media.*-.*n1.*local.*-.*1\.9 GiB/);
  }
});

test('volume rm sends the name that was typed, and says until when it can be had back', async (t) => {
  const asked: unknown[] = [];
  const stub = await startStub(t, {
    deleteVolume: ({ query }: { query: unknown }) => {
      asked.push(query);
      return sample({ removedAt: at(1), restorableUntil: '2026-12-01T00:00:00.000Z' });
    },
  });
  const { code, stderr } = await runBerth(t, ['volume', 'rm', 'shop_data', '--confirm', 'shop_data'], stub);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /in the trash until 2026-12-01.*berth volume restore shop_data/);
  assert.equal(asked.length, 1);
  const unasked = await runBerth(t, ['volume', 'rm', 'shop_data'], {
    ...(await startStub(t, { getVolume: () => sample() })),
  });
  assert.equal(unasked.code, 2);
  assert.match(unasked.stderr, /--confirm shop_data/);
});

test('volume grow reads sizes as Compose does, and refuses what is none', async (t) => {
  const bodies: unknown[] = [];
  const stub = await startStub(t, {
    growVolume: ({ body }: { body: unknown }) => {
      bodies.push(body);
      return sample({ sizeBytes: 4 * GiB });
    },
  });
  const grown = await runBerth(t, ['volume', 'grow', 'shop_data', '--size', '4G'], stub);
  assert.match(grown.stderr, /shop_data may have 4\.0 GiB/);
  assert.deepEqual(bodies, [{ sizeBytes: 4 * GiB, overcommit: false }]);
  const wrong = await runBerth(t, ['volume', 'grow', 'shop_data', '--size', 'big'], stub);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /a size such as 512M or 4G/);
});

test('volume adopt says which volume, for which app, and that its data stays where it is', async (t) => {
  const bodies: unknown[] = [];
  const stub = await startStub(t, {
    adoptVolume: ({ body }: { body: unknown }) => {
      bodies.push(body);
      return sample({ adopted: true });
    },
  });
  const { code, stderr } = await runBerth(t, ['volume', 'adopt', 'shop_data', '-a', 'shop'], stub);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /volume shop_data on n1 is adopted for shop; its data stays where it is/);
  assert.deepEqual(bodies, [{ name: 'shop_data', app: 'shop' }]);
});
