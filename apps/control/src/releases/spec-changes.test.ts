import assert from 'node:assert/strict';
import { test } from 'node:test';
import { safeDefaults } from '@berth/domain/service';
import { aServiceSpec } from '@berth/testkit/builders';
import { describeSettings } from './spec-changes.ts';

const MiB = 2 ** 20;

test('each changed setting is a line in words, with what it was and what it is', () => {
  const was = aServiceSpec({ capAdd: ['NET_RAW'], labels: { a: '1' } });
  const is = aServiceSpec({
    resources: {
      ...safeDefaults.resources,
      memoryBytesMax: 1024 * MiB,
      cpuset: '0-1',
      memorySwapBytesMax: -1,
    },
    stop: { graceMs: 5_000 },
    capAdd: ['IPC_LOCK'],
    labels: { a: '2', b: '3' },
    sysctls: { 'net.core.somaxconn': '10' },
    tty: true,
    mode: 'global',
    placement: { constraints: ['node.role == worker'], spread: [], replicasPerNodeMax: 2 },
    ulimits: [{ name: 'nofile', soft: 1, hard: 2 }],
    mounts: [
      { kind: 'volume', source: 'data', target: '/d', readOnly: true, copy: false },
      { kind: 'tmpfs', target: '/t', sizeBytes: MiB, mode: 0o1777 },
    ],
    files: [{ kind: 'config', source: './c', target: '/c', uid: '0', gid: '0', mode: 0o444 }],
    ports: [{ target: 53, published: 5353, protocol: 'udp' }],
    dependsOn: [{ service: 'db', condition: 'healthy', required: true, restart: false }],
    networks: [{ network: 'back', aliases: ['api'] }],
  });
  assert.deepEqual(describeSettings(was, was), []);
  assert.deepEqual(describeSettings(was, is), [
    'memory limit 512 MiB → 1024 MiB',
    'processors unset → 0-1',
    'limit of memory and swap unset → none',
    'stop grace period 30 s → 5 s',
    'added capabilities: + IPC_LOCK, − NET_RAW',
    'ulimits: + nofile 1:2',
    'mounts: + volume data at /d (read-only; not filled by the image), + tmpfs at /t (1 MiB; 1777)',
    'mode replicated → global',
    'networks: + back as api, − default',
    'ports of the node: + 5353:53/udp',
    'mounted files: + config ./c at /c (0444; 0:0)',
    'waits for: + db (healthy)',
    'placement constraints: + node.role == worker',
    'placement replicas per node unset → 2',
    'kernel setting net.core.somaxconn unset → 10',
    'terminal false → true',
    'label a 1 → 2',
    'label b unset → 3',
  ]);
});

test('another order alone is said, and a command is told as a whole', () => {
  assert.deepEqual(
    describeSettings(
      aServiceSpec({ groups: ['a', 'b'], command: ['x'] }),
      aServiceSpec({ groups: ['b', 'a'], command: ['x', 'y'] }),
    ),
    ['command ["x"] → ["x","y"]', 'groups: in another order'],
  );
});
