import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Engine } from '@berth/engine/engine';
import { systemClock } from '@berth/runtime/clock';
import { until } from '@berth/runtime/retry';
import { silent } from '@berth/testkit/linked-pair';
import { createBuildCaps } from './build-caps.ts';

const limits = { memoryBytesMax: 1024, cpusMax: 1.5 };
const engineWith = (CgroupVersion: string, CgroupDriver: string) =>
  ({ info: async () => ({ CgroupVersion, CgroupDriver }) }) as unknown as Engine;

test('cgroup v1: the shared parent of all builds is capped, memory and swap together', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'berth-cgroup-'));
  t.after(() => rm(root, { recursive: true }));
  for (const controller of ['memory', 'cpu', 'pids'])
    await mkdir(join(root, controller, 'docker'), { recursive: true });
  const caps = createBuildCaps({
    limits,
    engine: engineWith('1', 'cgroupfs'),
    clock: systemClock,
    log: silent,
    root,
  });
  await caps.hold(AbortSignal.timeout(1_000));
  const read = (file: string) => readFile(join(root, file), 'utf8');
  assert.equal(await read('memory/docker/buildkit/memory.limit_in_bytes'), '1024');
  assert.equal(await read('memory/docker/buildkit/memory.memsw.limit_in_bytes'), '1024');
  assert.equal(await read('cpu/docker/buildkit/cpu.cfs_quota_us'), '150000');
  assert.equal(await read('cpu/docker/buildkit/cpu.shares'), '256');
});

test('cgroup v2 with systemd: each build scope is capped when it appears, other scopes are not', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'berth-cgroup-'));
  t.after(() => rm(root, { recursive: true }));
  const build = 'system.slice/docker-rcmwwkiemray1qqas95vlvo64.scope';
  const task = `system.slice/docker-${'a'.repeat(64)}.scope`;
  await mkdir(join(root, task), { recursive: true });
  const over = new AbortController();
  const caps = createBuildCaps({
    limits,
    engine: engineWith('2', 'systemd'),
    clock: systemClock,
    log: silent,
    root,
  });
  await caps.hold(over.signal);
  await mkdir(join(root, build), { recursive: true });
  const cpu = await until(() => readFile(join(root, build, 'cpu.max'), 'utf8').catch(() => undefined), {
    clock: systemClock,
    everyMs: 20,
    signal: AbortSignal.timeout(5_000),
  });
  over.abort();
  assert.equal(cpu, '150000 100000');
  assert.equal(await readFile(join(root, build, 'memory.max'), 'utf8'), '1024');
  await assert.rejects(readFile(join(root, task, 'memory.max')));
});

test('where the tree cannot be written a build goes on', async () => {
  const caps = createBuildCaps({
    limits,
    engine: engineWith('1', 'cgroupfs'),
    clock: systemClock,
    log: silent,
    root: '/dev/null',
  });
  await caps.hold(AbortSignal.timeout(1_000));
});
