import assert from 'node:assert/strict';
import { mkdtemp, readdir, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { AppError } from '@berth/contract/errors';
import { isAbsent } from '@berth/engine/engine';
import { demux } from '@berth/engine/streams';
import { tryCommand } from '@berth/runtime/command';
import { newId } from '@berth/runtime/ids';
import { silent } from '@berth/testkit/linked-pair';
import { sandboxEngine } from '@berth/testkit/sandbox-engine';
import { deviceOf, volumePlaces } from './options.ts';
import { createVolumes } from './volumes.ts';
import { createVolumeWorker } from './worker.ts';

const image = 'berth/volume:latest';
const MiB = 2 ** 20;
const soon = () => AbortSignal.timeout(60_000);

async function sandboxVolumes(t: TestContext) {
  const sandbox = await sandboxEngine(t);
  if (sandbox === undefined) return undefined;
  const { engine, labels } = sandbox;
  const isBaked = await engine.inspectImage(image).then(
    () => true,
    (cause) => !isAbsent(cause),
  );
  if (!isBaked || process.getuid?.() !== 0) {
    t.skip(`needs root and the image ${image}: run \`./berth up\``);
    return undefined;
  }
  const dir = await mkdtemp(join(tmpdir(), 'berth-volumes-'));
  const places = volumePlaces({ dataDir: dir, hostDataDir: dir });
  const worker = createVolumeWorker({ platform: sandbox.name('p'), image, hostDir: places.hostDir, engine });
  const volumes = createVolumes({ places, engine, worker, log: silent });
  t.after(async () => {
    for (const { Id } of await engine.listContainers({
      all: true,
      filters: { label: [`berth.test=${labels['berth.test']}`] },
    }))
      await engine.removeContainer(Id, { force: true });
    for (const id of await readdir(places.dir)) await volumes.remove(id, soon());
    await rm(dir, { recursive: true });
  });
  const id = newId(Date.now());
  const name = sandbox.name('data');
  const wish = { name, overcommit: false, labels: { ...labels } };

  /** A container with the volume at `at`; its id. */
  const start = async (at: string, command: readonly string[], options: object = {}) => {
    const { Id } = await engine.createContainer(sandbox.name(newId(Date.now())), {
      Image: 'berth/base',
      Cmd: command,
      Labels: labels,
      HostConfig: { Init: true, Mounts: [{ Type: 'volume', Source: name, Target: at, ...options }] },
    });
    await engine.startContainer(Id);
    return Id;
  };
  /** Runs a script to its end. */
  const run = async (at: string, script: string) => {
    const id = await start(at, ['sh', '-c', script]);
    const { StatusCode } = await engine.waitContainer(id);
    let text = '';
    for await (const frame of demux(await engine.containerLogs(id, {}))) text += frame.data.toString('utf8');
    await engine.removeContainer(id, { force: true });
    return { code: StatusCode, text };
  };
  return { ...sandbox, dir, places, volumes, id, name, wish, start, run };
}

const refusedWith = (code: string, words: RegExp) => (error: unknown) =>
  error instanceof AppError && error.code === code && words.test(error.message);

test('a limited volume is filled from the image, full at its size, and the host is not', async (t) => {
  const s = await sandboxVolumes(t);
  if (s === undefined) return;
  const state = await s.volumes.ensure(s.id, { ...s.wish, sizeBytes: 64 * MiB }, soon());
  assert.deepEqual(state.options, { type: 'xfs', o: 'discard', device: deviceOf(s.id) });
  // What the image has there is in the volume: it was empty.
  assert.match((await s.run('/etc/dpkg', 'ls /etc/dpkg')).text, /dpkg\.cfg/);
  const full = await s.run('/data', 'dd if=/dev/zero of=/data/big bs=1M count=100');
  assert.notEqual(full.code, 0);
  assert.match(full.text, /No space left on device/);
  const [usage] = await s.volumes.usage([s.id], soon());
  assert.equal(usage?.isThere, true);
  assert.ok(usage.bytesUsed !== undefined && usage.bytesUsed > 40 * MiB, JSON.stringify(usage));
  assert.ok(usage.bytesTotal !== undefined && usage.bytesTotal <= 64 * MiB);
  const file = await stat(join(s.places.dir, s.id, 'disk'));
  assert.ok(file.blocks * 512 <= 64 * MiB, 'the host gave more than the size');
});

test('it grows while a container writes to it: nothing is lost, nothing is restarted', async (t) => {
  const s = await sandboxVolumes(t);
  if (s === undefined) return;
  await s.volumes.ensure(s.id, { ...s.wish, sizeBytes: 64 * MiB }, soon());
  const id = await s.start('/data', [
    'sh',
    '-c',
    'dd if=/dev/urandom of=/data/first bs=1M count=40 2>/dev/null; sha256sum </data/first >/data/sum; sync; while :; do date >>/data/log; done',
  ]);
  await s.until(async () => ((await inside(s, id, 'cat /data/sum')).length > 60 ? true : undefined));
  const before = await s.engine.inspectContainer(id);
  await s.volumes.ensure(s.id, { ...s.wish, sizeBytes: 256 * MiB }, soon());
  const after = await s.engine.inspectContainer(id);
  assert.equal(after.State.StartedAt, before.State.StartedAt);
  assert.equal(await inside(s, id, 'sha256sum </data/first'), await inside(s, id, 'cat /data/sum'));
  const more = await inside(
    s,
    id,
    'dd if=/dev/zero of=/data/second bs=1M count=120 2>&1; stat -c %s /data/second',
  );
  assert.match(more, new RegExp(`^${120 * MiB}$`, 'm'));
  await assert.rejects(
    s.volumes.ensure(s.id, { ...s.wish, sizeBytes: 128 * MiB }, soon()),
    refusedWith('volume_size', /volumes only grow/),
  );
});

test('after a reboot its tasks do not start until it is attached, and nothing is written beside it', async (t) => {
  const s = await sandboxVolumes(t);
  if (s === undefined) return;
  await s.volumes.ensure(s.id, { ...s.wish, sizeBytes: 64 * MiB }, soon());
  await s.run('/data', 'echo kept > /data/row');
  // What a reboot does to it.
  const loop = await readlink(deviceOf(s.id));
  await rm(deviceOf(s.id));
  await tryCommand('losetup', ['--detach', loop], { signal: soon() });
  await assert.rejects(s.run('/data', 'echo lost > /data/row'), /no such file or directory|failed to mount/i);
  assert.deepEqual(await s.volumes.attach(soon()), [s.id]);
  assert.deepEqual(await s.volumes.attach(soon()), []);
  assert.equal((await s.run('/data', 'cat /data/row')).text, 'kept\n');
});

test('a volume without a limit is a directory of the agent: `docker volume prune` does not reach it', async (t) => {
  const s = await sandboxVolumes(t);
  if (s === undefined) return;
  const state = await s.volumes.ensure(s.id, s.wish, soon());
  assert.match((await s.run('/etc/dpkg', 'echo kept > /etc/dpkg/row; ls /etc/dpkg')).text, /dpkg\.cfg/);
  // What a prune does to it, and what Swarm does next: the same volume again, by the same options.
  await s.engine.removeVolume(s.name);
  await s.engine.createVolume({ Name: s.name, Driver: 'local', DriverOpts: state.options });
  assert.match((await s.run('/etc/dpkg', 'cat /etc/dpkg/row')).text, /kept/);
  await s.engine.removeVolume(s.name);
  const [usage] = await s.volumes.usage([s.id], soon());
  assert.ok((usage?.bytesUsed ?? 0) > 0);
});

test('in use it is not withdrawn; withdrawn, its data stays; removed, nothing does', async (t) => {
  const s = await sandboxVolumes(t);
  if (s === undefined) return;
  await s.volumes.ensure(s.id, { ...s.wish, sizeBytes: 64 * MiB }, soon());
  const id = await s.start('/data', ['sh', '-c', 'echo kept > /data/row; sync; sleep 600']);
  await s.until(async () => ((await inside(s, id, 'cat /data/row')) === 'kept\n' ? true : undefined));
  await assert.rejects(
    s.volumes.withdraw(s.id, soon()),
    refusedWith('volume_in_use', /mounted by berth-test/),
  );
  await s.engine.killContainer(id);
  await s.engine.waitContainer(id);
  await s.volumes.withdraw(s.id, soon());
  await assert.rejects(s.engine.inspectVolume(s.name), isAbsent);
  // Back under its name, the row is there.
  await s.volumes.ensure(s.id, { ...s.wish, sizeBytes: 64 * MiB }, soon());
  assert.equal((await s.run('/data', 'cat /data/row')).text, 'kept\n');
  await s.volumes.remove(s.id, soon());
  assert.deepEqual(await readdir(s.places.dir), []);
  await assert.rejects(readlink(deviceOf(s.id)));
});

test('no more is promised than the disk has, unless it is asked for', async (t) => {
  const s = await sandboxVolumes(t);
  if (s === undefined) return;
  const huge = { ...s.wish, sizeBytes: 2 * 2 ** 40 };
  const { bytesFree, limitFault } = await s.volumes.disk(soon());
  assert.equal(limitFault, undefined);
  if (bytesFree > huge.sizeBytes) return t.skip('this disk has 2 TiB free');
  await assert.rejects(s.volumes.ensure(s.id, huge, soon()), refusedWith('disk_full', /overcommit/));
  assert.deepEqual(await readdir(s.places.dir), []);
  await s.volumes.ensure(s.id, { ...huge, overcommit: true }, soon());
  const [usage] = await s.volumes.usage([s.id], soon());
  assert.ok((usage?.bytesTotal ?? 0) > 1.9 * 2 ** 40);
});

/** What a script says in a running container. */
async function inside(
  s: { engine: Parameters<typeof createVolumes>[0]['engine'] },
  container: string,
  script: string,
): Promise<string> {
  const { Id } = await s.engine.createExec(container, {
    Cmd: ['sh', '-c', script],
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await s.engine.startExec(Id, { tty: false });
  let text = '';
  for await (const frame of demux(stream)) text += frame.data.toString('utf8');
  return text;
}

test('an adopted volume keeps its name, its data and its place, also when Berth lets it go', async (t) => {
  const s = await sandboxVolumes(t);
  if (s === undefined) return;
  const { engine, volumes, id, name } = s;
  await engine.createVolume({ Name: name, Labels: { ...s.labels, 'com.docker.compose.volume': 'data' } });
  await s.run('/data', 'head -c 3000000 /dev/urandom >/data/rows; sha256sum </data/rows >/data/sum');
  const before = await engine.inspectVolume(name);

  const holder = await s.start('/data', ['sleep', '60']);
  const wish = { ...s.wish, isAdopted: true };
  await assert.rejects(volumes.ensure(id, wish, soon()), refusedWith('volume_in_use', /is mounted by/));
  assert.deepEqual(await readdir(s.places.dir).catch(() => []), [], 'nothing is left of a refusal');
  await engine.removeContainer(holder, { force: true });

  assert.deepEqual(await volumes.ensure(id, wish, soon()), { id, name, options: {} });
  assert.deepEqual(await volumes.ensure(id, wish, soon()), { id, name, options: {} }, 'twice does no harm');
  const [usage] = await volumes.usage([id], soon());
  assert.equal(usage?.isThere, true);
  assert.ok((usage.bytesUsed ?? 0) > 3_000_000 && (usage.bytesUsed ?? 0) < 4_000_000, `${usage.bytesUsed}`);

  const user = await s.start('/data', ['sleep', '60']);
  await assert.rejects(volumes.withdraw(id, soon()), refusedWith('volume_in_use', /is mounted by/));
  await engine.removeContainer(user, { force: true });
  await volumes.remove(id, soon());
  assert.deepEqual(await engine.inspectVolume(name), before);
  const { code, text } = await s.run('/data', 'sha256sum </data/rows | cmp - /data/sum && echo the same');
  assert.deepEqual([code, text], [0, 'the same\n']);
});

test('an adopted volume that somebody removed is told', async (t) => {
  const s = await sandboxVolumes(t);
  if (s === undefined) return;
  const { engine, volumes, id, name } = s;
  await engine.createVolume({ Name: name, Labels: s.labels });
  await volumes.ensure(id, { ...s.wish, isAdopted: true }, soon());
  await engine.removeVolume(name);
  assert.deepEqual(await volumes.usage([id], soon()), [
    { id, isThere: false, fault: `the engine has no volume ${name} any more` },
  ]);
});
