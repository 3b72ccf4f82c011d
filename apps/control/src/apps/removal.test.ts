import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anAppSpec, anImage, aServiceSpec } from '@berth/testkit/builders';
import { type ControlSandbox, createControlSandbox } from '@berth/testkit/control-sandbox';
import { createRemoval } from './removal.ts';

type Dependencies = Parameters<typeof createRemoval>[0];

/** A removal that is refused before it begins: what comes after the checks is not there at all. */
function refused(over: { open?: readonly object[]; linkedFrom?: readonly string[] }) {
  const removed: string[] = [];
  const deps = {
    deployments: { listOpen: async () => over.open ?? [] },
    forwarders: { linkedFrom: async () => over.linkedFrom ?? [] },
    removeJobs: async (app: string) => void removed.push(app),
  } as unknown as Dependencies;
  const app = { name: 'shop' } as Parameters<ReturnType<typeof createRemoval>['remove']>[0];
  return { removed, remove: () => createRemoval(deps).remove(app, AbortSignal.timeout(1_000)) };
}

test('a removal that is refused leaves the jobs and their history as they were', async () => {
  const running = refused({ open: [{ id: 'd1', state: 'proving' }] });
  await assert.rejects(running.remove(), /Deployment d1 of shop is proving/);
  const linked = refused({ linkedFrom: ['shop', 'blog'] });
  await assert.rejects(linked.remove(), /blog links to shop: remove the link/);
  assert.deepEqual([...running.removed, ...linked.removed], []);
});

/** An app of a web and the db it depends on, deployed. */
async function deployed(t: Parameters<typeof createControlSandbox>[0]): Promise<ControlSandbox> {
  const sandbox = await createControlSandbox(t);
  const { port: _none, ...db } = aServiceSpec({ name: 'db', probe: { kind: 'none' } });
  sandbox.spec = anAppSpec({
    services: [
      {
        spec: aServiceSpec({
          name: 'web',
          dependsOn: [{ service: 'db', condition: 'started', restart: false, required: true }],
        }),
        image: { kind: 'image', reference: anImage('web') },
      },
      { spec: db, image: { kind: 'image', reference: anImage('db') } },
    ],
  });
  assert.equal((await sandbox.deploy()).state, 'succeeded');
  return sandbox;
}
const remove = async (sandbox: ControlSandbox): Promise<void> =>
  sandbox.clock.run(
    sandbox.control.removal.remove(await sandbox.deps.apps.get('hello'), new AbortController().signal),
  );
const left = async (sandbox: ControlSandbox) => ({
  services: sandbox.fake.swarm.services.map(({ Spec }) => Spec.Name),
  networks: (await sandbox.fake.engine.listNetworks({ filters: { label: ['berth.app=hello'] } })).map(
    ({ Name }) => Name,
  ),
  runs: (await sandbox.deps.runs.list({ app: 'hello' })).map(({ name }) => name),
});
const nothing = { services: [], networks: [], runs: [] };

test('a removal takes services and networks, also where somebody takes a service before it', async (t) => {
  const sandbox = await deployed(t);
  const stop = sandbox.fake.onRequest(({ method, path }) => {
    if (method !== 'POST' || !path.endsWith('/update')) return;
    stop();
    sandbox.fake.swarm.remove(sandbox.fake.swarm.get('hello-web-r1'));
  });
  await remove(sandbox);
  assert.deepEqual(await left(sandbox), nothing);
  assert.equal(await sandbox.deps.apps.find('hello'), undefined);
  assert.deepEqual(sandbox.nodes.edge.model?.services, [], 'the edge would stay in its networks');
});

test('a removal takes the certificates of its names, those of others stay', async (t) => {
  const sandbox = await deployed(t);
  const bundle = { pem: 'certificate and key', fingerprint: 'f', notAfter: 1 };
  for (const [domain, app] of Object.entries({ 'hello.test': 'hello', 'shop.test': 'shop' })) {
    await sandbox.takeDomain(domain, app);
    await sandbox.certificates.put(domain, bundle as Parameters<typeof sandbox.certificates.put>[1], 1);
  }
  await remove(sandbox);
  assert.deepEqual(
    (await sandbox.certificates.listFacts()).map(({ domain }) => domain),
    ['shop.test'],
  );
  assert.equal(sandbox.nodes.edge.model?.certificates.length, 1, 'the edge would keep a key of nobody');
});

test('a removal that breaks off leaves an app that can be removed again, or deployed', async (t) => {
  const counting = await deployed(t);
  let count = 0;
  counting.fake.onRequest(() => {
    count += 1;
  });
  await remove(counting);
  assert.ok(count > 10, `only ${count} requests`);
  for (let broken = 1; broken <= count; broken++)
    await t.test(`broken off at request ${broken} of ${count}`, async (t2) => {
      const sandbox = await deployed(t2);
      let seen = 0;
      const stop = sandbox.fake.onRequest(() => {
        seen += 1;
        if (seen !== broken) return;
        stop();
        throw new Error('connection reset: control was killed');
      });
      await assert.rejects(remove(sandbox), /control was killed/);
      await sandbox.restart();
      if ((await sandbox.deps.apps.find('hello')) === undefined) {
        await sandbox.clock.run(sandbox.control.reconciler.pass());
        assert.deepEqual(await left(sandbox), nothing);
        return;
      }
      if (broken % 2 === 0) {
        assert.equal((await sandbox.deploy()).state, 'succeeded');
        const web = (await sandbox.deps.runs.list({ app: 'hello', states: ['live'] })).map(
          ({ service }) => service,
        );
        assert.deepEqual(web.sort(), ['db', 'web']);
      }
      await remove(sandbox);
      assert.deepEqual(await left(sandbox), nothing);
    });
});

test('a removal is over when the containers of its tasks are gone: until then they hold its volumes', async (t) => {
  const sandbox = await deployed(t);
  const { engine } = sandbox.fake;
  const Labels = { 'berth.platform': 'berth', 'berth.app': 'hello' };
  await engine.createContainer('ending', { Image: anImage('web'), Labels });
  let asked = 0;
  const stop = sandbox.fake.onRequest(({ method, path }) => {
    if (method !== 'GET' || !path.includes('/containers/json')) return;
    asked += 1;
    if (asked === 3) void engine.removeContainer('ending', { force: true });
  });
  await remove(sandbox);
  stop();
  assert.equal(asked, 3);
  assert.deepEqual(await left(sandbox), nothing);
});
