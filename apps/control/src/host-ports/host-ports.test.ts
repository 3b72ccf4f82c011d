import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import type { NodeFacts } from '@berth/contract/agent';
import type { HostPort } from '@berth/domain/service';
import { aServiceSpec } from '@berth/testkit/builders';
import { fakeClock } from '@berth/testkit/fake-clock';
import { createFakeEngine } from '@berth/testkit/fake-engine';
import { createFakeNodes } from '@berth/testkit/fake-nodes';
import { openDatabase } from '../db/database.ts';
import { createHostPorts } from './host-ports.ts';

const bound = (address?: string): HostPort => ({
  target: 5432,
  published: 5432,
  protocol: 'tcp',
  ...(address === undefined ? {} : { address }),
});
const service = (...ports: HostPort[]) => ({ spec: aServiceSpec({ name: 'db', ports }) });
const never = new AbortController().signal;

async function rig(t: TestContext, facts: Partial<NodeFacts> = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'berth-host-ports-'));
  const db = await openDatabase(join(dir, 'berth.db'));
  t.after(async () => {
    await db.destroy();
    await rm(dir, { recursive: true });
  });
  const clock = fakeClock();
  const nodes = createFakeNodes(createFakeEngine(), { bindAddresses: ['127.0.0.1', '10.0.0.5'], ...facts });
  const hostPorts = createHostPorts({
    db,
    platform: 'berth',
    nodes,
    clock,
    apps: { list: async () => [] },
    range: [30_000, 30_010],
  });
  return { hostPorts, clock };
}

describe('who has which port of the nodes', () => {
  test('is kept for each address by itself, and given back by itself', async (t) => {
    const { hostPorts } = await rig(t);
    await hostPorts.claim('shop', [service(bound('127.0.0.1'))], never);
    await hostPorts.claim('crm', [service(bound('10.0.0.5'))], never);
    await hostPorts.claim('crm', [service(bound('10.0.0.5'))], never);
    await assert.rejects(
      hostPorts.claim('third', [service(bound())], never),
      /db publishes 5432\/tcp, which is taken \(app (crm|shop), service db at /,
    );
    const owners = async () => (await hostPorts.list()).map(({ app, address }) => `${app} ${address}`).sort();
    assert.deepEqual(await owners(), ['crm 10.0.0.5', 'shop 127.0.0.1']);
    await hostPorts.keepOnly('shop', [service(bound())]);
    assert.deepEqual(await owners(), ['crm 10.0.0.5']);
  });

  test('takes what processes listen on at other addresses, and what the agent listens on, for free', async (t) => {
    const listening = (['127.0.0.1', '10.0.0.5'] as const).map((address) => ({
      port: 5432,
      protocol: 'tcp' as const,
      address,
    }));
    const { hostPorts } = await rig(t, { listening, boundPorts: listening.slice(1) });
    await hostPorts.claim('shop', [service(bound('10.0.0.5'))], never);
    await assert.rejects(hostPorts.claim('shop', [service(bound('127.0.0.1'))], never), {
      code: 'port_taken',
      message: 'db publishes 127.0.0.1:5432/tcp, which is taken (a process of node fake at 127.0.0.1).',
    });
  });

  test('an address no node has is refused with those that are there, and nothing is taken', async (t) => {
    const { hostPorts } = await rig(t);
    await assert.rejects(hostPorts.claim('shop', [service(bound('127.0.0.1'), bound('10.9.9.9'))], never), {
      code: 'address_missing',
      message: 'db binds a port to 10.9.9.9, which no node has: fake has 127.0.0.1, 10.0.0.5.',
    });
    assert.deepEqual(await hostPorts.list(), []);
  });
});

describe('a bound port is waited for', () => {
  const { spec } = service(bound('127.0.0.1'), { ...bound(), published: 80 });
  const entry = { address: '127.0.0.1', port: 5432, protocol: 'tcp' as const };

  test('until it is open; one of all addresses is Swarm’s affair', async (t) => {
    const { hostPorts } = await rig(t, { boundPorts: [entry] });
    await hostPorts.opened('shop', spec, never);
  });

  test('and the deployment fails with the agent’s reason when it is not', async (t) => {
    const { hostPorts, clock } = await rig(t, {
      boundPorts: [{ ...entry, fault: 'something else listens there' }],
    });
    await assert.rejects(clock.run(hostPorts.opened('shop', spec, never)), {
      code: 'port_taken',
      message:
        'The port 127.0.0.1:5432/tcp of db cannot be opened on node fake: something else listens there.',
    });
  });

  test('not while tasks that give way later have it on every address', async (t) => {
    const { hostPorts } = await rig(t, { boundPorts: [{ ...entry, fault: 'something else listens there' }] });
    await hostPorts.claim('shop', [service(bound())], never);
    await hostPorts.opened('shop', spec, never);
  });
});
