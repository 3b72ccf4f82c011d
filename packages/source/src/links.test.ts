import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { findLinkFault } from './links.ts';

test('links are followed through other links', () => {
  const links = new Map([
    ['up', '.'],
    ['deep/link', '..'],
    ['out', 'deep/link/..'],
    ['in', 'deep/link/deep'],
    ['loop', 'loop2'],
    ['loop2', 'loop'],
    ['chain', 'out'],
    ['abs', '/etc/passwd'],
    ['viaAbs', 'abs/x'],
    ['gone', 'no/such/file'],
  ]);
  const fault = (path: string) => findLinkFault(path, links)?.kind;
  assert.deepEqual(['up', 'deep/link', 'in', 'loop', 'gone', 'not-a-link'].map(fault), [
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  assert.deepEqual(['out', 'chain', 'abs', 'viaAbs'].map(fault), [
    'outside',
    'outside',
    'absolute',
    'absolute',
  ]);
});

const name = fc.constantFrom('a', 'b', 'c', 'a/d', 'b/e', 'a/d/f');
const target = fc
  .array(fc.constantFrom('..', '.', 'a', 'b', 'c', 'd', 'e', 'f'), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join('/'));

test('what is called inside is inside, as the kernel sees it', async () => {
  const base = await mkdtemp(join(tmpdir(), 'berth-links-'));
  let count = 0;
  try {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, target, { minKeys: 1, maxKeys: 5 }), async (wanted) => {
        const root = join(base, `${count++}`, 'x', 'y', 'root');
        await mkdir(root, { recursive: true });
        await writeFile(join(root, '..', 'secret'), '');
        // As in an archive that was not refused: nothing lies below a link.
        const paths = Object.keys(wanted).filter(
          (path) => !Object.keys(wanted).some((other) => path.startsWith(`${other}/`)),
        );
        const links = new Map(paths.map((path) => [path, wanted[path]!]));
        for (const path of paths) await mkdir(join(root, dirname(path)), { recursive: true });
        for (const [path, to] of links) await symlink(to, join(root, path));
        for (const path of paths) {
          if (findLinkFault(path, links) !== undefined) continue;
          const real = await realpath(join(root, path)).catch(() => root);
          assert.ok(real === root || real.startsWith(`${root}/`), `${path} → ${real}`);
        }
      }),
      { numRuns: 150 },
    );
  } finally {
    await rm(base, { recursive: true, force: true });
  }
});
