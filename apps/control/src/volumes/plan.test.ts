import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AppVolume } from '@berth/domain/release';
import { aReleaseService } from '@berth/testkit/builders';
import fc from 'fast-check';
import { planVolumes } from './plan.ts';

const GiB = 2 ** 30;

function service(name: string, sources: readonly string[], more: object = {}) {
  const mounts = sources.map((source) => ({
    kind: 'volume' as const,
    source,
    target: `/${source}`,
    readOnly: false,
  }));
  return aReleaseService({ spec: { name, mounts, ...more } });
}
const volume = (name: string, more: Partial<AppVolume> = {}): AppVolume => ({ name, labels: {}, ...more });
const known = (name: string, more: object = {}) => ({
  id: `id-${name}`,
  name,
  app: 'shop',
  node: 'n1',
  sizeBytes: undefined,
  ...more,
});

type Input = Parameters<typeof planVolumes>[0];
const plan = (over: Partial<Input>) =>
  planVolumes({
    app: 'shop',
    release: { services: [], volumes: [] },
    known: [],
    trash: [],
    others: new Map(),
    defaultNode: 'n1',
    ...over,
  });
const refusal = (over: Partial<Input>): string => {
  const found = plan(over);
  return found.kind === 'refused' ? `${found.code}: ${found.because}` : 'no refusal';
};

test('a volume that a service mounts is made, named after its app; there already, it is taken', () => {
  const release = { services: [service('db', ['data'])], volumes: [] };
  const made = plan({ release });
  assert.ok(made.kind === 'ok');
  assert.deepEqual(
    made.volumes.map(({ name, known: found, node }) => [name, found?.id, node]),
    [['shop_data', undefined, 'n1']],
  );
  const again = plan({ release, known: [known('shop_data', { node: 'n2' })] });
  assert.ok(again.kind === 'ok');
  assert.deepEqual(
    again.volumes.map(({ known: found, node }) => [found?.id, node]),
    [['id-shop_data', 'n2']],
  );
});

test('eight volumes of 2 TiB are accepted, the ninth is over the quota, and so is a larger one', () => {
  const names = (count: number) => Array.from({ length: count }, (_, index) => `v${index}`);
  const of = (count: number, sizeBytes: number) => ({
    release: {
      services: [service('db', names(count))],
      volumes: names(count).map((name) => volume(name, { sizeBytes })),
    },
  });
  assert.equal(plan(of(8, 2 * 1024 * GiB)).kind, 'ok');
  assert.equal(refusal(of(9, GiB)), 'quota_exceeded: db mounts 9 volumes; the quota is 8 a service.');
  assert.match(refusal(of(1, 3 * 1024 * GiB)), /quota_exceeded: .*over the quota of 2 TiB a volume/);
});

test('a limit is raised by the manifest and never lowered by it', () => {
  const at = (wanted: number | undefined, has: number | undefined) =>
    plan({
      release: {
        services: [service('db', ['data'])],
        volumes: [volume('data', wanted === undefined ? {} : { sizeBytes: wanted })],
      },
      known: [known('shop_data', { sizeBytes: has })],
    });
  const sizeOf = (found: ReturnType<typeof at>) =>
    found.kind === 'ok' ? found.volumes[0]?.sizeBytes : found;
  assert.equal(sizeOf(at(4 * GiB, 2 * GiB)), 4 * GiB);
  const larger = at(2 * GiB, 4 * GiB);
  assert.equal(sizeOf(larger), 4 * GiB);
  assert.match(larger.kind === 'ok' ? larger.warnings.join() : '', /stays so: volumes never shrink/);
  assert.equal(sizeOf(at(undefined, 2 * GiB)), 2 * GiB);
  const late = at(2 * GiB, undefined);
  assert.ok(late.kind === 'refused' && late.code === 'volume_size');
});

test('an external volume has to be there; another app’s is taken only when it is said', () => {
  const shared = (external: boolean) => ({
    services: [service('web', ['media'])],
    volumes: [volume('media', { shared: 'media', external })],
  });
  assert.equal(
    refusal({ release: shared(true) }),
    'volume_not_found: The volume media is external, and Berth has none: `berth volume create media` makes it; if the engine has one of that name, `berth volume adopt media` takes it as it is.',
  );
  const theirs = [known('media', { app: 'blog' })];
  assert.equal(plan({ release: shared(true), known: theirs }).kind, 'ok');
  assert.match(
    refusal({ release: shared(false), known: theirs }),
    /belongs to the app blog; say `external: true`/,
  );
});

test('more than one writer is warned of, also across apps; readers are not', () => {
  const warnings = (over: Partial<Input>) => {
    const found = plan(over);
    return found.kind === 'ok' ? found.warnings.join('\n') : found.because;
  };
  const release = (replicas: number) => ({ services: [service('db', ['data'], { replicas })], volumes: [] });
  assert.equal(warnings({ release: release(1) }), '');
  assert.match(warnings({ release: release(3) }), /written by 3 tasks of db/);
  const others = (readOnly: boolean) => new Map([['shop_data', [{ app: 'blog', service: 'web', readOnly }]]]);
  assert.match(warnings({ release: release(1), others: others(false) }), /written by db, blog\/web/);
  assert.equal(warnings({ release: release(1), others: others(true) }), '');
  assert.match(warnings({ release: release(1), trash: ['shop_data'] }), /made anew and empty/);
});

test('volumes mounted together are on one node, whatever ties them; torn apart, the service is named', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const mounts = fc.array(fc.subarray(names, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 5 });
  const places = fc.dictionary(fc.constantFrom(...names), fc.constantFrom('n1', 'n2'));
  fc.assert(
    fc.property(mounts, places, (mounted, placed) => {
      const services = mounted.map((sources, index) => service(`s${index}`, sources));
      const found = plan({
        release: { services, volumes: [] },
        known: Object.entries(placed).map(([name, node]) => known(`shop_${name}`, { node })),
      });
      if (found.kind === 'refused') {
        assert.match(found.because, /on different nodes/);
        return;
      }
      const nodeOf = new Map(found.volumes.map(({ name, node }) => [name, node]));
      for (const sources of mounted)
        assert.equal(new Set(sources.map((source) => nodeOf.get(`shop_${source}`))).size, 1);
      for (const [name, node] of Object.entries(placed))
        if (nodeOf.has(`shop_${name}`)) assert.equal(nodeOf.get(`shop_${name}`), node);
    }),
  );
});
