import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { extract } from 'tar-stream';
import { type ContextEntry, listEntries, packEntries } from './context.ts';

async function digest(entries: readonly ContextEntry[]): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of packEntries(entries, { directories: true })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

test('same names and contents, same bytes, in whatever order they come', async () => {
  const entries: ContextEntry[] = [
    { path: 'usr/bin/b', text: 'b', isExecutable: true },
    { path: 'a', bytes: Buffer.from('a') },
    { path: 'usr/bin/link', link: 'b' },
  ];
  assert.equal(await digest(entries), await digest(entries.toReversed()));
  assert.notEqual(await digest(entries), await digest(entries.slice(1)));
});

test('directories above an entry come before it, once', async () => {
  const names: string[] = [];
  const reader = extract();
  packEntries(
    [
      { path: 'x/y/1', text: '' },
      { path: 'x/y/2', text: '' },
    ],
    { directories: true },
  ).pipe(reader as unknown as NodeJS.WritableStream);
  for await (const entry of reader) {
    names.push(entry.header.name);
    entry.resume();
  }
  assert.deepEqual(names, ['x/', 'x/y/', 'x/y/1', 'x/y/2']);
});

test('lists files and links below a directory, and leaves out what is skipped', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'berth-context-'));
  t.after(() => rm(root, { recursive: true }));
  await writeFile(join(root, 'keep'), 'x', { mode: 0o755 });
  await writeFile(join(root, 'skip.test.ts'), 'x');
  await symlink('keep', join(root, 'link'));
  assert.deepEqual(await listEntries(root, 'opt', (path) => path.endsWith('.test.ts')), [
    { path: 'opt/keep', file: join(root, 'keep'), isExecutable: true },
    { path: 'opt/link', link: 'keep' },
  ]);
});

test('a file that is not there is an error of the stream', async () => {
  await assert.rejects(digest([{ path: 'a', file: '/nowhere/at/all' }]), /ENOENT/);
});
