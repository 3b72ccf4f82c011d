import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Entry } from '@berth/engine/log-entries';
import { ndjson } from '@berth/engine/streams';
import { systemClock } from '@berth/runtime/clock';
import { sandboxEngine, smallImage } from '@berth/testkit/sandbox-engine';
import { createLogArchive } from './archive.ts';
import { keepLogs } from './keep.ts';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

test('what a task said is there after its service was removed, whole and once', async (t) => {
  const sandbox = await sandboxEngine(t);
  if (sandbox === undefined) return;
  const image = await smallImage(sandbox.engine);
  if (image === undefined) return void t.skip('no small image on this machine');
  const { engine } = sandbox;
  const platform = sandbox.name('p');
  const dir = await mkdtemp(join(tmpdir(), 'berth-keep-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const archive = createLogArchive({ dir, now: () => systemClock.now() });
  const start = () => {
    const stop = new AbortController();
    const done = keepLogs({
      platform,
      archive,
      engine,
      clock: systemClock,
      log: silent,
      signal: stop.signal,
    });
    return async () => {
      stop.abort(new Error('over'));
      await done;
    };
  };
  const service = async (name: string, script: string, replicas = 1) => {
    const labels = {
      ...sandbox.labels,
      'berth.platform': platform,
      'berth.app': 'shop',
      'berth.service': name,
      'berth.release': '3',
    };
    await engine.createService({
      Name: sandbox.name(name),
      Labels: labels,
      TaskTemplate: {
        ContainerSpec: { Image: image, Labels: labels, Command: ['/bin/sh', '-c', script], Init: true },
        RestartPolicy: { Condition: 'none' },
        LogDriver: { Name: 'json-file' },
      },
      Mode: { Replicated: { Replicas: replicas } },
    });
    await sandbox.until(async () => {
      const tasks = await engine.listTasks({ filters: { service: [sandbox.name(name)] } });
      const isThere = tasks.every(({ Status }) => ['running', 'complete'].includes(Status.State));
      return tasks.length === replicas && isThere ? true : undefined;
    });
  };
  const linesOf = async (name: string): Promise<string[][]> => {
    const kept = (await archive.list('shop')).filter((log) => log.service === name);
    return Promise.all(
      kept.map(async ({ file }) => {
        const texts: string[] = [];
        for await (const entry of ndjson<Entry>(archive.read('shop', file))) texts.push(entry.text);
        return texts;
      }),
    );
  };
  const keptOf = (name: string, count: number) =>
    sandbox.until(async () => {
      const found = await linesOf(name);
      return found.length === count ? found : undefined;
    }, 60_000);
  const said = 'trap "echo last; exit 0" TERM; for i in 1 2 3; do echo line $i; done; sleep 600 & wait';

  let stop = start();
  await service('web', said, 3);
  await sandbox.until(async () => {
    const found = await engine.listContainers({ filters: { label: [`berth.platform=${platform}`] } });
    const logs = await Promise.all(
      found.map(async ({ Id }) => String(await (await engine.containerLogs(Id, { tail: 9 })).toArray())),
    );
    return logs.length === 3 && logs.every((text) => text.includes('line 3')) ? true : undefined;
  });
  await engine.removeService(sandbox.name('web'));
  const whole = ['line 1', 'line 2', 'line 3', 'last'];
  assert.deepEqual(await keptOf('web', 3), [whole, whole, whole]);

  // A task that ended while the agent was away is found when it is back, and once.
  await stop();
  await service('brief', 'echo short');
  stop = start();
  assert.deepEqual(await keptOf('brief', 1), [['short']]);
  await stop();
  stop = start();
  await service('other', 'echo more');
  await keptOf('other', 1);
  assert.equal((await linesOf('brief')).length, 1);
  await stop();
});
