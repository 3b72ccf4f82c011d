import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { label } from '@berth/domain/label';
import { type TestSession, taskRig } from './fixtures/rig.ts';

const path = (operation: 'exec' | 'run') => `/v1/apps/shop/${operation}`;

test('commands in a running task', async (t) => {
  const rig = await taskRig(t);
  if (rig === undefined) return;
  await rig.start({ service: 'web', script: 'sleep 600', port: 8080 });
  await rig.start({ service: 'worker', script: 'sleep 600' });
  const processes = async (text: string) => {
    const session: TestSession = await rig.open(path('exec'), {
      command: [
        'sh',
        '-c',
        'for d in /proc/[0-9]*; do tr "\\0" " " <$d/cmdline; echo; done 2>/dev/null | grep -c "$0" || true',
        text.replace(/^(.)/, '[$1]'),
      ],
    });
    await session.exit();
    return Number(session.stdout().trim());
  };

  await t.test('its output on two channels, and its exit code', async () => {
    const session: TestSession = await rig.open(path('exec'), {
      command: ['sh', '-c', 'echo out; echo err >&2; exit 7'],
    });
    assert.equal(await session.exit(), 7);
    assert.equal(session.stdout(), 'out\n');
    assert.equal(session.stderr(), 'err\n');
    assert.deepEqual(
      session.messages.map((message) => message.kind),
      ['started', 'exit'],
    );
    assert.equal(session.messages[0]?.kind === 'started' && session.messages[0].service, 'web');
  });

  await t.test('a program that is not there ends as a shell says it: 126 or 127', async () => {
    const session: TestSession = await rig.open(path('exec'), { command: ['no-such-program'] });
    assert.match(String(await session.exit()), /^12[67]$/);
  });

  await t.test('standard input to its end, more than any buffer holds', async () => {
    const session: TestSession = await rig.open(path('exec'), { command: ['sha256sum'] });
    const block = Buffer.alloc(64 * 1024, 'berth');
    for (let i = 0; i < 160; i++) session.write(block);
    session.say({ kind: 'eof' });
    assert.equal(await session.exit(), 0);
    const { createHash } = await import('node:crypto');
    const hash = createHash('sha256');
    for (let i = 0; i < 160; i++) hash.update(block);
    assert.equal(session.stdout(), `${hash.digest('hex')}  -\n`);
  });

  await t.test('input a process does not take does not end the session', async () => {
    const session: TestSession = await rig.open(path('exec'), { command: ['sh', '-c', 'echo done; exit 3'] });
    for (let i = 0; i < 40; i++) session.write(Buffer.alloc(64 * 1024));
    assert.equal(await session.exit(), 3);
    assert.equal(session.stdout(), 'done\n');
  });

  await t.test(
    'ten megabytes of output arrive whole, with a client that stops reading now and then',
    async () => {
      const session: TestSession = await rig.open(path('exec'), {
        command: ['head', '-c', '10000000', '/dev/zero'],
      });
      let bytes = 0;
      session.socket.on('message', (data, isBinary) => {
        if (!isBinary) return;
        bytes += (data as Buffer).length - 1;
        session.socket.pause();
        setImmediate(() => session.socket.resume());
      });
      assert.equal(await session.exit(), 0);
      assert.equal(session.stdout().length, 10_000_000);
      assert.ok(bytes > 0);
    },
  );

  await t.test('a slow reader holds its own direction; the connection stays alive', async () => {
    const alive = async (session: TestSession) => {
      session.socket.ping();
      await once(session.socket, 'pong');
    };
    const flows = (session: TestSession) =>
      session.messages.flatMap((message) => (message.kind === 'flow' ? [message.go] : []));
    const eater: TestSession = await rig.open(path('exec'), {
      command: ['sh', '-c', 'while [ ! -e /tmp/eat ]; do sleep 0.05; done; wc -c'],
    });
    for (let i = 0; i < 200; i++) eater.write(Buffer.alloc(64 * 1024));
    eater.say({ kind: 'eof' });
    await eater.until(() => flows(eater).includes(false), 'the input is held');
    await alive(eater);
    const touch: TestSession = await rig.open(path('exec'), { command: ['touch', '/tmp/eat'] });
    assert.equal(await touch.exit(), 0);
    assert.equal(await eater.exit(), 0);
    assert.equal(eater.stdout().trim(), String(200 * 64 * 1024));

    const talker: TestSession = await rig.open(path('exec'), {
      command: ['sh', '-c', 'echo begun; head -c 20000000 /dev/zero'],
    });
    await talker.until(() => talker.stdout().startsWith('begun'), 'it begins');
    talker.say({ kind: 'flow', go: false });
    // Two answers in a row with nothing in between: what was on its way has come.
    for (let before = -1; before !== talker.stdout().length; await alive(talker))
      before = talker.stdout().length;
    const held = talker.stdout().length;
    assert.ok(held < 20_000_000, `${held} bytes came although nobody wanted them`);
    talker.say({ kind: 'flow', go: true });
    assert.equal(await talker.exit(), 0);
    assert.equal(talker.stdout().length, 'begun\n'.length + 20_000_000);
  });

  await t.test('a terminal: its size from the start, its size changed, Ctrl-C, the exit code', async () => {
    const session: TestSession = await rig.open(path('exec'), {
      command: ['sh'],
      tty: 'true',
      rows: '31',
      columns: '97',
    });
    await session.until(() => session.messages.length > 0, 'started');
    session.write('sleep 0.3; stty size; echo term=$TERM\n');
    await session.until(() => /31 97\r$/m.test(session.stdout()), 'the first size');
    await session.until(() => /term=xterm-256color\r$/m.test(session.stdout()), 'TERM');
    session.say({ kind: 'resize', rows: 44, columns: 120 });
    // The size goes another way than the input: it arrives when it arrives.
    session.write('until stty size | grep "44 120"; do sleep 0.05; done\n');
    await session.until(() => /44 120\r$/m.test(session.stdout()), 'the new size');
    session.write(`exec sh -c 'trap "exit 42" INT; echo rea""dy; while :; do sleep 0.05; done'\n`);
    await session.until(() => session.stdout().includes('ready'), 'the loop');
    session.write('\u0003');
    assert.equal(await session.exit(), 42);
  });

  await t.test('a signal from a client without a terminal', async () => {
    const session: TestSession = await rig.open(path('exec'), {
      command: ['sh', '-c', 'trap "echo got it; exit 9" INT; echo ready; while :; do sleep 0.05; done'],
    });
    await session.until(() => session.stdout().includes('ready'), 'ready');
    session.say({ kind: 'signal', name: 'SIGINT' });
    assert.equal(await session.exit(), 9);
    assert.equal(session.stdout(), 'ready\ngot it\n');
  });

  for (const tty of ['false', 'true']) {
    await t.test(`the command ends when the client goes, tty ${tty}`, async () => {
      const session: TestSession = await rig.open(path('exec'), {
        command: ['sleep', `1234${tty.length}`],
        tty,
      });
      await session.until(() => session.messages.length > 0, 'started');
      session.socket.terminate();
      await rig.sandbox.until(async () =>
        (await processes(`sleep 1234${tty.length}`)) === 0 ? true : undefined,
      );
    });
  }

  await t.test('by service, by slot, and refused in words', async () => {
    const worker = await rig.open(path('exec'), { command: ['true'], service: 'worker' });
    assert.equal(await worker.exit(), 0);
    assert.equal(worker.messages[0]?.kind === 'started' && worker.messages[0].service, 'worker');
    const none = await rig.open(path('exec'), { command: ['true'], slot: '7' });
    const [code] = await once(none.socket, 'close');
    assert.equal(code, 1011);
    const [said] = none.messages;
    assert.equal(said?.kind === 'error' && said.code, 'not_found');
    assert.match(said?.kind === 'error' ? said.message : '', /slot 7.*web\.1, worker\.1/);
  });

  await t.test('each session is in the audit log, with how it ended and how long it took', async () => {
    const entries = await rig.audit.list({ limit: 200 });
    const ended = entries.filter((entry) => JSON.stringify(entry).includes('durationMs'));
    assert.ok(ended.some((entry) => entry.result === 'exit 7'));
    assert.ok(ended.some((entry) => entry.result === 'client left'));
  });
});

