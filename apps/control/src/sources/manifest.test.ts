import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { AppError } from '@berth/contract/errors';
import { requireStrongSecrets } from './guard.ts';
import { loadManifest } from './manifest.ts';

async function source(t: TestContext, files: Record<string, string | Buffer>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'berth-source-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(join(dir, name), content);
  return dir;
}
const load = (dir: string, variables: Record<string, string> = {}) =>
  loadManifest({ dir, files: ['compose.yaml'], app: 'shop', variables });

test('content of configs and secrets is read from the upload, bytes as they are', async (t) => {
  const key = Buffer.from([0, 255, 13, 10]);
  const dir = await source(t, {
    'compose.yaml':
      'services: {web: {image: x, secrets: [key], configs: [conf]}}\nsecrets: {key: {file: ./key.der}}\nconfigs: {conf: {content: "a=${A}"}}\n',
    'key.der': key,
  });
  const { spec } = load(dir, { A: 'one' });
  assert.deepEqual(spec.files, [
    {
      kind: 'config',
      name: 'conf',
      source: { kind: 'content', base64: Buffer.from('a=one').toString('base64') },
    },
    { kind: 'secret', name: 'key', source: { kind: 'content', base64: key.toString('base64') } },
  ]);
});

test('a file that is too large, missing or elsewhere is refused with its place', async (t) => {
  const dir = await source(t, {
    'compose.yaml':
      'services: {web: {image: x, secrets: [a, b, c]}}\nsecrets:\n  a: {file: ./a}\n  b: {file: ./b}\n  c: {file: /etc/hostname}\n',
    a: Buffer.alloc(512_000),
  });
  assert.throws(
    () => load(dir),
    (cause) => {
      assert.ok(cause instanceof AppError);
      assert.deepEqual(
        cause.issues.map(({ at, message }) => `${at}: ${message}`),
        [
          'compose.yaml:3:7 (secrets.a.file): secret `a` has 512000 bytes; the most is 511999 (500 KB)',
          'compose.yaml:4:7 (secrets.b.file): the file of secret `b` is not in the source',
          'compose.yaml:5:7 (secrets.c.file): the file of secret `c` is outside the source',
        ],
      );
      return true;
    },
  );
});

test('a required variable without a value is named, with an offer to make one', async (t) => {
  const dir = await source(t, {
    'compose.yaml':
      'services: {db: {image: x, environment: {P: "${DB_PASSWORD:?}", T: "${TAG:?the tag}"}}}\n',
  });
  assert.throws(
    () => load(dir),
    (cause) => {
      assert.ok(cause instanceof AppError);
      assert.equal(cause.code, 'missing_variable');
      assert.deepEqual(
        cause.issues.map(({ suggestion }) => suggestion),
        [
          '`berth env set DB_PASSWORD=VALUE -a shop`, or `berth env generate DB_PASSWORD -a shop` for a random one',
        ],
      );
      return true;
    },
  );
});

test('a weak password stops the deployment by name; the same with a word of its own does not', async (t) => {
  const text = (more: string) =>
    `${more}services: {db: {image: postgres, environment: {POSTGRES_PASSWORD: postgres}}}\n`;
  const guard = async (more: string, variables: Record<string, string> = {}) => {
    const { spec } = load(await source(t, { 'compose.yaml': text(more) }), variables);
    return requireStrongSecrets({
      app: 'shop',
      spec,
      variables: { variables, serviceVariables: {} },
      files: [],
    });
  };
  await assert.rejects(guard(''), (cause) => {
    assert.ok(cause instanceof AppError);
    assert.equal(cause.code, 'weak_secret');
    assert.equal(
      cause.message,
      'shop is not deployed: the value of POSTGRES_PASSWORD is one of the first an attacker tries.',
    );
    return true;
  });
  assert.deepEqual(await guard('', { POSTGRES_PASSWORD: 'kX83jfa9wq' }), []);
  assert.deepEqual(await guard('x-berth: {allow_weak: [POSTGRES_PASSWORD]}\n'), [
    'POSTGRES_PASSWORD is weak or missing; x-berth.allow_weak says that it may be',
  ]);
});
