import { test } from 'node:test';
import { label } from '@berth/domain/label';
import { printTaskLimits, type TaskLimits } from '@berth/domain/task-limits';
import { systemClock } from '@berth/runtime/clock';
import { silent } from '@berth/testkit/linked-pair';
import { sandboxEngine } from '@berth/testkit/sandbox-engine';
import { keepTaskLimits } from './task-limits.ts';

const MiB = 1024 * 1024;

test('a container has what limits its label asks for soon after it starts, also one started before', async (t) => {
  const sandbox = await sandboxEngine(t);
  if (sandbox === undefined) return;
  const { engine } = sandbox;
  const platform = sandbox.name('limits');
  const stop = new AbortController();
  t.after(() => stop.abort());
  const run = async (name: string, limits: TaskLimits) => {
    const { Id } = await engine.createContainer(sandbox.name(name), {
      Image: 'berth/base',
      Cmd: ['sleep', '60'],
      Labels: { ...sandbox.labels, [label.platform]: platform, [label.taskLimits]: printTaskLimits(limits) },
      HostConfig: { Memory: 64 * MiB },
    });
    await engine.startContainer(Id);
    return Id;
  };
  const has = (id: string, wanted: Record<string, unknown>) => async () => {
    const { HostConfig } = await engine.inspectContainer(id);
    return Object.entries(wanted).every(([key, value]) => HostConfig[key] === value) ? true : undefined;
  };
  const before = await run('before', { cpuWeight: 3072 });
  void keepTaskLimits({ platform, engine, clock: systemClock, log: silent, signal: stop.signal });
  await sandbox.until(has(before, { CpuShares: 3072 }));
  const after = await run('after', {
    cpuWeight: 512,
    cpuset: '0',
    memoryBytesMax: 64 * MiB,
    memoryBytesReserved: 32 * MiB,
    memorySwapBytesMax: 64 * MiB,
  });
  await sandbox.until(
    has(after, {
      CpuShares: 512,
      CpusetCpus: '0',
      Memory: 64 * MiB,
      MemoryReservation: 32 * MiB,
      MemorySwap: 64 * MiB,
    }),
  );
  const free = await run('free', { memoryBytesMax: 64 * MiB, memorySwapBytesMax: -1 });
  await sandbox.until(has(free, { MemorySwap: Number.MAX_SAFE_INTEGER }));
});
