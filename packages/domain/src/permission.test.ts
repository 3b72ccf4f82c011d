import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { capabilitiesDropped, knownCapabilities, reachOf } from './capability.ts';
import {
  covers,
  findBindFault,
  findNestedBind,
  findUngranted,
  judgePermission,
  permissionsOf,
} from './permission.ts';
import { safeDefaults } from './service.ts';

const spec = (over: object = {}) => ({ ...safeDefaults, name: 'web', ...over });

describe('a permission', () => {
  test('is written in one way', () => {
    const judged = judgePermission('cap:cap_net_admin');
    assert.deepEqual(judged, {
      kind: 'neighbours',
      permission: 'cap:NET_ADMIN',
      risk: 'it could take the addresses of other tasks of its networks',
    });
    const bind = judgePermission('bind:/srv/media:ro');
    assert.ok(bind.kind === 'node' && bind.permission === 'bind:/srv/media');
  });
  for (const [text, why] of [
    ['cap:CHOWN', 'CHOWN needs no grant'],
    ['cap:SUPER', 'SUPER is not a capability of the kernel'],
    ['privileged', '"privileged" is not a permission'],
    ['network:constructor', '"network:constructor" is not a permission'],
    ['bind:/', 'it is the whole node'],
    ['bind:/etc/passwd', '/etc belongs to the node itself'],
    ['bind:/var', '/var/run belongs to the node itself'],
    [
      'bind:/srv/../etc',
      '"/srv/../etc" is not an absolute path as it is stored: without ".", "..", ":" and ","',
    ],
  ] as const)
    test(`${text} can be granted by nobody`, () =>
      assert.deepEqual(judgePermission(text), { kind: 'never', why }));

  test('of every capability is none, or names the risk', () => {
    for (const name of knownCapabilities) {
      const judged = judgePermission(`cap:${name}`);
      assert.equal(judged.kind === 'never', reachOf(name)?.kind === 'container', name);
    }
  });

  test('to write is one to read, and no other way round', () => {
    assert.ok(covers('bind:/srv/a:rw', 'bind:/srv/a'));
    assert.ok(!covers('bind:/srv/a', 'bind:/srv/a:rw'));
    assert.ok(!covers('bind:/srv/a:rw', 'bind:/srv/a/b'));
  });

  test('of a place is never one above, in or at a place of the node', () => {
    const part = fc.constantFrom(
      'srv',
      'etc',
      'var',
      'run',
      'lib',
      'docker',
      'docker.sock',
      'media',
      '..',
      '.',
      '',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
        const path = `/${parts.join('/')}`;
        if (findBindFault(path) !== undefined) return;
        assert.ok(!/\/\.|\/\/|\/$/.test(path), path);
        for (const kept of ['/etc', '/run', '/var/run', '/lib', '/var/lib/docker'])
          assert.ok(!`${path}/`.startsWith(`${kept}/`) && !`${kept}/`.startsWith(`${path}/`), path);
      }),
    );
  });
});

test('one directory inside another that is written is found', () => {
  assert.deepEqual(findNestedBind(['bind:/srv/a/b', 'bind:/srv/a:rw']), ['/srv/a', '/srv/a/b']);
  assert.equal(findNestedBind(['bind:/srv/a/b', 'bind:/srv/a', 'bind:/srv/ab:rw']), undefined);
});

test('a service asks for what it adds', () => {
  assert.deepEqual(permissionsOf(spec()), []);
  assert.deepEqual(
    permissionsOf(
      spec({
        capAdd: ['NET_RAW', 'cap_net_admin', 'NET_ADMIN'],
        mounts: [{ kind: 'bind', source: '/srv/a', target: '/a', readOnly: false }],
        seccomp: { kind: 'unconfined' },
      }),
    ),
    ['cap:NET_ADMIN', 'bind:/srv/a:rw', 'seccomp:unconfined'],
  );
});

test('a grant is of one app’s service or all of them, and ends', () => {
  const asking = [spec({ capAdd: ['NET_ADMIN'] }), spec({ name: 'db', capAdd: ['SYS_NICE'] })];
  const nice = { permission: 'cap:SYS_NICE', expiresAt: 10 };
  const net = { service: 'web', permission: 'cap:NET_ADMIN', expiresAt: 20 };
  assert.deepEqual(findUngranted(asking, [nice, net], 5), []);
  assert.deepEqual(findUngranted(asking, [nice, net], 10), [{ service: 'db', permission: 'cap:SYS_NICE' }]);
  assert.deepEqual(findUngranted(asking, [{ ...net, service: 'db' }, nice], 5), [
    { service: 'web', permission: 'cap:NET_ADMIN' },
  ]);
});

test('what is withheld is what nobody asked for', () => {
  assert.deepEqual(capabilitiesDropped([], []), ['AUDIT_WRITE', 'MKNOD', 'NET_RAW']);
  assert.deepEqual(capabilitiesDropped(['CAP_MKNOD'], ['net_raw']), ['net_raw', 'AUDIT_WRITE']);
  assert.deepEqual(capabilitiesDropped(['all'], ['CHOWN']), ['CHOWN']);
});
