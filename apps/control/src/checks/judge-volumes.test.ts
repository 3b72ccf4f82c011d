import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeVolumes } from './judge-volumes.ts';

const MiB = 2 ** 20;
const volume = { id: 'v1', name: 'shop_data', sizeBytes: 100 * MiB, isRemoved: false };
const disk = { bytesFree: 1000 * MiB, bytesTotal: 2000 * MiB, bytesPromised: 0 };
const used = (share: number) => [{ id: 'v1', isThere: true, bytesUsed: share * MiB, bytesTotal: 100 * MiB }];

test('a volume is warned of from 80 % on, with the way to grow it', () => {
  const [fine] = judgeVolumes('n1', [volume], used(79), disk);
  assert.deepEqual([fine?.status, fine?.text], ['ok', 'n1 has 1 volume']);
  const [full] = judgeVolumes('n1', [volume], used(80), disk);
  assert.equal(full?.status, 'warning');
  assert.match(full?.text ?? '', /shop_data is 80 % full: 20 MiB left/);
  assert.match(full?.fix ?? '', /berth volume grow shop_data/);
});

test('one that is not there, or is not on its disk, is broken; the trash is only counted', () => {
  const away = [{ id: 'v1', isThere: false, fault: 'its data is not there' }];
  const [broken] = judgeVolumes('n1', [volume], away, disk);
  assert.equal(broken?.status, 'broken');
  assert.match(broken?.text ?? '', /shop_data cannot be used on n1: its data is not there/);
  assert.equal(judgeVolumes('n1', [volume], [], disk)[0]?.status, 'broken');
  const [trash] = judgeVolumes('n1', [{ ...volume, isRemoved: true }], [], disk);
  assert.equal(trash?.text, 'n1 has 0 volumes, and 1 in the trash');
});

test('more promised than the disk has is warned of, and so is a node that can have no limits', () => {
  const [promised] = judgeVolumes('n1', [volume], used(1), { ...disk, bytesPromised: 2000 * MiB });
  assert.match(promised?.text ?? '', /were promised 2\.0 GiB more, and its disk has 1000 MiB free/);
  const [limits] = judgeVolumes('n1', [volume], used(1), { ...disk, limitFault: 'it has no loop devices' });
  assert.match(limits?.text ?? '', /n1 cannot make or attach size-limited volumes: it has no loop devices/);
});
