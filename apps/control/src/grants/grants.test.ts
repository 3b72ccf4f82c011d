import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AppError } from '@berth/contract/errors';
import type { ServiceSpec } from '@berth/domain/service';
import { anAppSpec, anImage, aServiceSpec } from '@berth/testkit/builders';
import { type ControlSandbox, createControlSandbox } from '@berth/testkit/control-sandbox';
import { judgeGrants } from '../checks/judge-grants.ts';
import { httpRig } from '../http/fixtures/rig.ts';
import { planOf } from '../plans/fixtures/plan-of.ts';
import { grantHandlers } from './handlers.ts';
import { findHolders } from './in-use.ts';

const asking = (spec: Partial<ServiceSpec>) =>
  anAppSpec({
    services: [{ spec: aServiceSpec(spec), image: { kind: 'image', reference: anImage('web') } }],
  });
const tunnel = asking({ capAdd: ['NET_ADMIN'] });
const films = asking({ mounts: [{ kind: 'bind', source: '/srv/films', target: '/f', readOnly: true }] });

const give = (sandbox: ControlSandbox, permission: string, expiresAt = sandbox.clock.now() + 3_600_000) =>
  sandbox.grants.put({
    id: permission,
    app: 'hello',
    permission,
    reason: 'a test',
    owner: 'ann',
    grantedBy: 'root',
    createdAt: sandbox.clock.now(),
    expiresAt,
  });
const codeOf = (error: unknown) => (error as AppError).code;

test('what nobody granted is refused by plan and deployment, with the command that grants it', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = tunnel;
  await assert.rejects(planOf(sandbox), (error: AppError) => {
    assert.equal(error.code, 'grant_needed');
    assert.match(error.issues?.[0]?.suggestion ?? '', /berth grants add hello\/web cap:NET_ADMIN --reason/);
    return true;
  });
  const refused = await sandbox.deploy();
  assert.equal(refused.failure?.code, 'grant_needed');
  await give(sandbox, 'cap:NET_ADMIN');
  const done = await sandbox.deploy();
  assert.equal(done.state, 'succeeded', JSON.stringify(done.failure));
  const [service] = await sandbox.fake.engine.listServices({});
  assert.deepEqual(service?.Spec.TaskTemplate.ContainerSpec?.CapabilityAdd, ['NET_ADMIN']);
});

test('when a grant has ended nothing that needs it starts anew, not by a rollback either', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = tunnel;
  await give(sandbox, 'cap:NET_ADMIN', sandbox.clock.now() + 24 * 3_600_000);
  assert.equal((await sandbox.deploy()).state, 'succeeded');
  sandbox.spec = asking({});
  assert.equal((await sandbox.deploy()).state, 'succeeded');
  await sandbox.grants.remove('cap:NET_ADMIN');
  assert.equal((await sandbox.rollback(1)).failure?.code, 'grant_needed');
  await assert.rejects(
    planOf(sandbox, { kind: 'release', number: 1 }),
    (error) => codeOf(error) === 'grant_needed',
  );
});

test('nor by a start after a stop, nor by more tasks of what runs; less of it goes', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = tunnel;
  await give(sandbox, 'cap:NET_ADMIN');
  assert.equal((await sandbox.deploy()).state, 'succeeded');
  await sandbox.grants.remove('cap:NET_ADMIN');
  const app = await sandbox.deps.apps.get('hello');
  const signal = AbortSignal.timeout(60_000);
  const { scaling } = sandbox.control;
  await assert.rejects(scaling.scale(app, { web: 2 }, signal), (error) => codeOf(error) === 'grant_needed');
  await sandbox.clock.run(scaling.scale(app, { web: 0 }, signal));
  await sandbox.clock.run(scaling.stop(app, signal));
  await assert.rejects(scaling.start(app, signal), (error) => codeOf(error) === 'grant_needed');
});

