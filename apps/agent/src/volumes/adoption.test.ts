import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Volume } from '@berth/engine/types';
import { findAdoptionFault } from './adoption.ts';

const plain: Volume = {
  Name: 'shop_data',
  Driver: 'local',
  Mountpoint: '/var/lib/docker/volumes/shop_data/_data',
  Labels: { 'com.docker.compose.project': 'shop' },
  Options: null,
};
const fault = (found: Volume | undefined, running: readonly string[] = []) => {
  const refusal = findAdoptionFault('shop_data', found, running);
  return refusal === undefined ? undefined : `${refusal.code}: ${refusal.message}`;
};

test('a plain volume of the engine can be adopted, whoever made it', () => {
  assert.equal(fault(plain), undefined);
  assert.equal(fault({ ...plain, Labels: null, Options: {} }), undefined);
});

test('what is not there, is ours, leads elsewhere or is written to cannot', () => {
  assert.equal(fault(undefined), 'volume_not_found: The engine has no volume "shop_data".');
  assert.match(
    fault({ ...plain, Labels: { 'berth.volume': 'x', 'berth.platform': 'berth', 'berth.app': 'blog' } }) ??
      '',
    /^volume_taken: .* is one of Berth’s already, of the app blog on the platform berth\.$/,
  );
  assert.match(
    fault({ ...plain, Options: { type: 'none', o: 'bind', device: '/etc' } }) ?? '',
    /^volume_taken: .* its options lead elsewhere/,
  );
  assert.match(fault({ ...plain, Driver: 'nfs' }) ?? '', /^volume_taken: .* its driver is nfs/);
  assert.match(
    fault(plain, ['shop-db-1']) ?? '',
    /^volume_in_use: .* is mounted by shop-db-1; stop what writes there first/,
  );
});
