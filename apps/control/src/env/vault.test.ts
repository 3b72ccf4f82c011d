import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { createVault, vaultOf } from './vault.ts';

test('what is sealed opens at its own place and nowhere else', () => {
  const vault = vaultOf(Buffer.alloc(32, 7));
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), fc.string(), (plain, place, other) => {
      const sealed = vault.seal(plain, place);
      assert.equal(vault.open(sealed, place), plain);
      if (other !== place) assert.throws(() => vault.open(sealed, other));
    }),
  );
});

test('a changed byte or another key does not open', () => {
  const vault = vaultOf(Buffer.alloc(32, 7));
  const sealed = vault.seal('s3cret', 'variable/shop/A');
  for (let at = 0; at < sealed.length; at++) {
    const changed = sealed.slice(0, at) + (sealed[at] === 'A' ? 'Q' : 'A') + sealed.slice(at + 1);
    assert.throws(() => vault.open(changed, 'variable/shop/A'));
  }
  assert.throws(() => vaultOf(Buffer.alloc(32, 8)).open(sealed, 'variable/shop/A'), /key file/);
  assert.ok(!Buffer.from(sealed.slice(3), 'base64url').includes('s3cret'));
});

test('the key file is made once, for its owner alone, and a damaged one is not replaced', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'berth-vault-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const file = join(dir, 'keys', 'vault.key');
  const vaults = await Promise.all([createVault(file), createVault(file)]);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  const sealed = vaults[0]?.seal('x', 'p') ?? '';
  assert.equal(vaults[1]?.open(sealed, 'p'), 'x');
  assert.equal((await createVault(file)).open(sealed, 'p'), 'x');
  await writeFile(file, 'short\n');
  await assert.rejects(createVault(file), /does not hold a key/);
  assert.equal(await readFile(file, 'utf8'), 'short\n');
});

test('fingerprints tell equal values of one context, and say nothing across contexts', () => {
  const vault = vaultOf(Buffer.alloc(32, 7));
  assert.equal(vault.fingerprint('a', 'shop'), vault.fingerprint('a', 'shop'));
  assert.notEqual(vault.fingerprint('a', 'shop'), vault.fingerprint('a', 'blog'));
});
