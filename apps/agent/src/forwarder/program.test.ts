import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { systemClock } from '@berth/runtime/clock';
import { until } from '@berth/runtime/retry';
import { forward } from './program.ts';

test('a forwarder follows the names it leads to, TCP and UDP', async (t) => {
  // One port number: what listens at 127.0.0.2 is moved to 127.0.0.3.
  const udp = createSocket('udp4').on('message', (_data, from) => udp.send('udp', from.port, from.address));
  udp.bind(0, '127.0.0.2');
  await once(udp, 'listening');
  const { port } = udp.address();
  const tcp = createServer((socket) => socket.end('tcp')).listen(port, '127.0.0.3');
  await once(tcp, 'listening');
  const probe = createServer().listen(0, '127.0.0.4');
  await once(probe, 'listening');
  const own = (probe.address() as AddressInfo).port;
  probe.close();
  await once(probe, 'close');

  const names = new Map([['db', ['127.0.0.2']]]);
  const stopping = new AbortController();
  const running = forward({
    listeners: (['tcp', 'udp'] as const).map((protocol) => ({
      port: own,
      protocol,
      targets: [`gone:${port}`, `db:${port}`],
    })),
    address: '127.0.0.4',
    lookUp: async (host) => {
      const found = names.get(host);
      if (found === undefined) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
      return found;
    },
    clock: { ...systemClock, sleep: (_ms, signal) => systemClock.sleep(10, signal) },
    signal: stopping.signal,
  });
  t.after(async () => {
    stopping.abort();
    await running;
    tcp.close();
    udp.close();
  });
  const limit = () => ({ clock: systemClock, everyMs: 20, signal: AbortSignal.timeout(5_000) });
  const client = createSocket('udp4').on('message', (data) => heard.push(data.toString()));
  const heard: string[] = [];
  t.after(() => client.close());
  await until(() => {
    client.send('x', own, '127.0.0.4');
    return heard.length > 0 ? true : undefined;
  }, limit());
  assert.equal(heard[0], 'udp');
  const ask = () => text(connect({ host: '127.0.0.4', port: own })).catch(() => '');
  assert.equal(await ask(), '');
  names.set('db', ['127.0.0.3']);
  await until(async () => ((await ask()) === 'tcp' ? true : undefined), limit());
});
