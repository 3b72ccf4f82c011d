import assert from 'node:assert/strict';
import { test } from 'node:test';
import { label } from '@berth/domain/label';
import { systemClock } from '@berth/runtime/clock';
import { silent } from '@berth/testkit/linked-pair';
import { sandboxEngine } from '@berth/testkit/sandbox-engine';
import { keepCpuWeights, parseCpuWeight } from './cpu-weights.ts';

test('a weight is an integer the engine takes, and nothing else', () => {
  assert.equal(parseCpuWeight({ [label.cpuWeight]: '3072' }), 3072);
  for (const text of ['', '1', '1.5', 'many', '300000'])
    assert.equal(parseCpuWeight({ [label.cpuWeight]: text }), undefined);
});

test('a container that asks for a CPU weight has it soon after it starts, also one started before', async (t) => {
  const sandbox = await sandboxEngine(t);
  if (sandbox === undefined) return;
  const { engine } = sandbox;
  const platform = sandbox.name('weights');
  const stop = new AbortController();
  t.after(() => stop.abort());
  const run = async (weight: string) => {
    const { Id } = await engine.createContainer(sandbox.name(weight), {
      Image: 'berth/base',
      Cmd: ['sleep', '60'],
      Labels: { ...sandbox.labels, [label.platform]: platform, [label.cpuWeight]: weight },
    });
    await engine.startContainer(Id);
    return Id;
  };
  const hasShares = (id: string, shares: number) => async () =>
    (await engine.inspectContainer(id)).HostConfig.CpuShares === shares ? true : undefined;
  const before = await run('3072');
  void keepCpuWeights({
    platform,
    engine,
    clock: systemClock,
    log: silent,
    signal: stop.signal,
  });
  await sandbox.until(hasShares(before, 3072));
  const after = await run('512');
  await sandbox.until(hasShares(after, 512));
});
