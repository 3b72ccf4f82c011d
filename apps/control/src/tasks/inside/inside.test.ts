import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerStats, Task } from '@berth/engine/types';
import type { ClientEnd } from '../client-end.ts';
import { lineFilter } from '../logs/filter.ts';
import { changesOf } from './changes.ts';
import { copy } from './copy.ts';
import { inMemoryOf, type Place } from './places.ts';
import { parseProcesses } from './processes.ts';
import { cpuPercentOf, usageOf } from './usage.ts';

const stats = (over: Partial<ContainerStats>): ContainerStats => ({
  read: '2026-11-24T10:00:00.000Z',
  cpu_stats: { cpu_usage: { total_usage: 0 } },
  precpu_stats: { cpu_usage: { total_usage: 0 } },
  memory_stats: {},
  pids_stats: {},
  ...over,
});

test('the share of a core between two samples', () => {
  const before = stats({ cpu_stats: { cpu_usage: { total_usage: 1e9 } } });
  const after = stats({
    read: '2026-11-24T10:00:02.000Z',
    cpu_stats: { cpu_usage: { total_usage: 2.5e9 } },
  });
  assert.equal(cpuPercentOf(before, after), 75);
  assert.equal(cpuPercentOf(after, before), 0, 'a container that started anew meanwhile');
  assert.equal(cpuPercentOf(before, before), 0);
});

test('memory is told without what the kernel could drop, whatever the version of cgroups', () => {
  const base = { usage: 100, limit: 400 };
  assert.equal(
    usageOf(stats({ memory_stats: { ...base, stats: { total_inactive_file: 30 } } })).memoryBytes,
    70,
  );
  assert.equal(usageOf(stats({ memory_stats: { ...base, stats: { inactive_file: 30 } } })).memoryBytes, 70);
  const { receivedBytes, sentBytes, readBytes, writtenBytes } = usageOf(
    stats({
      networks: { eth0: { rx_bytes: 1, tx_bytes: 2 }, eth1: { rx_bytes: 3, tx_bytes: 4 } },
      blkio_stats: {
        io_service_bytes_recursive: [
          { op: 'Read', value: 5 },
          { op: 'Write', value: 6 },
          { op: 'Total', value: 11 },
        ],
      },
    }),
  );
  assert.deepEqual([receivedBytes, sentBytes, readBytes, writtenBytes], [4, 6, 5, 6]);
});

test('rows of ps become processes; a command keeps its spaces', () => {
  assert.deepEqual(parseProcesses([['12', 'root', '1.5', '2048', '01:02', 'node', 'server.js']]), [
    {
      pid: 12,
      user: 'root',
      cpuPercent: 1.5,
      memoryBytes: 2_097_152,
      elapsed: '01:02',
      command: 'node server.js',
    },
  ]);
});

test('of the changed files those on mounts, the engine’s own, and bare parents are left out', () => {
  const found = [
    { Path: '/etc', Kind: 0 },
    { Path: '/etc/hosts', Kind: 0 },
    { Path: '/etc/app.conf', Kind: 0 },
    { Path: '/var', Kind: 0 },
    { Path: '/var/data', Kind: 1 },
    { Path: '/tmp', Kind: 0 },
    { Path: '/tmp/new', Kind: 1 },
    { Path: '/tmp/new/file', Kind: 1 },
    { Path: '/opt/gone', Kind: 2 },
  ] as const;
  assert.deepEqual(changesOf(found, ['/var/data']), [
    { kind: 'modified', path: '/etc/app.conf' },
    { kind: 'added', path: '/tmp/new' },
    { kind: 'added', path: '/tmp/new/file' },
    { kind: 'deleted', path: '/opt/gone' },
  ]);
});

test('log lines are found by text or by regular expression, in bounded time', async () => {
  const plain = await lineFilter('GET /a');
  assert.equal(plain?.('x GET /a 200'), true);
  assert.equal(plain?.('x GET /b 200'), false);
  const expression = await lineFilter('(?i)error .*5\\d\\d$');
  assert.equal(expression?.('an ERROR with 503'), true);
  assert.equal(expression?.('an ERROR with 404'), false);
  // What a backtracking engine would need ages for.
  assert.equal((await lineFilter('(a+)+$'))?.(`${'a'.repeat(5_000)}b`), false);
  await assert.rejects(lineFilter('(open'), /is no regular expression/);
  assert.equal(await lineFilter(undefined), undefined);
});

test('configs, secrets and tmpfs are in memory, and no change of a task', () => {
  const Spec = {
    ContainerSpec: {
      Secrets: [{ File: { Name: '/run/secrets/db' } }, { File: { Name: 'plain' } }],
      Configs: [{ File: { Name: '/etc/deep/app.conf' } }, { File: { Name: 'c' } }],
      Mounts: [
        { Type: 'tmpfs', Target: '/scratch' },
        { Type: 'volume', Target: '/data' },
      ],
    },
  };
  const inMemory = inMemoryOf({ Spec } as unknown as Task);
  assert.deepEqual(inMemory, [
    '/run/secrets/db',
    '/run/secrets/plain',
    '/etc/deep/app.conf',
    '/c',
    '/scratch',
  ]);
  const found = ['/run/secrets', '/run/secrets/db', '/etc/deep', '/etc/deep/app.conf', '/scratch', '/x'];
  assert.deepEqual(
    changesOf(
      found.map((Path) => ({ Path, Kind: 1 as const })),
      inMemory,
    ),
    [{ kind: 'added', path: '/x' }],
  );
});

test('nothing is copied out of memory or into it: the engine would give and take an empty file', async () => {
  const said: unknown[] = [];
  const place = { service: 'web', slot: 1, inMemory: ['/scratch', '/run/secrets/db'] } as unknown as Place;
  const client = { say: (message: unknown) => said.push(message) } as unknown as ClientEnd;
  for (const [direction, path] of [
    ['to', '/scratch'],
    ['from', '/a/../run/secrets/db'],
  ] as const)
    await assert.rejects(copy(place, { direction, path }, client, AbortSignal.timeout(1_000)), {
      code: 'invalid',
      message: /^(\/scratch|\/run\/secrets\/db) of web\.1 is in memory/,
    });
  assert.deepEqual(said, []);
});
