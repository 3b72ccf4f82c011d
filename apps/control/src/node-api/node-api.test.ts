import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Task } from '@berth/engine/types';
import { createFakeEngine } from '@berth/testkit/fake-engine';
import { createFakeNodes } from '@berth/testkit/fake-nodes';
import pino from 'pino';
import type { Handlers } from '../http/handler.ts';
import { nodeHandlers } from './handlers.ts';
import { listPortOwners } from './ports.ts';
import { reservedByNode } from './view.ts';

type Ports = Parameters<typeof listPortOwners>[0];
const MiB = 2 ** 20;

const task = (over: { node?: string; state?: string; resources?: object }): Task =>
  ({
    NodeID: over.node ?? 'n1',
    Status: { State: over.state ?? 'running' },
    Spec: { Resources: over.resources ?? {} },
  }) as unknown as Task;

test('a node has promised the reservations of its running tasks, and where there is none, their limits', () => {
  const sums = reservedByNode([
    task({
      resources: {
        Reservations: { MemoryBytes: 64 * MiB, NanoCPUs: 5e8 },
        Limits: { MemoryBytes: 256 * MiB },
      },
    }),
    task({ resources: { Limits: { MemoryBytes: 128 * MiB, NanoCPUs: 1e9 } } }),
    task({ resources: { Reservations: { MemoryBytes: 0 } } }),
    task({ state: 'shutdown', resources: { Limits: { MemoryBytes: 1 } } }),
    task({ node: 'n2' }),
  ]);
  assert.deepEqual(sums.get('n1'), { cpus: 1.5, memoryBytes: 192 * MiB, tasks: 3 });
  assert.deepEqual(sums.get('n2'), { cpus: 0, memoryBytes: 0, tasks: 1 });
});

test('who has which port: the edge, apps, the platform’s own, others, and Swarm’s', () => {
  const owners = listPortOwners({
    platform: 'berth',
    apps: [
      { name: 'shop', port: 8100 },
      { name: 'none', port: undefined },
    ],
    nodes: [
      {
        facts: { name: 'n1', edge: { httpPort: 80, httpsPort: 443, appPorts: [8100, 8119], running: true } },
        containers: [
          {
            Names: ['/berth-control'],
            Labels: { 'berth.role': 'control', 'berth.platform': 'berth' },
            Ports: [{ IP: '127.0.0.1', PrivatePort: 7700, PublicPort: 7700, Type: 'tcp' }],
          },
          {
            Names: ['/berth-edge'],
            Labels: { 'berth.role': 'edge', 'berth.platform': 'berth' },
            Ports: [
              { IP: '0.0.0.0', PrivatePort: 8080, PublicPort: 80, Type: 'tcp' },
              { IP: '::', PrivatePort: 8080, PublicPort: 80, Type: 'tcp' },
              { IP: '0.0.0.0', PrivatePort: 8101, PublicPort: 8101, Type: 'tcp' },
            ],
          },
          {
            Names: ['/second-registry'],
            Labels: { 'berth.role': 'registry', 'berth.platform': 'second' },
            Ports: [{ IP: '127.0.0.1', PrivatePort: 5000, PublicPort: 6000, Type: 'tcp' }],
          },
          {
            Names: ['/dns'],
            Labels: {},
            Ports: [
              { IP: '0.0.0.0', PrivatePort: 53, PublicPort: 53, Type: 'udp' },
              { PrivatePort: 9, Type: 'tcp' },
            ],
          },
          {
            Names: ['/crm-db'],
            Labels: {
              'berth.platform': 'berth',
              'berth.app': 'crm',
              'berth.service': 'db',
              'berth.bound-ports': '[::1]:9000:5432/tcp',
            },
            Ports: [],
          },
        ],
      },
    ],
    services: [
      {
        Spec: {
          Name: 'db',
          EndpointSpec: { Mode: 'vip', Ports: [{ PublishedPort: 5432, Protocol: 'tcp' }] },
        },
      },
      { Spec: { Name: 'web' } },
    ] as unknown as Ports['services'],
  });
  assert.deepEqual(
    owners.map((one) => [
      one.port,
      one.protocol,
      `${one.owner}${one.address === undefined ? '' : ` at ${one.address}`}`,
    ]),
    [
      [53, 'udp', 'container dns'],
      [80, 'tcp', 'edge: HTTP'],
      [443, 'tcp', 'edge: HTTPS, and the API'],
      [5432, 'tcp', 'service db'],
      [6000, 'tcp', 'registry of platform second at 127.0.0.1'],
      [7700, 'tcp', 'control: API and agents at 127.0.0.1'],
      [8100, 'tcp', 'app shop'],
      [8101, 'tcp', 'edge: free for an app'],
      [9000, 'tcp', 'app crm, service db at ::1'],
    ],
  );
});

function rig() {
  const fake = createFakeEngine();
  const nodes = createFakeNodes(fake);
  const handlers = nodeHandlers({
    platform: 'berth',
    nodes,
    apps: {
      list: async () => [
        {
          name: 'shop',
          createdAt: 0,
          createdBy: 'x',
          desired: 'running',
          port: 8100,
          liveRelease: undefined,
        },
      ],
    },
    clock: { now: () => Date.UTC(2026, 10, 21), sleep: async () => undefined },
    log: pino({ level: 'silent' }),
  });
  const query = (over: object = {}) =>
    ({ query: { limit: 50, ...over } }) as Parameters<Handlers['listNodes']>[0] &
      Parameters<Handlers['listPorts']>[0];
  return { fake, nodes, handlers, query };
}

test('nodes are listed with their facts', async () => {
  const { handlers, query } = rig();
  const { items } = await handlers.listNodes(query());
  assert.equal(items.length, 1);
  const [node] = items;
  assert.deepEqual(
    [node?.name, node?.role, node?.connected, node?.address, node?.engineVersion, node?.tasks],
    ['fake', 'manager', true, '192.0.2.10', '20.10.24', 0],
  );
  assert.deepEqual(node?.used, { cpus: 0.5, memoryBytes: 2 ** 30 });
});

test('without any agent the lists are short, not refused', async () => {
  const { handlers, query, nodes } = rig();
  nodes.disconnect();
  assert.deepEqual(await handlers.listNodes(query()), { items: [] });
  assert.deepEqual(await handlers.listPorts(query()), { items: [] });
});

test('an engine that does not answer costs its part of the list', async () => {
  const { handlers, query, fake } = rig();
  fake.injectFault({ kind: 'refuse', times: 10, status: 500 });
  assert.equal((await handlers.listNodes(query())).items[0]?.connected, true);
  assert.deepEqual(
    (await handlers.listPorts(query())).items.map((one) => one.port),
    [80, 443, 8100],
  );
});

test('ports come in pages', async () => {
  const { handlers, query } = rig();
  const first = await handlers.listPorts(query({ limit: 2 }));
  assert.deepEqual(
    first.items.map((one) => one.port),
    [80, 443],
  );
  const second = await handlers.listPorts(query({ limit: 2, cursor: first.next }));
  assert.deepEqual(
    second.items.map((one) => one.port),
    [8100],
  );
  assert.equal(second.next, undefined);
});