test('one-offs', async (t) => {
  const rig = await taskRig(t);
  if (rig === undefined) return;
  const left = () =>
    rig.sandbox.engine.listContainers({
      all: true,
      filters: { label: [`${label.platform}=${rig.platform}`, `${label.purpose}=one-off`] },
    });
  const allGone = () => rig.sandbox.until(async () => ((await left()).length === 0 ? true : undefined));

  await t.test('input, output, environment, exit code; and the container is gone', async () => {
    const session: TestSession = await rig.open(path('run'), {
      command: ['sh', '-c', 'echo $GREETING; cat; exit 5'],
    });
    session.write('typed\n');
    session.say({ kind: 'eof' });
    assert.equal(await session.exit(), 5);
    assert.equal(session.stdout(), 'hello\ntyped\n');
    await allGone();
  });

  await t.test('one that ends at once loses nothing', async () => {
    for (let i = 0; i < 5; i++) {
      const session: TestSession = await rig.open(path('run'), { command: ['echo', `n${i}`] });
      assert.equal(await session.exit(), 0);
      assert.equal(session.stdout(), `n${i}\n`);
    }
    await allGone();
  });

  await t.test('a terminal with its size, and a signal', async () => {
    const session: TestSession = await rig.open(path('run'), {
      command: [
        'sh',
        '-c',
        // The engine can give a terminal its size only once there is a program in it.
        'until stty size | grep -v "^0 0$"; do sleep 0.05; done; trap "exit 6" TERM; echo ready; while :; do sleep 0.05; done',
      ],
      tty: 'true',
      rows: '20',
      columns: '60',
    });
    await session.until(() => /^20 60\r$/m.test(session.stdout()), 'the size');
    await session.until(() => session.stdout().includes('ready'), 'ready');
    session.say({ kind: 'signal', name: 'SIGTERM' });
    assert.equal(await session.exit(), 6);
    await allGone();
  });

  await t.test('a client that goes takes it along', async () => {
    const session: TestSession = await rig.open(path('run'), { command: ['sleep', '500'] });
    await session.until(() => session.messages.length > 0, 'started');
    assert.equal((await left()).length, 1);
    session.socket.terminate();
    await allGone();
  });

  await t.test('a program that is not there ends with 127, and nothing stays', async () => {
    const session: TestSession = await rig.open(path('run'), { command: ['no-such-program'] });
    assert.equal(await session.exit(), 127);
    assert.match(session.stderr(), /no-such-program.*No such file/);
    await allGone();
  });

  await t.test(
    'what a crash left is swept when the agent connects, what a session holds is not',
    async () => {
      const make = async (name: string) => {
        await rig.node.engine.createContainer(name, {
          Image: (await rig.sandbox.engine.listImages({ filters: { reference: ['berth/base:latest'] } }))[0]!
            .Id,
          Cmd: ['sleep', '500'],
          Labels: { ...rig.sandbox.labels, [label.platform]: rig.platform, [label.purpose]: 'one-off' },
        });
        await rig.node.engine.startContainer(name);
      };
      const [lost, held] = [rig.sandbox.name('lost'), rig.sandbox.name('held')];
      await make(lost);
      await make(held);
      rig.oneOffs.hold(held);
      rig.oneOffs.start();
      t.after(() => rig.oneOffs.stop());
      await rig.sandbox.until(async () => ((await left()).length === 1 ? true : undefined));
      assert.deepEqual((await left())[0]?.Names, [`/${held}`]);
      rig.oneOffs.release(held);
      const bringBack = await rig.loseAgent();
      await bringBack();
      await allGone();
    },
  );
});
