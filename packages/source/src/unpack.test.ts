import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { AppError, type ErrorCode } from '@berth/contract/errors';
import { type Header, pack } from 'tar-stream';
import { unpackSafely } from './unpack.ts';

type Headers = Partial<Header> & Pick<Header, 'name'>;

const limits = { bytesMax: 1024 * 1024, filesMax: 20 };

async function archive(entries: readonly [Headers, string?][]): Promise<Buffer> {
  const tar = pack();
  for (const [header, text] of entries) tar.entry(header, text ?? '');
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function workspace(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'berth-unpack-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

async function unpack(t: TestContext, bytes: Buffer, over: Partial<typeof limits> = {}) {
  const dir = await workspace(t);
  const result = await unpackSafely(Readable.from([bytes]), join(dir, 'src'), { ...limits, ...over });
  return { dir: join(dir, 'src'), result };
}

async function refuses(
  t: TestContext,
  bytes: Buffer,
  code: ErrorCode,
  words: RegExp,
  over: Partial<typeof limits> = {},
) {
  const dir = await workspace(t);
  await assert.rejects(
    unpackSafely(Readable.from([bytes]), join(dir, 'src'), { ...limits, ...over }),
    (error: unknown) => {
      assert.ok(error instanceof AppError, String(error));
      assert.equal(error.code, code);
      assert.match(error.message, words);
      return true;
    },
  );
  assert.deepEqual(await readdir(dir), [], 'nothing half-made stays');
}

test('unpacks files, directories and links, compressed or not', async (t) => {
  const bytes = await archive([
    [{ name: './', type: 'directory' }],
    [{ name: './a/b.txt' }, 'hello'],
    [{ name: 'run.sh', mode: 0o700 }, '#!/bin/sh\n'],
    [{ name: 'a/link', type: 'symlink', linkname: '../run.sh' }],
    [{ name: 'again', type: 'link', linkname: 'a/b.txt' }],
    [{ name: 'empty/', type: 'directory' }],
  ]);
  const plain = await unpack(t, bytes);
  const zipped = await unpack(t, gzipSync(bytes));
  assert.equal(plain.result.digest, zipped.result.digest);
  assert.deepEqual({ files: plain.result.files, bytes: plain.result.bytes }, { files: 3, bytes: 20 });
  assert.equal(await readFile(join(plain.dir, 'a/b.txt'), 'utf8'), 'hello');
  assert.equal(await readFile(join(plain.dir, 'again'), 'utf8'), 'hello');
  assert.equal(await readlink(join(plain.dir, 'a/link')), '../run.sh');
  assert.equal((await stat(join(plain.dir, 'run.sh'))).mode & 0o777, 0o755);
  assert.equal((await stat(join(plain.dir, 'a/b.txt'))).mode & 0o777, 0o644);
  assert.ok((await stat(join(plain.dir, 'empty'))).isDirectory());
});

test('the digest follows content, names and the executable bit, not order or times', async (t) => {
  const digest = async (...entries: [Headers, string?][]) =>
    (await unpack(t, await archive(entries))).result.digest;
  const first = await digest([{ name: 'a', mtime: new Date(0) }, '1'], [{ name: 'b' }, '2']);
  assert.equal(await digest([{ name: 'b' }, '2'], [{ name: 'a' }, '1']), first);
  assert.notEqual(await digest([{ name: 'a' }, '1'], [{ name: 'b' }, '3']), first);
  assert.notEqual(await digest([{ name: 'a' }, '1'], [{ name: 'c' }, '2']), first);
  assert.notEqual(await digest([{ name: 'a' }, '1'], [{ name: 'b', mode: 0o755 }, '2']), first);
});

const hostile: [string, [Headers, string?][], RegExp][] = [
  ['a path with ..', [[{ name: 'a/../../etc/passwd' }, 'x']], /a\/\.\.\/\.\.\/etc\/passwd leaves/],
  ['an absolute path', [[{ name: '/etc/passwd' }, 'x']], /absolute path/],
  ['a link out', [[{ name: 'l', type: 'symlink', linkname: '../x' }]], /l is a link to \.\.\/x/],
  ['an absolute link', [[{ name: 'l', type: 'symlink', linkname: '/etc' }]], /absolute path \/etc/],
  [
    'a link out through another link',
    [
      [{ name: 'deep/link', type: 'symlink', linkname: '..' }],
      [{ name: 'out', type: 'symlink', linkname: 'deep/link/..' }],
    ],
    /out is a link/,
  ],
  [
    'a file written through a link',
    [[{ name: 'l', type: 'symlink', linkname: '.' }], [{ name: 'l/file' }, 'x']],
    /l\/file lies below l, which is a link/,
  ],
  [
    'a link in place of a directory with files',
    [[{ name: 'd/file' }, 'x'], [{ name: 'd', type: 'symlink', linkname: '.' }]],
    /d twice/,
  ],
  ['a hard link out', [[{ name: 'h', type: 'link', linkname: '../../etc/passwd' }]], /h is a hard link/],
  ['an absolute hard link', [[{ name: 'h', type: 'link', linkname: '/etc/passwd' }]], /h is a hard link/],
  [
    'a hard link to a link',
    [[{ name: 'l', type: 'symlink', linkname: 'x' }], [{ name: 'h', type: 'link', linkname: 'l' }]],
    /h is a hard link/,
  ],
  ['a device', [[{ name: 'null', type: 'character-device', devmajor: 1, devminor: 3 }]], /character-device/],
  ['a pipe', [[{ name: 'p', type: 'fifo' }]], /p is a fifo/],
  [
    'a file below a file',
    [
      [{ name: 'f' }, 'x'],
      [{ name: 'f/g' }, 'x'],
    ],
    /below f, which is a file/,
  ],
  [
    'the same file twice',
    [
      [{ name: 'f' }, 'x'],
      [{ name: './f' }, 'y'],
    ],
    /f twice/,
  ],
];
for (const [name, entries, words] of hostile)
  test(`refuses ${name}`, async (t) => refuses(t, gzipSync(await archive(entries)), 'unsafe_archive', words));

test('refuses more bytes than the limit, naming the largest', async (t) => {
  const bytes = await archive([
    [{ name: 'small' }, 'x'],
    [{ name: 'video/a.mp4' }, 'x'.repeat(600 * 1024)],
    [{ name: 'video/b.mp4' }, 'x'.repeat(600 * 1024)],
  ]);
  await refuses(t, gzipSync(bytes), 'context_too_large', /1\.0 MiB\. Largest: video\/ \(1\.2 MiB\), small/);
});

test('refuses too many entries', async (t) => {
  const entries = Array.from({ length: 30 }, (_, i): [Headers, string] => [{ name: `f${i}` }, 'x']);
  await refuses(t, await archive(entries), 'context_too_large', /more than 20 entries/);
});

test('refuses a gzip bomb by what it expands to, in content and in padding', async (t) => {
  const content = await archive([[{ name: 'zeros' }, '\0'.repeat(64 * 1024 * 1024)]]);
  await refuses(t, gzipSync(content), 'context_too_large', /64\.0 MiB/);
  const padding = Buffer.concat([await archive([[{ name: 'a' }, 'x']]), Buffer.alloc(32 * 1024 * 1024)]);
  await refuses(t, gzipSync(padding), 'unsafe_archive', /only 1 B are files/);
});

test('refuses what is not an archive, or only half of one', async (t) => {
  const bytes = gzipSync(await archive([[{ name: 'a' }, 'x'.repeat(50_000)]]));
  await refuses(t, Buffer.from('{"not": "a tar"}'), 'invalid', /not a whole tar\.gz/);
  await refuses(t, gzipSync(Buffer.from('x'.repeat(5000))), 'invalid', /not a whole tar\.gz/);
  await refuses(t, bytes.subarray(0, bytes.length - 40), 'invalid', /not a whole tar\.gz/);
  await refuses(t, Buffer.alloc(0), 'invalid', /empty/);
});

test('an aborted upload leaves nothing', async (t) => {
  const dir = await workspace(t);
  const bytes = await archive([[{ name: 'a' }, 'x'.repeat(50_000)]]);
  const abort = new AbortController();
  const half = new Readable({ read() {} });
  half.push(bytes.subarray(0, 10_000));
  const unpacking = unpackSafely(half, join(dir, 'src'), limits, abort.signal);
  abort.abort(new Error('client gone'));
  await assert.rejects(unpacking, /client gone/);
  assert.deepEqual(await readdir(dir), []);
});

test('an upload whose connection breaks is refused and leaves nothing', async (t) => {
  const dir = await workspace(t);
  const bytes = await archive([[{ name: 'a' }, 'x'.repeat(50_000)]]);
  const broken = Readable.from(
    (async function* () {
      yield bytes.subarray(0, 10_000);
      throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
    })(),
  );
  await assert.rejects(unpackSafely(broken, join(dir, 'src'), limits), /aborted/);
  assert.deepEqual(await readdir(dir), []);
});

test('the umask of the process does not reach what is unpacked', async (t) => {
  const before = process.umask(0o077);
  t.after(() => process.umask(before));
  const { dir } = await unpack(t, await archive([[{ name: 'a/run.sh', mode: 0o755 }, 'x']]));
  const modeOf = async (path: string) => (await stat(join(dir, path))).mode & 0o777;
  assert.deepEqual([await modeOf('.'), await modeOf('a'), await modeOf('a/run.sh')], [0o755, 0o755, 0o755]);
});
