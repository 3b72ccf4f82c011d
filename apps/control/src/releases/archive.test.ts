import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { extract } from 'tar-stream';
import { archiveRelease } from './archive.ts';

const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** A registry with two images that share a layer. */
function shelf() {
  const blobs = new Map<string, string>();
  const keep = (text: string, mediaType: string) => {
    blobs.set(digestOf(text), text);
    return { mediaType, digest: digestOf(text), size: text.length };
  };
  const base = keep('layer of both', 'layer');
  const image = (name: string) => {
    const text = JSON.stringify({
      config: keep(`config of ${name}`, 'config'),
      layers: [base, keep(`layer of ${name}`, 'layer')],
    });
    blobs.set(digestOf(text), text);
    return { service: name, image: `127.0.0.1:5000/shop/${name}@${digestOf(text)}` };
  };
  const asked: string[] = [];
  const images = [image('web'), image('worker')];
  const registry = {
    manifest: async (repository: string, digest: string) => {
      asked.push(repository);
      return { text: blobs.get(digest) ?? '', mediaType: 'manifest' };
    },
    openBlob: async (_repository: string, digest: string) =>
      Readable.from([Buffer.from(blobs.get(digest) ?? '')]),
  };
  return { blobs, images, registry, asked };
}

async function contentOf({ images, registry }: ReturnType<typeof shelf>): Promise<Map<string, string>> {
  const archive = archiveRelease(
    { app: 'shop', number: 7, images, release: { app: 'shop' }, madeAt: new Date(0) },
    registry,
    AbortSignal.timeout(10_000),
  );
  const files = new Map<string, string>();
  const entries = extract();
  archive.once('error', (cause) => entries.destroy(cause));
  for await (const entry of archive.pipe(entries)) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    assert.ok(!files.has(entry.header.name), `${entry.header.name} is in it once`);
    files.set(entry.header.name, Buffer.concat(chunks).toString());
  }
  return files;
}

test('an archive has each image under its digest, what images share once, and the list docker load reads', async () => {
  const it = shelf();
  const files = await contentOf(it);
  for (const [digest, text] of it.blobs) assert.equal(files.get(`blobs/${digest.replace(':', '/')}`), text);
  assert.deepEqual(it.asked, ['shop/web', 'shop/worker']);
  const index = JSON.parse(files.get('index.json') ?? '') as { manifests: { digest: string }[] };
  assert.deepEqual(
    index.manifests.map(({ digest }) => digest),
    it.images.map(({ image }) => image.split('@')[1]),
  );
  const loads = JSON.parse(files.get('manifest.json') ?? '') as { RepoTags: string[]; Layers: string[] }[];
  assert.deepEqual(
    loads.map(({ RepoTags, Layers }) => [RepoTags, Layers.length]),
    [
      [['berth.invalid/shop/web:7'], 2],
      [['berth.invalid/shop/worker:7'], 2],
    ],
  );
  for (const path of loads.flatMap(({ Layers }) => Layers)) assert.ok(files.has(path), path);
  assert.match(files.get('release.json') ?? '', /"app": "shop"/);
});

test('a layer that is not what its digest says ends the archive', async () => {
  const it = shelf();
  it.registry.openBlob = async (_repository, digest) =>
    Readable.from([Buffer.from((it.blobs.get(digest) ?? '').replace('both', 'bath'))]);
  await assert.rejects(contentOf(it), /the registry gave sha256:/);
});
