import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createControlSandbox } from '@berth/testkit/control-sandbox';

test('a node that has just connected is waited for until its edge took its routes', async (t) => {
  const { nodes, routing } = await createControlSandbox(t);
  const apply = nodes.edge.apply.bind(nodes.edge);
  const [asked, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  t.mock.method(nodes.edge, 'apply', async (...args: Parameters<typeof apply>) => {
    asked.resolve();
    await go.promise;
    return apply(...args);
  });
  assert.deepEqual(routing.waitingFor(), []);
  nodes.disconnect();
  nodes.connect();
  await asked.promise;
  assert.deepEqual(routing.waitingFor(), [nodes.list()[0]?.name]);
  go.resolve();
  while (routing.waitingFor().length > 0) await new Promise(setImmediate);
  assert.notEqual(nodes.edge.model, undefined);
});
