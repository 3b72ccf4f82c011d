import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anAppSpec, anImage, aServiceSpec } from '@berth/testkit/builders';
import { type ControlSandbox, createControlSandbox } from '@berth/testkit/control-sandbox';
import { createFileCollector } from './collect.ts';
import { createFileUsers } from './users.ts';

const grant = { uid: '0', gid: '0', mode: 0o444 };
const withFiles = (image = 'v1') =>
  anAppSpec({
    services: [
      {
        spec: aServiceSpec({
          files: [
            { kind: 'secret', source: 'db', target: '/run/secrets/db', ...grant, uid: '103', mode: 0o400 },
            { kind: 'config', source: 'conf', target: '/etc/app.conf', ...grant },
          ],
          secretVariables: { DB_PASSWORD: 'db' },
        }),
        image: { kind: 'image', reference: anImage(image) },
      },
      { spec: aServiceSpec({ name: 'other' }), image: { kind: 'image', reference: anImage('other') } },
    ],
    files: [
      { kind: 'secret', name: 'db', source: { kind: 'stored', name: 'shop-db' } },
      { kind: 'config', name: 'conf', source: { kind: 'content', base64: 'YT0x' } },
    ],
  });

const container = (sandbox: ControlSandbox, name: string) =>
  sandbox.fake.swarm.get(name).Spec.TaskTemplate.ContainerSpec;

async function again(sandbox: ControlSandbox) {
  const app = await sandbox.deps.apps.get('hello');
  const { id } = await sandbox.control.deployments.request({
    app,
    kind: 'deploy',
    from: { kind: 'variables', release: app.liveRelease ?? 0 },
    actor: { name: 'tester' },
  });
  return sandbox.ended(id);
}

test('configs and secrets become immutable objects of the engine, mounted where the manifest says', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = withFiles();
  sandbox.stored = { 'shop-db': 'hunter2\n' };
  assert.equal((await sandbox.deploy()).state, 'succeeded');
  const [config, secret] = [...sandbox.fake.files].sort((a, b) => (a.kind < b.kind ? -1 : 1));
  assert.match(config?.Spec.Name ?? '', /^berth-hello-conf-[0-9a-f]{16}$/);
  assert.match(secret?.Spec.Name ?? '', /^berth-hello-db-[0-9a-f]{16}$/);
  assert.equal(Buffer.from(secret?.data ?? '', 'base64').toString(), 'hunter2\n');
  assert.deepEqual(secret?.Spec.Labels, { 'berth.platform': 'berth', 'berth.app': 'hello' });
  const spec = container(sandbox, 'hello-web-r1');
  assert.deepEqual(spec.Secrets, [
    {
      SecretID: secret?.ID,
      SecretName: secret?.Spec.Name,
      File: { Name: '/run/secrets/db', UID: '103', GID: '0', Mode: 0o400 },
    },
  ]);
  assert.deepEqual(spec.Configs, [
    {
      ConfigID: config?.ID,
      ConfigName: config?.Spec.Name,
      File: { Name: '/etc/app.conf', UID: '0', GID: '0', Mode: 0o444 },
    },
  ]);
  assert.ok(spec.Env?.includes('DB_PASSWORD=hunter2'), 'asked for as a variable, without its newline');
  assert.equal(container(sandbox, 'hello-other-r1').Secrets, undefined);
});

test('a new value rolls the service that has it and no other; a rollback brings the old value back', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = withFiles();
  sandbox.stored = { 'shop-db': 'one' };
  await sandbox.deploy();
  assert.equal((await again(sandbox)).toRelease, 1, 'nothing to change');
  sandbox.stored = { 'shop-db': 'two' };
  const changed = await again(sandbox);
  assert.equal(changed.state, 'succeeded');
  assert.equal(changed.toRelease, 2);
  assert.deepEqual(
    changed.runs.map((run) => [run.name, run.how]),
    [
      ['hello-web-r2', 'new'],
      ['hello-other-r1', 'kept'],
    ],
  );
  const valueGiven = (service: string) => {
    const [given] = container(sandbox, service).Secrets ?? [];
    const file = sandbox.fake.files.find((one) => one.ID === given?.SecretID);
    return Buffer.from(file?.data ?? '', 'base64').toString();
  };
  assert.equal(valueGiven('hello-web-r2'), 'two');
  assert.equal((await sandbox.rollback(1)).state, 'succeeded');
  assert.equal(valueGiven('hello-web-r1'), 'one');
});

