import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BakedImage } from '@berth/bakery/bake';
import { isAbsent } from '@berth/engine/engine';
import { pushOnce } from '@berth/engine/push';
import { Secret } from '@berth/runtime/secret';
import { type SandboxEngine, sandboxEngine } from '@berth/testkit/sandbox-engine';
import { sandboxRegistry } from '@berth/testkit/sandbox-registry';
import { pushBaseLayers } from './base-layers.ts';

/** The base images this machine has, as if they had been baked by recipes of these names. */
async function baked({ engine }: SandboxEngine, recipe: string): Promise<BakedImage[] | undefined> {
  try {
    return await Promise.all(
      (['base', 'node', 'static'] as const).map(async (name) => {
        const { Id, RootFS, Size } = await engine.inspectImage(`berth/${name}:latest`);
        return { name, reference: `berth/${name}:${recipe}`, id: Id, layers: RootFS.Layers, bytes: Size };
      }),
    );
  } catch (cause) {
    if (isAbsent(cause)) return undefined;
    throw cause;
  }
}

test('layers of the base images are sent once, and an image on top of them sends only its own', async (t) => {
  const box = await sandboxEngine(t);
  if (box === undefined) return;
  const images = await baked(box, 'one');
  if (images === undefined) return t.skip('no base images: run `./berth up`');
  const { engine } = box;
  const registry = await sandboxRegistry(t, box, box.name('platform'));
  const signal = AbortSignal.timeout(120_000);
  const push = (these: readonly BakedImage[]) =>
    pushBaseLayers({ engine, images: these, registry, signal, onProgress: () => {} });

  const first = await push(images);
  assert.ok(first.kind === 'there' && first.pushed === 3 && first.bytes > 50e6, JSON.stringify(first));
  assert.deepEqual(await push(images), { kind: 'there', pushed: 0, bytes: 0 }, 'nothing to do');
  const tags = async (): Promise<string[]> => {
    const auth = Buffer.from(`${registry.username}:${registry.password.reveal()}`).toString('base64');
    const answer = await fetch(`${registry.url}/v2/berth-bases/tags/list`, {
      headers: { authorization: `Basic ${auth}` },
    });
    return ((await answer.json()) as { tags: string[] }).tags.sort();
  };
  assert.deepEqual(await tags(), ['base-one', 'node-one', 'static-one']);

  const repository = `${registry.address}/shop/web`;
  await engine.tagImage('berth/node:latest', repository, 'first');
  t.after(() => engine.removeImage(`${repository}:first`));
  let sent = 0;
  const pushed = await pushOnce(
    engine,
    { repository, tag: 'first' },
    {
      auth: {
        username: registry.username,
        password: registry.password.reveal(),
        serveraddress: registry.address,
      },
      signal,
      onProgress: ({ of }) => {
        sent = of;
      },
    },
  );
  assert.equal(pushed.kind, 'pushed', JSON.stringify(pushed));
  assert.equal(sent, 0, 'the registry mounts what it has');

  const [base, ...others] = images;
  const renewed = await push([{ ...base!, reference: 'berth/base:two' }, ...others]);
  assert.ok(renewed.kind === 'there' && renewed.pushed === 1, JSON.stringify(renewed));
  assert.deepEqual(
    (await engine.listImages()).flatMap(({ RepoTags }) =>
      (RepoTags ?? []).filter((tag) => tag.startsWith(`${registry.address}/berth-bases`)),
    ),
    [],
    'no name of the registry stays in the engine',
  );
});

test('base layers of recipes that no longer are are forgotten', async (t) => {
  const box = await sandboxEngine(t);
  if (box === undefined) return;
  const images = await baked(box, 'one');
  if (images === undefined) return t.skip('no base images: run `./berth up`');
  const registry = await sandboxRegistry(t, box, box.name('platform'));
  const o = { engine: box.engine, registry, signal: AbortSignal.timeout(120_000), onProgress: () => {} };
  // Any image will do for the old and the new: the base, which is the smallest.
  const [base] = images as [BakedImage];
  const as = (name: 'base' | 'node' | 'static', from: BakedImage, recipe: string): BakedImage => ({
    ...from,
    name,
    reference: `berth/${name}:${recipe}`,
  });
  const trio = (recipe: string, from: BakedImage) => [
    as('base', base, 'kept'),
    as('node', from, recipe),
    as('static', base, 'kept'),
  ];
  await pushBaseLayers({ ...o, images: trio('old', images[2]!) });
  const result = await pushBaseLayers({ ...o, images: trio('new', base) });
  assert.equal(result.kind, 'there', JSON.stringify(result));
  const ask = (tag: string) =>
    fetch(`${registry.url}/v2/berth-bases/manifests/${tag}`, {
      headers: {
        accept: 'application/vnd.docker.distribution.manifest.v2+json',
        authorization: `Basic ${Buffer.from('berth:test-password').toString('base64')}`,
      },
    }).then(({ status }) => status);
  assert.equal(await ask('node-old'), 404);
  assert.equal(await ask('node-new'), 200);
  assert.equal(await ask('base-kept'), 200);
});

test('a registry that does not answer, or refuses, is told and stops nothing', async (t) => {
  const box = await sandboxEngine(t);
  if (box === undefined) return;
  const images = await baked(box, 'one');
  if (images === undefined) return t.skip('no base images: run `./berth up`');
  const o = { engine: box.engine, images, signal: AbortSignal.timeout(60_000), onProgress: () => {} };
  const nobody = { address: '127.0.0.1:1', username: 'berth', password: new Secret('x') };
  const silent = await pushBaseLayers({ ...o, registry: nobody });
  assert.ok(silent.kind === 'failed' && /ECONNREFUSED/.test(silent.because), JSON.stringify(silent));
  const registry = await sandboxRegistry(t, box, box.name('platform'));
  const refused = await pushBaseLayers({ ...o, registry: { ...registry, password: new Secret('wrong') } });
  assert.deepEqual(refused, {
    kind: 'failed',
    because: 'the registry answered HEAD manifests/node-one with 401',
  });
});
