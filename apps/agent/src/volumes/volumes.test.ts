import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { judged, policySettings } from '../engine/policy/fixtures/judged.ts';
import { isVolumeOptions, volumeOptions } from './options.ts';
import { findPromiseFault } from './promise.ts';

const hostDir = '/var/lib/berth/agent/volumes';
const id = '0123456789abcdefghjk';
const settings = policySettings({ volumesDir: hostDir, ownDir: '/nowhere' });

test('the options of a volume are known again, and no other directory or device is taken for one', () => {
  for (const isLimited of [true, false])
    assert.ok(isVolumeOptions(volumeOptions({ id, isLimited, hostDir }), hostDir));
  const bind = volumeOptions({ id, isLimited: false, hostDir });
  const disk = volumeOptions({ id, isLimited: true, hostDir });
  for (const other of [
    {},
    { ...bind, device: '/etc' },
    { ...bind, device: `${hostDir}/${id}` },
    { ...bind, device: `${hostDir}/../${id}/data` },
    { ...bind, device: `${hostDir}/${id}/data/volumes/${id}/data` },
    { ...bind, device: `${hostDir}/${id}/data/` },
    { ...bind, o: 'bind,rshared' },
    { ...disk, device: '/dev/sda1' },
    { ...disk, device: `/dev/berth/${id}/data` },
    { ...disk, o: 'discard,suid' },
    { ...disk, more: 'x' },
  ])
    assert.equal(isVolumeOptions(other, hostDir), false, JSON.stringify(other));
});

test('a task may mount a volume by the options of this node, and by no others', () => {
  const judge = (options: object) => {
    const labels = { 'berth.platform': 'p' };
    const mount = {
      Type: 'volume',
      Source: 'shop_data',
      Target: '/data',
      VolumeOptions: { DriverConfig: { Name: 'local', Options: options } },
    };
    const asked = [
      [
        '/services/create',
        { Labels: labels, TaskTemplate: { ContainerSpec: { Labels: labels, Mounts: [mount] } } },
      ],
      ['/containers/create', { Labels: labels, HostConfig: { Mounts: [mount] } }],
    ] as const;
    return asked.map(([path, body]) => judged('POST', path, body, settings).kind);
  };
  assert.deepEqual(judge(volumeOptions({ id, isLimited: true, hostDir })), ['allow', 'allow']);
  assert.deepEqual(judge(volumeOptions({ id, isLimited: false, hostDir })), ['allow', 'allow']);
  assert.deepEqual(judge({ type: 'none', o: 'bind', device: '/' }), ['deny', 'deny']);
});

test('a disk promises what it has less what it promised before', () => {
  const amount = fc.nat(2 ** 40);
  fc.assert(
    fc.property(amount, amount, amount, (bytesFree, bytesPromised, bytesMore) => {
      const fault = findPromiseFault({ bytesFree, bytesPromised, bytesMore });
      assert.equal(fault === undefined, bytesMore <= Math.max(0, bytesFree - bytesPromised));
    }),
  );
  assert.match(
    findPromiseFault({ bytesFree: 2 ** 33, bytesPromised: 2 ** 32, bytesMore: 2 ** 41 }) ?? '',
    /it asks for 2\.0 TiB more, and the disk has 8\.0 GiB free, 4\.0 GiB of them promised/,
  );
});
