import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '@berth/contract/errors';
import { anEdgeModel } from './builders.ts';
import { createFakeEngine } from './fake-engine.ts';
import { createFakeNodes } from './fake-nodes.ts';

const spec = (replicas: number) => ({
  Name: 'hello-web-r1',
  Labels: {},
  TaskTemplate: { ContainerSpec: { Image: 'hello:1' } },
  Mode: { Replicated: { Replicas: replicas } },
});

test('a lane follows the tasks of the service it names', async () => {
  const fake = createFakeEngine({ startMs: 'manual' });
  fake.images.add('hello:1');
  const { edge } = createFakeNodes(fake);
  await edge.apply(anEdgeModel());
  const seen: string[] = [];
  const stop = new AbortController();
  const watching = (async () => {
    for await (const lane of edge.watchLane('hello.web', 'a', stop.signal)) {
      seen.push(lane.servers.map((server) => server.state).join(','));
      if (lane.servers.length === 2) stop.abort();
    }
  })();
  await fake.engine.createService(spec(2));
  fake.tasks.setRunning('hello-web-r1', 1);
  await new Promise(setImmediate);
  fake.tasks.setRunning('hello-web-r1', 2);
  await assert.rejects(watching, { name: 'AbortError' });
  assert.deepEqual(seen, ['', 'up', 'up,up']);
});

test('a server whose port nobody listens on is down, with the reason', async () => {
  const fake = createFakeEngine();
  fake.images.add('hello:1', { behaviour: { listens: [3000] } });
  const { edge } = createFakeNodes(fake);
  await edge.apply(anEdgeModel());
  await fake.engine.createService(spec(1));
  const [server] = edge.lane('hello.web', 'a').servers;
  assert.equal(server?.state, 'down');
  assert.deepEqual(server?.check, { status: 'L4CON', text: 'Connection refused', durationMs: 0 });
});

test('an edge refuses to go back to an older revision', async () => {
  const { edge } = createFakeNodes(createFakeEngine());
  await edge.apply(anEdgeModel({ revision: 2 }));
  await assert.rejects(edge.apply(anEdgeModel({ revision: 1 })), { code: 'conflict' });
  assert.equal((await edge.apply(anEdgeModel({ revision: 3 }))).by, 'nothing');
});

test('while the agent is away, calls are refused and manager() waits for it', async () => {
  const fake = createFakeEngine();
  const nodes = createFakeNodes(fake);
  nodes.disconnect();
  const isAway = (cause: unknown): boolean => cause instanceof AppError && cause.code === 'agent_unreachable';
  await assert.rejects(fake.engine.listServices(), isAway);
  await assert.rejects(nodes.edge.report(), isAway);
  await assert.rejects(nodes.manager({ waitMs: 0 }), isAway);
  const coming = nodes.manager();
  nodes.connect();
  assert.equal((await coming).id, fake.nodeId);
  await fake.engine.listServices();
});
