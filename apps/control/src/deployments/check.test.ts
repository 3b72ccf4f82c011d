import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AppNetwork } from '@berth/domain/release';
import type { ServiceSpec } from '@berth/domain/service';
import { anAppSpec, anImage, aServiceSpec } from '@berth/testkit/builders';
import { type ControlSandbox, createControlSandbox } from '@berth/testkit/control-sandbox';
import { hostsOf } from '../domains/hosts.ts';
import { planOf } from '../plans/fixtures/plan-of.ts';

const app = (spec: Partial<ServiceSpec>, more: Parameters<typeof anAppSpec>[0] = {}) =>
  anAppSpec({
    services: [{ spec: aServiceSpec(spec), image: { kind: 'image', reference: anImage('web') } }],
    ...more,
  });
/** The plan and the deployment say the same, and nothing was built or made. */
async function refusedAs(sandbox: ControlSandbox, message: string): Promise<void> {
  await assert.rejects(planOf(sandbox), { message });
  const writes = () => sandbox.fake.calls.filter((call) => !call.startsWith('GET')).length;
  const before = writes();
  const deployment = await sandbox.deploy();
  assert.equal(deployment.failure?.message, message);
  assert.deepEqual(
    deployment.steps.map(({ state }) => state),
    ['queued', 'building'],
  );
  assert.equal(writes(), before);
}

test('more tasks with a port of the node than nodes are refused, before they wait for ever', async (t) => {
  const sandbox = await createControlSandbox(t);
  const ports = [{ target: 9100, published: 9100, protocol: 'tcp' as const }];
  sandbox.spec = app({ replicas: 2, ports });
  await refusedAs(sandbox, 'web is to have 2 tasks, a node gives 9100 to one of them, and there is 1 node.');
  sandbox.spec = app({ replicas: 3, placement: { constraints: [], spread: [], replicasPerNodeMax: 2 } });
  await refusedAs(sandbox, 'web is to have 3 tasks, max_replicas_per_node is 2, and there is 1 node.');
  sandbox.spec = app({ replicas: 2, ports: ports.map((port) => ({ ...port, address: '127.0.0.1' })) });
  assert.equal((await planOf(sandbox)).changes, true, 'tasks share a bound port');
});

test('a network of another release keeps its subnet: the same one again is refused before anything is built', async (t) => {
  const sandbox = await createControlSandbox(t);
  const back: AppNetwork = {
    name: 'back',
    internal: true,
    encrypted: false,
    subnet: '10.77.0.0/24',
    labels: {},
  };
  const networks = [{ network: 'back', aliases: [] }];
  sandbox.spec = app({ networks }, { networks: [back] });
  const first = await sandbox.deploy();
  assert.equal(first.state, 'succeeded', JSON.stringify(first.failure));
  assert.equal((await planOf(sandbox)).changes, false);
  sandbox.spec = app({ networks }, { networks: [{ ...back, internal: false }] });
  await refusedAs(
    sandbox,
    'The subnet 10.77.0.0/24 of the network back overlaps with the network another release of this app has (10.77.0.0/24).',
  );
  sandbox.spec = app({ networks }, { networks: [{ ...back, internal: false, subnet: '10.78.0.0/24' }] });
  const { services, others } = await planOf(sandbox);
  const words = ['network back: internal true → false', 'network back: subnet 10.77.0.0/24 → 10.78.0.0/24'];
  assert.deepEqual(services[0]?.reasons, words);
  assert.deepEqual(others, words);
});

test('a volume that cannot be had is refused before anything is built; one that grows is told', async (t) => {
  const sandbox = await createControlSandbox(t);
  const mounts = [{ kind: 'volume' as const, source: 'data', target: '/data', readOnly: false }];
  const data = { name: 'data', labels: {} };
  sandbox.spec = app({ mounts }, { volumes: [{ ...data, external: true, shared: 'media' }] });
  await refusedAs(
    sandbox,
    'The volume media is external, and Berth has none: `berth volume create media` makes it; if the engine has one of that name, `berth volume adopt media` takes it as it is.',
  );
  const MiB = 2 ** 20;
  sandbox.spec = app({ mounts }, { volumes: [{ ...data, sizeBytes: 64 * MiB }] });
  assert.equal((await sandbox.deploy()).state, 'succeeded');
  sandbox.spec = app({ mounts }, { volumes: [{ ...data, sizeBytes: 96 * MiB }] });
  assert.deepEqual((await planOf(sandbox)).others, ['volume data: size 64 MiB → 96 MiB']);
  sandbox.spec = app({ mounts }, { volumes: [{ ...data, sizeBytes: 32 * MiB }] });
  assert.deepEqual((await planOf(sandbox)).warnings, [
    'the volume hello_data is larger than the manifest says, and stays so: volumes never shrink',
  ]);
});

test('a job that goes on is told of while the deployment waits for it', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = app({ name: 'migrate', mode: 'job', restart: { condition: 'none', delayMs: 0 } });
  const deployment = await sandbox.deploy({ deadlineSeconds: 90 });
  assert.equal(deployment.state, 'failed');
  assert.match(
    deployment.warnings.join('\n'),
    /^migrate has run for 60 s and has not completed: .* waited for with `service_healthy`$/m,
  );
  assert.match(
    deployment.failure?.message ?? '',
    /deadline of 90 s while proving: The job migrate has not completed/,
  );
});

test('a host name belongs to one app, whoever asks for it and however', async (t) => {
  const sandbox = await createControlSandbox(t);
  const at = (host: string) => app({}, { routes: [{ service: 'web', host, path: '/', stripPrefix: false }] });
  for (const host of ['berth.example.test', 'example.test', 'other.example.test']) {
    sandbox.spec = at(host);
    await refusedAs(
      sandbox,
      `${host} is kept for the platform: names under example.test belong to apps of that name.`,
    );
  }
  sandbox.spec = at('hello.example.test');
  assert.equal((await sandbox.deploy()).state, 'succeeded');
  sandbox.spec = at('shop.example.com');
  assert.equal((await sandbox.deploy()).state, 'succeeded');
  const { hosts } = sandbox.deps;
  const wanted = hostsOf({
    routes: [],
    redirects: [{ host: 'shop.example.com', to: 'x.test', status: 301 }],
  });
  await hosts.check('hello', wanted);
  await assert.rejects(hosts.check('thief', wanted), {
    code: 'domain_taken',
    message: 'shop.example.com belongs to the app hello.',
  });
});

test('a name that was taken while a deployment ran is not taken over: it goes back', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = app({}, { routes: [{ service: 'web', host: 'a.test', path: '/', stripPrefix: false }] });
  const { take } = sandbox.deps.hosts;
  Object.assign(sandbox.deps.hosts, {
    take: async (...[name, wanted, work]: Parameters<typeof take>) => {
      await sandbox.takeDomain('a.test', 'quicker');
      await take(name, wanted, work);
    },
  });
  const deployment = await sandbox.deploy();
  assert.equal(deployment.failure?.message, 'a.test belongs to the app quicker.');
  assert.equal((await sandbox.deps.apps.get('hello')).liveRelease, undefined);
});