test('what reaches the node is for the node to allow, too', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = films;
  await give(sandbox, 'bind:/srv/films:rw');
  await assert.rejects(planOf(sandbox), (error: AppError) => {
    assert.equal(error.code, 'node_disallows');
    assert.match(error.evidence?.join() ?? '', /berth up --allow bind:\/srv\/films`/);
    return true;
  });
  Object.assign(sandbox.nodes.facts, { allow: ['bind:/srv/films'] });
  const done = await sandbox.deploy();
  assert.equal(done.state, 'succeeded', JSON.stringify(done.failure));
  const [service] = await sandbox.fake.engine.listServices({});
  assert.deepEqual(service?.Spec.TaskTemplate.ContainerSpec?.Mounts, [
    { Type: 'bind', Source: '/srv/films', Target: '/f', ReadOnly: true },
  ]);
});

test('doctor names what runs without a grant that holds', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = tunnel;
  await give(sandbox, 'cap:NET_ADMIN');
  await sandbox.deploy();
  const holders = await findHolders(sandbox.deps);
  assert.deepEqual(holders, [{ app: 'hello', service: 'web', permissions: ['cap:NET_ADMIN'] }]);
  const [grant] = await sandbox.grants.list();
  const at = (nowMs: number) => judgeGrants(holders, grant === undefined ? [] : [grant], nowMs);
  const ends = grant?.expiresAt ?? 0;
  assert.equal(at(ends - 30 * 86_400_000)[0]?.status, 'ok');
  assert.match(at(ends - 86_400_000)[0]?.text ?? '', /ends in 1 days/);
  assert.match(at(ends)[0]?.text ?? '', /hello\/web runs with cap:NET_ADMIN, and its grant has ended/);
});

test('an admin grants by the API, and who may deploy may not', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = tunnel;
  const events: string[] = [];
  const rig = await httpRig(t, {
    ...grantHandlers({
      grants: sandbox.grants,
      apps: sandbox.deps.apps,
      releases: sandbox.deps.releases,
      nodes: sandbox.nodes,
      events: { append: async ({ text }) => void events.push(text) },
      clock: sandbox.clock,
    }),
  });
  const call = (
    scope: 'read' | 'deploy' | 'admin',
    method: 'GET' | 'POST' | 'DELETE',
    url: string,
    payload?: object,
  ) =>
    rig.app.inject({
      method,
      url,
      headers: rig.bearer(scope),
      ...(payload === undefined ? {} : { payload }),
    });
  const wish = { app: 'hello', service: 'web', permission: 'cap:net_admin', reason: 'makes tunnels' };
  assert.equal((await call('deploy', 'POST', '/v1/grants', wish)).statusCode, 403);
  const never = await call('admin', 'POST', '/v1/grants', { ...wish, permission: 'bind:/etc' });
  assert.equal(never.json().code, 'not_grantable');
  const made = await call('admin', 'POST', '/v1/grants', wish);
  assert.equal(made.statusCode, 201, made.body);
  assert.equal(made.json().permission, 'cap:NET_ADMIN');
  assert.equal(made.json().owner, 'admin');
  assert.equal((await sandbox.deploy()).state, 'succeeded');
  Object.assign(sandbox.nodes.facts, { allow: ['bind:/srv/a'] });
  const ruling = await call('admin', 'POST', '/v1/grants', { ...wish, permission: 'cap:SYS_TIME' });
  // The list of a machine is set as a whole: what it allows already stays on it.
  assert.deepEqual(ruling.json().refusedBy, [
    { node: sandbox.nodes.list()[0]?.name, allow: 'bind:/srv/a,cap:SYS_TIME' },
  ]);
  await call('admin', 'DELETE', `/v1/grants/${ruling.json().id}`);
  const again = await call('admin', 'POST', '/v1/grants', { ...wish, owner: 'ann', expiresInSeconds: 60 });
  const listed = (await call('read', 'GET', '/v1/grants')).json().items;
  assert.deepEqual(
    listed.map(({ id, owner, usedBy }: { id: string; owner: string; usedBy: string[] }) => ({
      id,
      owner,
      usedBy,
    })),
    [{ id: again.json().id, owner: 'ann', usedBy: ['web'] }],
  );
  assert.equal((await call('admin', 'DELETE', `/v1/grants/${again.json().id}`)).statusCode, 204);
  assert.equal(
    (await call('admin', 'DELETE', `/v1/grants/${again.json().id}`)).json().code,
    'grant_not_found',
  );
  assert.match(events.at(-1) ?? '', /hello\/web may not have cap:NET_ADMIN any more/);
  const audited = (await rig.audit.list({ limit: 50 })).map(({ action, object }) => `${action} ${object}`);
  assert.ok(
    audited.includes('createGrant app/hello/grant/cap:net_admin') ||
      audited.some((line) => line.startsWith('createGrant')),
    audited.join('\n'),
  );
});
