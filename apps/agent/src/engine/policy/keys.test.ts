import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { findKeyFault } from './keys.ts';

const task = (container: object, more: object = {}) => ({
  Name: 'shop-web-r1',
  TaskTemplate: { ContainerSpec: { Image: 'i', ...container }, ...more },
});
const volume = { Type: 'volume', Source: 'data', Target: '/data' };

describe('a key the engine would understand in another case is denied, at any depth', () => {
  const root = { Name: 'local', Options: { type: 'none', o: 'bind', device: '/' } };
  const cases: readonly [string, object, string][] = [
    [
      'a volume that is any directory',
      task({ Mounts: [{ ...volume, VolumeOptions: { driverconfig: root } }] }),
      'TaskTemplate.ContainerSpec.Mounts.VolumeOptions.driverconfig',
    ],
    ['beside the right one', task({ Mounts: [volume, { ...volume, source: '/' }] }), 'source'],
    ['without a value, which unsets the right one', task({ Mounts: [{ ...volume, type: '' }] }), 'type'],
    ['ports', { EndpointSpec: { ports: [{ TargetPort: 80 }] } }, 'EndpointSpec.ports'],
    ['devices', task({}, { Resources: { reservations: { GenericResources: [{}] } } }), 'reservations'],
    ['a secret of others', task({ Secrets: [{ SecretID: 'a', secretid: 'b' }] }), 'secretid'],
    ['a network of others', { NetworkingConfig: { endpointsconfig: { other: {} } } }, 'endpointsconfig'],
    [
      'in what has a name somebody chose',
      { NetworkingConfig: { EndpointsConfig: { ours: { Aliases: [], NetworkID: 'x' } } } },
      'NetworkID',
    ],
    ['a privileged exec', { Cmd: ['sh'], privileged: true }, 'privileged'],
  ];
  for (const [name, body, key] of cases)
    test(name, () => assert.match(findKeyFault(body) ?? '', new RegExp(`${key} is not one Berth uses$`)));
});

describe('what is no key of the engine’s is not looked at', () => {
  test('names somebody chose, and their values', () => {
    const body = {
      Labels: { type: 'x', 'com.example.Privileged': 'y' },
      HostConfig: { Sysctls: { 'kernel.shmmax': '1' }, LogConfig: { Type: 'local', Config: { tag: 't' } } },
      NetworkingConfig: { EndpointsConfig: { privileged: { Aliases: ['type'] } } },
    };
    assert.equal(findKeyFault(body), undefined);
  });
  test('a field the engine knows and nobody has set', () => {
    assert.equal(findKeyFault(task({ Seccomp: null, PidMode: '', Platforms: [] })), undefined);
    assert.equal(
      findKeyFault(task({ PidMode: 'host' })),
      'TaskTemplate.ContainerSpec.PidMode is not one Berth uses',
    );
  });
  test('anything that is not an object', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.array(fc.string())), (body) => {
        assert.equal(findKeyFault(body), undefined);
      }),
    );
  });
});
