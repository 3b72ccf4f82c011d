import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printLogFiles } from '@berth/domain/log-file';
import { readEntries } from '@berth/engine/log-entries';
import { systemClock } from '@berth/runtime/clock';
import { sandboxEngine, smallImage } from '@berth/testkit/sandbox-engine';
import { keepLogFiles } from './files.ts';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

test('lines of declared files are in the log of the task: new files, renamed ones, truncated ones, each once', async (t) => {
  const sandbox = await sandboxEngine(t);
  if (sandbox === undefined) return;
  const image = await smallImage(sandbox.engine);
  if (image === undefined) return void t.skip('no small image on this machine');
  const { engine } = sandbox;
  const platform = sandbox.name('p');
  const start = () => {
    const stop = new AbortController();
    const done = keepLogFiles({ platform, engine, clock: systemClock, log: silent, signal: stop.signal });
    return async () => {
      stop.abort(new Error('over'));
      await done;
    };
  };
  let stop = start();
  t.after(() => stop());
  const name = sandbox.name('web');
  await engine.createContainer(name, {
    Image: image,
    Cmd: ['/bin/sh', '-c', 'mkdir -p /tmp/log /tmp/kept; echo before > /tmp/kept/a.log; echo up; sleep 600'],
    Labels: {
      ...sandbox.labels,
      'berth.platform': platform,
      'berth.log-files': printLogFiles([
        { pattern: '/tmp/log/*.log', isKept: false },
        { pattern: '/tmp/kept/a.log', isKept: false },
      ]),
    },
    HostConfig: { Init: true },
  });
  await engine.startContainer(name);
  const say = async (line: string) => {
    const { Id } = await engine.createExec(name, { Cmd: ['/bin/sh', '-c', line], AttachStdout: true });
    await (await engine.startExec(Id, { tty: false })).toArray();
  };
  const lines = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { text } of readEntries(
      await engine.containerLogs(name, { tail: 'all', timestamps: true }),
    ))
      found.push(text);
    return found;
  };
  const has = (text: string) =>
    sandbox.until(async () => ((await lines()).includes(text) ? true : undefined), 30_000);

  await has('before');
  await say('echo one > /tmp/log/access.log');
  await has('one');
  await say('mv /tmp/log/access.log /tmp/log/access.1; echo two > /tmp/log/access.log');
  await has('two');
  // The agent comes back: what follows already is not doubled.
  await stop();
  stop = start();
  await say('echo three >> /tmp/log/access.log; echo other > /tmp/log/error.log');
  await has('three');
  await has('other');
  // Each file is there for a second and a half only, then another has its name.
  for (const n of [1, 2, 3]) {
    await say(`mv /tmp/log/error.log /tmp/log/error.1; echo swift ${n} > /tmp/log/error.log; sleep 1.5`);
  }
  await has('swift 3');
  await say(': > /tmp/log/access.log');
  await say('sleep 1.5; echo four >> /tmp/log/access.log');
  await has('four');
  assert.deepEqual((await lines()).sort(), [
    ...['before', 'four', 'one', 'other', 'swift 1', 'swift 2', 'swift 3', 'three', 'two', 'up'],
  ]);
});
