import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { printBoundPorts } from '@berth/domain/bound-port';
import { label } from '@berth/domain/label';
import { systemClock } from '@berth/runtime/clock';
import { silent } from '@berth/testkit/linked-pair';
import { sandboxEngine } from '@berth/testkit/sandbox-engine';
import { keepBoundPorts } from './keep.ts';

const ask = (port: number) =>
  text(connect({ host: '127.0.0.2', port })).catch((error: NodeJS.ErrnoException) => error.code ?? '');

test('a bound port follows the tasks that have it, and what holds it is told', async (t) => {
  const sandbox = await sandboxEngine(t);
  if (sandbox === undefined) return;
  const { engine } = sandbox;
  const platform = sandbox.name('bound');
  const holder = createServer().listen(0, '127.0.0.2');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  const entry = { address: '127.0.0.2', port, protocol: 'tcp' as const };

  const stop = new AbortController();
  const kept = keepBoundPorts({
    platform,
    leading: () => [],
    engine,
    clock: systemClock,
    log: silent,
    signal: stop.signal,
  });
  t.after(async () => {
    stop.abort();
    await kept.close();
  });

  // Only in networks of the Swarm does the engine reach a task by its gateway bridge.
  const network = sandbox.name('net');
  await engine.createNetwork({ Name: network, Driver: 'overlay', Attachable: true, Labels: sandbox.labels });
  const { Id } = await engine.createContainer(sandbox.name('task'), {
    Image: 'berth/node',
    Cmd: ['node', '-e', "require('net').createServer((socket) => socket.end('task')).listen(7)"],
    Labels: {
      ...sandbox.labels,
      [label.platform]: platform,
      [label.boundPorts]: printBoundPorts([{ ...entry, target: 7 }]),
    },
    HostConfig: { NetworkMode: network },
  });
  await engine.startContainer(Id);

  await sandbox.until(async () => (kept.list()[0]?.fault === undefined ? undefined : true));
  assert.deepEqual(kept.list(), [{ ...entry, fault: 'something else listens there' }]);
  holder.close();
  await sandbox.until(async () => ((await ask(port)) === 'task' ? true : undefined));
  assert.deepEqual(kept.list(), [entry]);
  await engine.removeContainer(Id, { force: true });
  await sandbox.until(async () => ((await ask(port)) === 'ECONNREFUSED' ? true : undefined));
  assert.deepEqual(kept.list(), []);
});
