import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imageDigest } from '@berth/domain/release';
import { newId } from '@berth/runtime/ids';
import fc from 'fast-check';
import { planGarbage, timeOfTag } from './garbage.ts';

const digest = fc.nat({ max: 12 }).map((n) => `sha256:${n}`);
const time = fc.nat({ max: 100 });
const manifest = fc.record({
  repository: fc.constantFrom('a/web', 'b/web'),
  digest,
  tags: fc.array(fc.string(), { maxLength: 2 }),
  madeAt: fc.option(time, { nil: undefined }),
});
const image = fc.record({
  id: fc.nat({ max: 50 }).map((n) => `sha256:image-${n}`),
  tags: fc.array(fc.constantFrom('r/a/web:1', 'r/a/web:2', 'r/b/web:1'), { maxLength: 2 }),
  repoDigests: fc.array(
    digest.map((one) => `r/a/web@${one}`),
    { maxLength: 3 },
  ),
  madeAt: time,
});
const situation = fc.record({
  manifests: fc.array(manifest, { maxLength: 12 }),
  images: fc.array(image, { maxLength: 12 }),
  keep: fc.array(digest).map((list) => new Set(list)),
  now: time,
  graceMs: fc.nat({ max: 50 }),
});

test('a kept digest is never deleted, in the registry or in the engine', () => {
  fc.assert(
    fc.property(situation, (o) => {
      const plan = planGarbage(o);
      for (const one of plan.manifests) assert.ok(!o.keep.has(one.digest));
      for (const one of plan.images)
        for (const reference of one.references) assert.ok(!o.keep.has(imageDigest(reference)));
    }),
  );
});

test('nothing within the grace period, and nothing of unknown age, is deleted', () => {
  fc.assert(
    fc.property(situation, (o) => {
      const plan = planGarbage(o);
      for (const one of plan.manifests)
        assert.ok(
          o.manifests.some(
            (known) =>
              known.digest === one.digest &&
              known.repository === one.repository &&
              known.madeAt !== undefined &&
              known.madeAt + o.graceMs <= o.now,
          ),
        );
      for (const one of plan.images)
        assert.ok(o.images.some((known) => known.id === one.id && known.madeAt + o.graceMs <= o.now));
    }),
  );
});

test('what is old and not kept goes', () => {
  const plan = planGarbage({
    manifests: [{ repository: 'a/web', digest: 'sha256:1', tags: ['x'], madeAt: 10 }],
    images: [
      { id: 'i', tags: ['r/a/web:x'], repoDigests: ['r/a/web@sha256:1'], madeAt: 10 },
      { id: 'dangling', tags: [], repoDigests: [], madeAt: 10 },
    ],
    keep: new Set(['sha256:2']),
    now: 20,
    graceMs: 10,
  });
  assert.deepEqual(plan, {
    manifests: [{ repository: 'a/web', digest: 'sha256:1' }],
    images: [
      { id: 'i', references: ['r/a/web:x', 'r/a/web@sha256:1'] },
      { id: 'dangling', references: ['dangling'] },
    ],
  });
});

test('the time of a tag is the time of the id it is', () => {
  const now = Date.UTC(2026, 10, 21, 8, 30);
  assert.equal(timeOfTag(newId(now)), now);
  for (const other of ['latest', 'v1.2.3', 'LATEST-LATEST-LATEST', ''])
    assert.equal(timeOfTag(other), undefined);
});
