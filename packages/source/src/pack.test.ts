import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createGunzip } from 'node:zlib';
import { AppError } from '@berth/contract/errors';
import { extract } from 'tar-stream';
import { packSource } from './pack.ts';
import { unpackSafely } from './unpack.ts';

async function directory(t: TestContext, files: Record<string, string>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'berth-pack-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(dir, dirname(path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  return dir;
}

const limitBytes = 10 * 1024 * 1024;

async function names(dir: string): Promise<string[]> {
  const { stream } = await packSource(dir, { limitBytes });
  const found: string[] = [];
  const tar = extract();
  stream.pipe(createGunzip()).pipe(tar);
  for await (const entry of tar) {
    found.push(entry.header.name);
    entry.resume();
  }
  return found;
}

async function sha256(dir: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of (await packSource(dir, { limitBytes })).stream) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

test('honours .dockerignore as Docker does, and always sends the manifests', async (t) => {
  const dir = await directory(t, {
    '.dockerignore': '# left out\n*.log\ndocs\n!docs/keep.md\nDockerfile\n**/secret.txt\n/only-root',
    '.git/HEAD': 'ref',
    'a.log': 'x',
    'deep/a.log': 'x',
    'docs/keep.md': 'x',
    'docs/other.md': 'x',
    'deep/er/secret.txt': 'x',
    'only-root': 'x',
    'deep/only-root': 'x',
    Dockerfile: 'FROM x',
    'index.js': 'x',
  });
  assert.deepEqual(await names(dir), [
    '.dockerignore',
    'Dockerfile',
    'deep/',
    'deep/a.log',
    'deep/er/',
    'deep/only-root',
    'docs/',
    'docs/keep.md',
    'index.js',
  ]);
});

test('without .dockerignore and Dockerfile leaves out dependencies, secrets files and .git', async (t) => {
  const files = {
    'package.json': '{}',
    'node_modules/x/index.js': 'x',
    'packages/a/node_modules/x.js': 'x',
    '.env': 'TOKEN=x',
    '.env.production': 'PUBLIC_URL=x',
    '.git/HEAD': 'ref',
  };
  assert.deepEqual(await names(await directory(t, files)), [
    '.env.production',
    'package.json',
    'packages/',
    'packages/a/',
  ]);
  const own = await names(await directory(t, { ...files, Dockerfile: 'FROM x' }));
  assert.ok(own.includes('node_modules/x/index.js') && own.includes('.env'), 'Docker would send them');
  assert.ok(!own.some((name) => name.startsWith('.git')));
});

test('leaves out what Docker leaves out: wildcards, depth, exceptions, case', async (t) => {
  const dir = await directory(t, {
    '.dockerignore':
      '*/temp*\n**/*.log\n!a/b/c/*.log\ndocs/**\n!docs/README.md\nq?\n  sp ace\n./.hidden\nDockerfile',
    Dockerfile: 'FROM x',
    ...Object.fromEntries(
      'a/f.txt a/b/g.log a/b/c/h.log docs/api/i.md docs/keep.md docs/README.md temp1/x x/temp2/y r.log R.LOG .hidden q1 q22'
        .split(' ')
        .map((path) => [path, 'x']),
    ),
    'sp ace/z': 'x',
  });
  // The list of `docker build` 28 for the same directory.
  assert.deepEqual(
    (await names(dir)).filter((name) => !name.endsWith('/')),
    ['.dockerignore', 'Dockerfile', 'R.LOG', 'a/b/c/h.log', 'a/f.txt', 'docs/README.md', 'q22', 'temp1/x'],
  );
});

test('the same content gives the same bytes, whatever the times', async (t) => {
  const files = { 'b.txt': 'b', 'a/c.txt': 'c', 'a-b.txt': 'd', long: 'x'.repeat(700_000) };
  const one = await directory(t, files);
  const two = await directory(t, Object.fromEntries(Object.entries(files).reverse()));
  await utimes(join(two, 'b.txt'), 1, 1);
  assert.equal(await sha256(one), await sha256(two));
  await writeFile(join(two, 'b.txt'), 'B');
  assert.notEqual(await sha256(one), await sha256(two));
});

test('what is packed can be unpacked', async (t) => {
  const dir = await directory(t, { 'a/b.txt': 'hello', 'big.bin': 'x'.repeat(3_000_000) });
  await symlink('a/b.txt', join(dir, 'link'));
  const packed = await packSource(dir, { limitBytes });
  const target = join(dir, 'unpacked');
  const unpacked = await unpackSafely(packed.stream, target, { bytesMax: limitBytes, filesMax: 10 });
  assert.deepEqual([unpacked.files, unpacked.bytes], [packed.files, packed.bytes]);
});

test('refuses a context over the limit before sending, naming the largest entries', async (t) => {
  const dir = await directory(t, {
    'data/a.bin': 'x'.repeat(5000),
    'data/b.bin': 'x'.repeat(5000),
    'c.js': 'x',
  });
  await assert.rejects(packSource(dir, { limitBytes: 6000 }), (error: unknown) => {
    assert.ok(error instanceof AppError && error.code === 'context_too_large');
    assert.match(
      error.message,
      /9\.8 KiB, over the limit of 5\.9 KiB\. Largest: data\/ \(9\.8 KiB\), c\.js \(1 B\)/,
    );
    return true;
  });
});

test('refuses a link out of the directory, by name, and keeps one inside', async (t) => {
  const dir = await directory(t, { 'a/file': 'x' });
  await symlink('a', join(dir, 'inside'));
  assert.deepEqual(await names(dir), ['a/', 'a/file', 'inside']);
  await symlink('../../etc/passwd', join(dir, 'a/outside'));
  await assert.rejects(packSource(dir, { limitBytes }), (error: unknown) => {
    assert.ok(error instanceof AppError && error.code === 'unsafe_archive');
    assert.match(error.message, /^a\/outside is a link to \.\.\/\.\.\/etc\/passwd.*\.dockerignore/);
    return true;
  });
  await writeFile(join(dir, '.dockerignore'), 'a/outside');
  assert.ok(!(await names(dir)).includes('a/outside'));
});

test('the .env beside a Compose file is sent, as its variables come from there; without one it stays', async (t) => {
  const files = { '.env': 'TAG=1\n', 'app.js': '' };
  assert.ok(!(await names(await directory(t, files))).includes('.env'));
  const compose = await directory(t, { ...files, 'docker-compose.yml': 'services: {}\n' });
  assert.ok((await names(compose)).includes('.env'));
});