test('a service with a value of its own gets that one, the others the app’s; a change rolls it alone', async (t) => {
  const sandbox = await createControlSandbox(t);
  const given = (service: string) => {
    const spec = container(sandbox, service);
    const file = sandbox.fake.files.find((one) => one.ID === spec.Secrets?.[0]?.SecretID);
    return [Buffer.from(file?.data ?? '', 'base64').toString(), spec.Env?.includes('DB_PASSWORD=own')];
  };
  const [web, other] = withFiles().services;
  sandbox.spec = {
    ...withFiles(),
    services: [web!, { ...other!, spec: { ...web!.spec, name: 'other' } }],
  };
  sandbox.stored = { 'shop-db': 'of all' };
  await sandbox.deploy();
  sandbox.stored = { 'shop-db': 'of all', 'web/shop-db': 'own' };
  const changed = await again(sandbox);
  assert.deepEqual(
    changed.runs.map((run) => [run.name, run.how]),
    [
      ['hello-web-r2', 'new'],
      ['hello-other-r1', 'kept'],
    ],
  );
  assert.deepEqual(given('hello-web-r2'), ['own', true]);
  assert.deepEqual(given('hello-other-r1'), ['of all', false]);
  const [latest] = await sandbox.deps.releases.list('hello');
  assert.deepEqual(latest?.summary.changes, ['secret db of web added']);
  const usersOf = createFileUsers(sandbox.deps);
  const users = async (scope: string) =>
    (await usersOf({ kind: 'secret', name: 'shop-db', scope })).map((user) => [user.service, user.scope]);
  const own = ['web', 'service:hello/web'];
  assert.deepEqual(await users('service:hello/web'), [own]);
  assert.deepEqual(await users('app:hello'), [own, ['other', 'app:hello']]);
  assert.deepEqual(await users('service:hello/none'), []);
  assert.deepEqual(await users('app:another'), []);

  sandbox.stored = { 'web/shop-db': 'own', 'other/shop-db': 'its' };
  assert.equal((await again(sandbox)).state, 'succeeded', 'the app needs none when all have their own');
  sandbox.stored = { 'web/shop-db': 'own' };
  assert.deepEqual((await again(sandbox)).failure?.evidence, [
    'secrets.db: secret `db` is external, and Berth keeps no secret `shop-db` for other of hello (`berth secret set shop-db -a hello --service other`, or `berth secret generate shop-db -a hello --service other` for a random one)',
  ]);
});

test('labels of the manifest are on the engine’s object, beside Berth’s own; others make another object', async (t) => {
  const sandbox = await createControlSandbox(t);
  const labelled = (team: string) => ({
    ...withFiles(),
    files: [
      withFiles().files[0]!,
      {
        kind: 'config' as const,
        name: 'conf',
        source: { kind: 'content' as const, base64: 'YT0x' },
        labels: { team, 'berth.app': 'none' },
      },
    ],
  });
  sandbox.spec = labelled('a');
  sandbox.stored = { 'shop-db': 'one' };
  await sandbox.deploy();
  sandbox.spec = labelled('b');
  const { runs } = await sandbox.deploy();
  assert.deepEqual(
    runs.map((run) => [run.name, run.how]),
    [
      ['hello-web-r2', 'new'],
      ['hello-other-r1', 'kept'],
    ],
  );
  const configs = sandbox.fake.files.filter((file) => file.kind === 'config');
  assert.deepEqual(
    configs.map((file) => file.Spec.Labels),
    ['a', 'b'].map((team) => ({ team, 'berth.platform': 'berth', 'berth.app': 'hello' })),
  );
  const [latest] = await sandbox.deps.releases.list('hello');
  assert.deepEqual(latest?.summary.changes, ['config conf changed']);
});

test('the value is in no summary, deployment, event or progress line', async (t) => {
  const sandbox = await createControlSandbox(t);
  const value = 'correct-horse-battery-staple';
  sandbox.spec = withFiles();
  sandbox.stored = { 'shop-db': 'first' };
  await sandbox.deploy();
  sandbox.stored = { 'shop-db': value };
  const { id } = await again(sandbox);
  const [latest] = await sandbox.deps.releases.list('hello');
  assert.ok(latest?.summary.changes.includes('secret db changed'), JSON.stringify(latest?.summary.changes));
  const told = JSON.stringify([
    await sandbox.deps.store.get(id),
    await sandbox.deps.store.events(id, 0),
    latest,
    sandbox.fake.calls,
  ]);
  for (const form of [value, Buffer.from(value).toString('base64')]) assert.ok(!told.includes(form), form);
});

