import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { isAbsent } from '@berth/engine/engine';
import { demux } from '@berth/engine/streams';
import { sandboxEngine } from '@berth/testkit/sandbox-engine';
import { repositoryDir } from './images.ts';

/** systemd from the distribution becomes process 1; what it needs is not in the image. */
const boot =
  '[ -x /lib/systemd/systemd ] || { apt-get update -q && apt-get install -q -y --no-install-recommends systemd dbus; } && exec /lib/systemd/systemd';

/** The very code of `up`, said in one line when it is done. */
const prepare = `
import { prepareEngine, openEngine } from '/src/packages/setup/src/engine.ts';
import { systemClock } from '/src/packages/runtime/src/clock.ts';
const places = openEngine({});
const done = [];
try {
  await prepareEngine({
    ...places,
    clock: systemClock,
    signal: AbortSignal.timeout(200_000),
    report: (event) => event.kind === 'done' && done.push(event.text),
  });
} catch (cause) {
  console.log([cause.message, ...(cause.evidence ?? [])].join('\\n'));
  process.exit(1);
}
const { ExperimentalBuild } = await places.engine.info();
console.log(done.join('; ') + (ExperimentalBuild ? ', as set up' : ''));
`;

/** A machine where systemd runs and no engine is: a container with systemd as its first process. */
async function machineWithSystemd(t: TestContext) {
  const box = await sandboxEngine(t);
  if (box === undefined) return undefined;
  const { engine } = box;
  try {
    await engine.inspectImage('berth/node:latest');
  } catch (cause) {
    if (!isAbsent(cause)) throw cause;
    t.skip('no image berth/node: run `./berth up`');
    return undefined;
  }
  const { Id } = await engine.createContainer(box.name('systemd'), {
    Image: 'berth/node:latest',
    User: '0:0',
    Cmd: ['sh', '-c', boot],
    Env: ['container=docker', 'DEBIAN_FRONTEND=noninteractive'],
    Labels: box.labels,
    HostConfig: {
      CapAdd: ['SYS_ADMIN', 'NET_ADMIN', 'SYS_PTRACE', 'DAC_READ_SEARCH'],
      SecurityOpt: ['seccomp=unconfined', 'apparmor=unconfined'],
      CgroupnsMode: 'host',
      Binds: ['/sys/fs/cgroup:/sys/fs/cgroup:rw', `${repositoryDir}:/src:ro`],
      Mounts: [{ Type: 'volume', Target: '/var/lib/docker' }],
      // An engine sets up its bridge in /proc/sys/net, which is the container's own; all else is the machine's.
      ReadonlyPaths: ['fs', 'kernel', 'vm', 'dev', 'debug'].map((part) => `/proc/sys/${part}`),
      Tmpfs: { '/run': '', '/run/lock': '', '/tmp': 'exec' },
    },
  });
  await engine.startContainer(Id);
  const run = async (...Cmd: string[]): Promise<{ code: number | null; text: string }> => {
    const exec = await engine.createExec(Id, { Cmd, User: '0:0', AttachStdout: true, AttachStderr: true });
    let text = '';
    for await (const frame of demux(await engine.startExec(exec.Id, { tty: false })))
      text += frame.data.toString('utf8');
    return { code: (await engine.inspectExec(exec.Id)).ExitCode, text: text.trim() };
  };
  const isUp = () =>
    run('systemctl', 'is-system-running').then(({ text }) =>
      /^(running|degraded)$/.test(text) ? true : undefined,
    );
  await box.until(isUp, 120_000);
  return { box, run, isUp, id: Id };
}

test('where systemd runs, it starts the engine, now and at every boot', { timeout: 300_000 }, async (t) => {
  const machine = await machineWithSystemd(t);
  if (machine === undefined) return;
  const { box, run, isUp, id } = machine;
  const up = () => run('node', '--disable-warning=ExperimentalWarning', '--input-type=module', '-e', prepare);
  const state = async () => [
    (await run('systemctl', 'is-enabled', 'docker')).text,
    (await run('systemctl', 'is-active', 'docker')).text,
  ];
  const pid = async () => (await run('systemctl', 'show', '--property=MainPID', '--value', 'docker')).text;

  const installed = await up();
  assert.match(installed.text, /^Docker Engine \S+ installed and started, as set up$/, installed.text);
  assert.deepEqual(await state(), ['enabled', 'active']);
  assert.equal((await run('test', '-e', '/run/berth/dockerd.json')).code, 1, 'not a daemon of our own');

  const before = await pid();
  assert.match((await up()).text, /^Docker Engine \S+ answers, /);
  assert.equal(await pid(), before, 'an engine that answers is left alone');

  await run('systemctl', 'disable', '--now', 'docker.service', 'docker.socket');
  assert.deepEqual(await state(), ['disabled', 'inactive']);
  assert.match((await up()).text, /^Docker Engine \S+ started, /);
  assert.deepEqual(await state(), ['enabled', 'active']);

  await box.engine.stopContainer(id, { graceSeconds: 20 });
  await box.engine.startContainer(id);
  await box.until(isUp, 60_000);
  assert.deepEqual(await state(), ['enabled', 'active'], 'after a reboot it is there by itself');

  await run('systemctl', 'disable', '--now', 'docker.service', 'docker.socket');
  await run('sh', '-c', 'echo \'{"no-such-setting":1}\' > /etc/docker/daemon.json');
  const failed = await up();
  assert.equal(failed.code, 1);
  assert.match(failed.text, /^systemd could not start dockerd; its last words are quoted/);
  assert.match(failed.text, /no-such-setting/, 'the reason is among them');
});
