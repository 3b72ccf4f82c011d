import assert from 'node:assert/strict';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, type TestContext, test } from 'node:test';
import { systemClock } from './clock.ts';
import { openTcpRelay } from './relay-tcp.ts';
import { openUdpRelay } from './relay-udp.ts';

async function tcpServer(t: TestContext, answer: (socket: Socket) => void) {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    answer(socket);
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

/** A port nobody listens on at either address. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const says = (word: string) => (socket: Socket) => socket.end(word);

describe('a relay of TCP', () => {
  async function relay(t: TestContext, groups: Parameters<typeof openTcpRelay>[1], address = '127.0.0.1') {
    const port = await freePort();
    const opened = await openTcpRelay({ address, port, connectionsMax: 100 }, groups);
    t.after(() => opened.close());
    return { ...opened, port, ask: () => text(connect({ host: address, port, allowHalfOpen: true })) };
  }

  test('passes on what one side says after the other has ended', async (t) => {
    const echo = await tcpServer(t, (socket) => {
      void text(socket).then((said) => socket.end(`you said ${said}`));
    });
    const { port } = await relay(t, [[echo]]);
    const client = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    client.end('x'.repeat(300_000));
    assert.equal(await text(client), `you said ${'x'.repeat(300_000)}`);
  });

  test('is open at its address and at no other', async (t) => {
    const { port, ask } = await relay(t, [[await tcpServer(t, says('hello'))]], '127.0.0.2');
    assert.equal(await ask(), 'hello');
    await assert.rejects(text(connect({ host: '127.0.0.1', port })), /ECONNREFUSED/);
    await assert.rejects(openTcpRelay({ address: '127.0.0.2', port, connectionsMax: 1 }, []), /EADDRINUSE/);
  });

  test('closes to who is not let in, before anything is read or said', async (t) => {
    const port = await freePort();
    const target = await tcpServer(t, says('hello'));
    let isOpen = false;
    const at = {
      address: '127.0.0.1',
      port,
      connectionsMax: 9,
      admits: (from: string) => isOpen && from === '127.0.0.1',
    };
    const opened = await openTcpRelay(at, [[target]]);
    t.after(() => opened.close());
    const ask = () => text(connect({ host: '127.0.0.1', port, allowHalfOpen: true })).catch(() => '');
    assert.equal(await ask(), '');
    isOpen = true;
    assert.equal(await ask(), 'hello');
  });

  test('shares among a group, and goes to the next one only when none of it takes the connection', async (t) => {
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((word) => tcpServer(t, says(word))));
    const { ask, retarget } = await relay(t, [[a!, b!], [c!]]);
    assert.deepEqual([await ask(), await ask(), await ask()].sort().join(''), 'aab');
    const closed = { host: '127.0.0.1', port: await freePort() };
    retarget([[closed], [c!]]);
    assert.equal(await ask(), 'c');
    retarget([[closed]]);
    assert.equal(await ask().catch((error: NodeJS.ErrnoException) => error.code ?? ''), '');
  });
});

describe('a relay of UDP', () => {
  async function udpServer(t: TestContext, word: string) {
    const socket = createSocket('udp4');
    t.after(() => socket.close());
    socket.on('message', (data, from) => socket.send(`${word} ${data}`, from.port, from.address));
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return { host: '127.0.0.1', port: socket.address().port };
  }
  const ask = async (client: UdpSocket, port: number, data: string) => {
    client.send(data, port, '127.0.0.2');
    const [answer] = (await once(client, 'message')) as [Buffer];
    return answer.toString();
  };

  test('brings each client its answers, and moves with its targets', async (t) => {
    const port = await freePort();
    const [a, b] = await Promise.all([udpServer(t, 'a'), udpServer(t, 'b')]);
    const relay = await openUdpRelay({ address: '127.0.0.2', port, sessionsMax: 2, clock: systemClock }, [
      [a],
    ]);
    t.after(() => relay.close());
    const clients = ['1', '2', '3'].map((name) => ({ name, socket: createSocket('udp4') }));
    t.after(() => clients.map(({ socket }) => socket.close()));
    // The third client takes the place of the first, which then is a new one.
    for (const { name, socket } of [...clients, ...clients])
      assert.equal(await ask(socket, port, name), `a ${name}`);
    relay.retarget([[b]]);
    assert.equal(await ask(clients[0]!.socket, port, 'x'), 'b x');
    await assert.rejects(
      openUdpRelay({ address: '127.0.0.2', port, sessionsMax: 1, clock: systemClock }, []),
      /EADDRINUSE/,
    );
  });

  test('tries anew when nothing listened', async (t) => {
    const port = await freePort();
    const closed = { host: '127.0.0.1', port: await freePort() };
    const relay = await openUdpRelay({ address: '127.0.0.2', port, sessionsMax: 2, clock: systemClock }, [
      [closed, await udpServer(t, 'a')],
    ]);
    t.after(() => relay.close());
    const client = createSocket('udp4');
    t.after(() => client.close());
    client.send('lost', port, '127.0.0.2');
    let answer: string | undefined;
    client.on('message', (data) => {
      answer = data.toString();
    });
    for (let tries = 0; answer === undefined && tries < 100; tries++) {
      client.send('again', port, '127.0.0.2');
      await systemClock.sleep(20);
    }
    assert.equal(answer, 'a again');
  });
});