test('what is missing stops the deployment by name, and nothing half-made stays', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = {
    ...withFiles(),
    files: [
      { kind: 'secret', name: 'db', source: { kind: 'stored', name: 'shop-db' } },
      { kind: 'config', name: 'conf', source: { kind: 'variable', variable: 'CONF' } },
    ],
  };
  const { failure } = await sandbox.deploy();
  assert.equal(failure?.code, 'missing_secret');
  assert.equal(failure?.message, 'hello cannot be given its secrets.db, configs.conf.');
  assert.deepEqual(failure?.evidence, [
    'secrets.db: secret `db` is external, and Berth keeps no secret `shop-db` for hello (`berth secret set shop-db -a hello`, or `berth secret generate shop-db -a hello` for a random one)',
    'configs.conf: config `conf` is the variable CONF, which is not set (`berth env set CONF=- -a hello`, or `berth env generate CONF -a hello` for a random one)',
  ]);
  assert.deepEqual(sandbox.fake.files, []);
});

test('a variable with newlines and quotes arrives as it is', async (t) => {
  const sandbox = await createControlSandbox(t);
  const value = 'line "one"\n\'two\' \\n $HOME\n';
  sandbox.spec = {
    ...withFiles(),
    files: [
      { kind: 'secret', name: 'db', source: { kind: 'variable', variable: 'DB' } },
      { kind: 'config', name: 'conf', source: { kind: 'content', base64: 'YT0x' } },
    ],
  };
  sandbox.variables = { DB: value };
  assert.equal((await sandbox.deploy()).state, 'succeeded');
  const secret = sandbox.fake.files.find((file) => file.kind === 'secret');
  assert.equal(Buffer.from(secret?.data ?? '', 'base64').toString(), value);
});

test('the release command gets the files too, from the memory of its node, and they go with it', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = { ...withFiles(), hooks: { release: { service: 'web', command: ['migrate'] } } };
  sandbox.stored = { 'shop-db': 'one' };
  const given: unknown[] = [];
  sandbox.fake.onRequest(({ method, path }) => {
    if (method === 'POST' && path.endsWith('/wait')) given.push([...sandbox.nodes.memory.entries()]);
  });
  const { state, id } = await sandbox.deploy();
  assert.equal(state, 'succeeded');
  assert.deepEqual(given, [
    [
      [
        `hello-hook-${id}`,
        [
          { base64: 'b25l', uid: 103, gid: 0, mode: 0o400 },
          { base64: 'YT0x', uid: 0, gid: 0, mode: 0o444 },
        ],
      ],
    ],
  ]);
  assert.equal(sandbox.nodes.memory.size, 0);
});

test('the engine keeps what a kept release has, and no more', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = withFiles();
  const collector = createFileCollector({ ...sandbox.deps });
  for (const value of ['one', 'two', 'three']) {
    sandbox.stored = { 'shop-db': value };
    await sandbox.deploy();
  }
  const contents = () =>
    sandbox.fake.files
      .filter((file) => file.kind === 'secret')
      .map((file) => Buffer.from(file.data, 'base64').toString());
  await collector.collect('hello');
  assert.deepEqual(contents(), ['one', 'two', 'three']);
  await sandbox.deps.releases.remove('hello', 1);
  await collector.collect('hello');
  assert.deepEqual(contents(), ['one', 'two', 'three'], 'its parked service still has it');
  await sandbox.fake.engine.removeService('hello-web-r1');
  await collector.collect('hello');
  assert.deepEqual(contents(), ['two', 'three']);
});

test('control killed before or after any request about configs and secrets: each is there once, and delivered', async (t) => {
  for (const kind of ['lost-before', 'lost-after'] as const)
    for (let kill = 1; kill <= 4; kill += 1) {
      const sandbox = await createControlSandbox(t);
      sandbox.spec = withFiles();
      sandbox.stored = { 'shop-db': 'one' };
      let seen = 0;
      let killed: Promise<unknown> | undefined;
      sandbox.fake.injectFault({
        kind,
        match: ({ path }) => {
          if (!/^\/(secrets|configs)/.test(path)) return false;
          seen += 1;
          if (seen === kill) killed = sandbox.restart();
          return seen === kill;
        },
      });
      const { state, failure } = await sandbox.deploy();
      assert.notEqual(killed, undefined, `there was a request ${kill}`);
      await killed;
      assert.equal(state, 'succeeded', JSON.stringify(failure));
      assert.deepEqual(sandbox.fake.files.map((file) => file.kind).sort(), ['config', 'secret']);
      const [secret] = container(sandbox, 'hello-web-r1').Secrets ?? [];
      assert.ok(sandbox.fake.files.some((file) => file.ID === secret?.SecretID));
    }
});
