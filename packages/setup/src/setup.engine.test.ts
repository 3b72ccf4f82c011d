import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { AppError } from '@berth/contract/errors';
import { createEngine, isAbsent } from '@berth/engine/engine';
import { socketTransport } from '@berth/engine/transport';
import { systemClock } from '@berth/runtime/clock';
import { sandboxEngine, smallImage } from '@berth/testkit/sandbox-engine';
import { startDaemon } from './daemon-start.ts';
import { stopPlatform } from './down.ts';
import { observeEngine } from './engine.ts';
import { readOptional } from './files.ts';
import { isThere } from './is-there.ts';
import { choosePlatform } from './platform.ts';

const mayStartDaemons =
  process.getuid?.() === 0 && (await isThere('/usr/sbin/dockerd')) && (await isThere('/usr/bin/unshare'));

/**
 * A daemon sees to the bridges and the packet filter of its network namespace, and takes away those it does
 * not know: beside the machine's own it needs a namespace to itself.
 */
const isolated = ['unshare', '--net', '--mount', 'dockerd'] as const;

test('a daemon is started in its own session and answers, without touching the machine’s own', async (t) => {
  if (!mayStartDaemons) return t.skip('needs root and dockerd');
  const dir = await mkdtemp(join(tmpdir(), 'berth-dockerd-'));
  const record = join(dir, 'record.json');
  let pid: number | undefined;
  t.after(async () => {
    if (pid !== undefined) {
      process.kill(pid, 'SIGTERM');
      while (await isThere(`/proc/${pid}/exe`)) await systemClock.sleep(20);
    }
    await rm(dir, { recursive: true, force: true });
  });
  const engine = createEngine(socketTransport(join(dir, 'docker.sock')));
  const signal = AbortSignal.timeout(60_000);
  assert.deepEqual(await observeEngine(engine, signal), { kind: 'silent' });
  const args = [
    ['--data-root', join(dir, 'data')],
    ['--exec-root', join(dir, 'exec')],
    ['--pidfile', join(dir, 'pid')],
    ['--host', `unix://${join(dir, 'docker.sock')}`],
    ['--containerd-namespace', 'berth-test'],
    ['--containerd-plugins-namespace', 'berth-test-plugins'],
    ['--iptables=false', '--bridge=none'],
  ].flat();
  const started = await startDaemon({
    places: { logFile: join(dir, 'log'), record, command: [...isolated, ...args] },
    engine,
    clock: systemClock,
    signal,
  });
  pid = started.pid;
  assert.equal((await observeEngine(engine, signal)).kind, 'answers');
  assert.equal(JSON.parse((await readOptional(record)) ?? '{}').pid, pid);
  assert.equal((await readOptional(`/proc/${pid}/stat`))!.split(' ')[5], String(pid), 'a session of its own');
});

test('a daemon that cannot start is reported with its last words', async (t) => {
  if (!mayStartDaemons) return t.skip('needs root and dockerd');
  const dir = await mkdtemp(join(tmpdir(), 'berth-dockerd-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  await assert.rejects(
    startDaemon({
      places: {
        logFile: join(dir, 'log'),
        record: join(dir, 'record.json'),
        command: [...isolated, '--no-such-flag'],
      },
      engine: createEngine(socketTransport(join(dir, 'docker.sock'))),
      clock: systemClock,
      signal: AbortSignal.timeout(30_000),
    }),
    (cause) => {
      assert.ok(cause instanceof AppError);
      assert.match(cause.evidence.join('\n'), /no-such-flag/);
      return true;
    },
  );
  assert.deepEqual(await readdir(dir), ['log'], 'nothing is remembered of a daemon that never ran');
});

test('a purge removes what carries the platform’s label and its directory, and nothing else', async (t) => {
  const sandbox = await sandboxEngine(t);
  if (sandbox === undefined) return;
  const { engine, labels, name } = sandbox;
  const image = await smallImage(engine);
  if (image === undefined) return t.skip('no small image: run `./berth up`');
  const dir = await mkdtemp(join(tmpdir(), 'berth-purge-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const platform = choosePlatform({
    request: { name: `t${labels['berth.test']}`, dataDir: join(dir, 'data') },
    stored: {},
    detectedAddress: '127.0.0.1',
  });
  await mkdir(platform.dataDir);
  await writeFile(join(platform.dataDir, 'platform.json'), JSON.stringify(platform));
  await writeFile(join(dir, 'neighbour'), 'stays');
  const own = { ...labels, 'berth.platform': platform.name };
  const make = async (suffix: string, Labels: Record<string, string>): Promise<string> => {
    await engine.createNetwork({ Name: name(`${suffix}-net`), Driver: 'bridge', Labels });
    await engine.createVolume({ Name: name(`${suffix}-vol`), Labels });
    const { Id } = await engine.createContainer(name(suffix), {
      Image: image,
      Cmd: ['sleep', '60'],
      Labels,
      HostConfig: { NetworkMode: name(`${suffix}-net`), Init: true },
    });
    await engine.startContainer(Id);
    return Id;
  };
  const mine = await make('mine', own);
  const other = await make('other', { ...labels, 'berth.platform': 'another' });

  await stopPlatform({
    engine,
    clock: systemClock,
    platform,
    isPurge: true,
    signal: AbortSignal.timeout(60_000),
    report: () => {},
  });

  await assert.rejects(engine.inspectContainer(mine), isAbsent);
  await assert.rejects(engine.inspectNetwork(name('mine-net')), isAbsent);
  await assert.rejects(engine.inspectVolume(name('mine-vol')), isAbsent);
  assert.equal((await engine.inspectContainer(other)).State.Running, true);
  await engine.inspectNetwork(name('other-net'));
  await engine.inspectVolume(name('other-vol'));
  assert.deepEqual(await readdir(dir), ['neighbour']);
});
