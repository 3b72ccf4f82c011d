import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refuse } from '@berth/contract/errors';
import { channel, type ExecClientMessage, type ExecServerMessage } from '@berth/contract/exec';
import type { WebSocket } from 'ws';
import { runBerth } from './testing/run-berth.ts';
import { sampleApp } from './testing/samples.ts';
import { startStub } from './testing/stub-control.ts';
import { inTerminal, withoutTerminal } from './testing/terminal.ts';

const say = (socket: WebSocket, message: ExecServerMessage) => socket.send(JSON.stringify(message));
const write = (socket: WebSocket, to: number, text: string) =>
  socket.send(Buffer.concat([Buffer.from([to]), Buffer.from(text)]));

/** Frames of the client, as they come. */
function listen(
  socket: WebSocket,
  on: { bytes?: (text: string) => void; message?: (message: ExecClientMessage) => void },
): void {
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (isBinary) {
      assert.equal(data[0], channel.stdin);
      on.bytes?.(data.subarray(1).toString());
    } else on.message?.(JSON.parse(data.toString()) as ExecClientMessage);
  });
}

test('exec without a terminal: input, output and errors apart, and the exit code', async (t) => {
  const stub = await startStub(t, {
    exec: (_, socket) => {
      let given = '';
      say(socket, { kind: 'started', service: 'web', container: 'c1' });
      listen(socket, {
        bytes: (text) => {
          given += text;
        },
        message: (message) => {
          if (message.kind !== 'eof') return;
          write(socket, channel.stdout, given.toUpperCase());
          write(socket, channel.stderr, 'warned\n');
          say(socket, { kind: 'exit', code: 42 });
        },
      });
    },
  });
  const args = ['exec', '-a', 'shop', '-s', 'web', '--slot', '2', '--', 'tr', '-s', 'a', 'b c'];
  const ran = await runBerth(t, args, { ...stub, stdin: 'hello\n' });
  assert.deepEqual(ran, { code: 42, stdout: 'HELLO\n', stderr: 'warned\n' });
  const { command, tty, service, slot } = stub.requests[0]?.query ?? {};
  assert.deepEqual(
    { command, tty, service, slot },
    {
      command: ['tr', '-s', 'a', 'b c'],
      tty: false,
      service: 'web',
      slot: 2,
    },
  );
});

test('a service where the command should be is told', async (t) => {
  const stub = await startStub(t, {
    exec: (_, socket) => {
      say(socket, { kind: 'started', service: 'web', container: 'c1' });
      say(socket, { kind: 'exit', code: 126 });
    },
    getApp: () => sampleApp(),
  });
  const { name } = sampleApp().services[0]!;
  const meant = await runBerth(t, ['exec', '-a', 'shop', name, 'ls', '/'], stub);
  assert.equal(meant.code, 126);
  assert.match(
    meant.stderr,
    new RegExp(`${name} is a service of shop: .berth exec -s ${name} -- ls /. runs in it`),
  );
  const other = await runBerth(t, ['exec', '-a', 'shop', 'nothing'], stub);
  assert.deepEqual(other, { code: 126, stdout: '', stderr: '' });
});

test('run passes options of the command on without a --', async (t) => {
  const stub = await startStub(t, { run: (_, socket) => say(socket, { kind: 'exit', code: 0 }) });
  const ran = await runBerth(t, ['run', '-a', 'shop', 'node', '-a', '--json'], stub);
  assert.equal(ran.code, 0);
  assert.deepEqual(stub.requests[0]?.query.command, ['node', '-a', '--json']);
});

test('a refusal, an error on the way and a lost connection are words and exit code 1', async (t) => {
  let turn = 0;
  const stub = await startStub(t, {
    exec: (_, socket) => {
      turn++;
      if (turn === 1)
        say(socket, { kind: 'error', code: 'engine_refused', message: 'no such file: sh', hint: '' });
      else socket.terminate();
    },
    run: () => {
      throw refuse('never_deployed', 'unreachable');
    },
  });
  const failed = await runBerth(t, ['exec', '-a', 'shop', 'sh'], stub);
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /no such file: sh/);
  const lost = await runBerth(t, ['exec', '-a', 'shop', 'sh'], stub);
  assert.equal(lost.code, 1);
  assert.match(lost.stderr, /ended before the command did/);
  const refused = await runBerth(t, ['exec', '-a', 'shop', 'sh'], { ...stub, token: 'wrong' });
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /no valid token/);
});

test('Ctrl-C without a terminal goes to the command, whose exit code still counts', async (t) => {
  const stub = await startStub(t, {
    exec: (_, socket) => {
      write(socket, channel.stdout, 'ready\n');
      listen(socket, {
        message: (message) => {
          if (message.kind !== 'signal') return;
          assert.equal(message.name, 'SIGINT');
          say(socket, { kind: 'exit', code: 7 });
        },
      });
    },
  });
  const ran = await runBerth(t, ['exec', '-a', 'shop', 'sleep', '60'], { ...stub, interruptAt: 'ready' });
  assert.equal(ran.code, 7);
});

test('exec in a terminal: size, keys as they are typed, Ctrl-C, resizing, and the terminal given back', {
  skip: withoutTerminal,
  timeout: 30_000,
}, async (t) => {
  let remote: WebSocket | undefined;
  const opened = Promise.withResolvers<void>();
  const interrupted = Promise.withResolvers<void>();
  const resized = Promise.withResolvers<ExecClientMessage>();
  const stub = await startStub(t, {
    exec: (_, socket) => {
      remote = socket;
      write(socket, channel.stdout, 'remote$ ');
      listen(socket, {
        bytes: (text) => {
          if (text.includes('\x03')) interrupted.resolve();
        },
        message: (message) => {
          // stty sets rows and columns one after the other.
          if (message.kind === 'resize' && message.columns === 120) resized.resolve(message);
        },
      });
      opened.resolve();
    },
  });
  const terminal = await inTerminal(t, stub, ['exec', '-a', 'shop', 'sh']);
  await opened.promise;
  // What the command says is shown only once the terminal is raw.
  await terminal.shows('remote$ ');
  assert.deepEqual(
    [stub.requests[0]?.query.tty, stub.requests[0]?.query.rows, stub.requests[0]?.query.columns],
    [true, 40, 100],
  );
  terminal.type('\x03');
  await interrupted.promise;
  await terminal.resize(50, 120);
  assert.deepEqual(await resized.promise, { kind: 'resize', rows: 50, columns: 120 });
  say(remote as WebSocket, { kind: 'exit', code: 3 });
  assert.match(await terminal.ended(), /remote\$ [\s\S]*\[exit 3, cooked\]/);
});

test('a terminal is given back when the connection is lost, too', {
  skip: withoutTerminal,
  timeout: 30_000,
}, async (t) => {
  const stub = await startStub(t, {
    run: (_, socket) => {
      write(socket, channel.stdout, 'x');
      // After the first key: the terminal is raw by then.
      socket.once('message', () => socket.terminate());
    },
  });
  const terminal = await inTerminal(t, stub, ['run', '-a', 'shop', 'sh']);
  terminal.type('k');
  assert.match(await terminal.ended(), /ended before the command did[\s\S]*\[exit 1, cooked\]/);
});
