import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { memoryFiles } from '@berth/compose/files';
import { loadCompose } from '@berth/compose/load';
import { toAppSpec } from '@berth/compose/translate';
import { label } from '@berth/domain/label';
import { runName } from '@berth/domain/run';
import type { Task } from '@berth/engine/types';
import { systemClock } from '@berth/runtime/clock';
import { oneOffNetworks, renderOneOff, renderSwarmService } from '../swarm/service-spec.ts';
import { createAppNetworks } from './app-networks.ts';
import { type SwarmNode, type SwarmOfTwo, said, soon, startSwarmOfTwo } from './fixtures/swarm-of-two.ts';
import { joinNetworks } from './join.ts';
import { engineNetworkName } from './names.ts';
import { prepareNetworks } from './prepare.ts';

/** Takes what comes to its end and answers who it is, where, and how much that was. */
const server = `use IO::Socket::INET; $SIG{TERM} = sub { exit 0 }; $SIG{PIPE} = "IGNORE";
my $s = IO::Socket::INET->new(LocalPort => 5432, Listen => 64, ReuseAddr => 1) or die;
while (1) { my $c = $s->accept or next; my $n = 0; while (my $l = sysread $c, my $b, 65536) { $n += $l }
print $c "$ENV{NAME} $ENV{HOSTNAME} $n"; close $c }`;

/** Sends so much to an address and says what is answered, or why nothing is. */
const client = `use IO::Socket::INET; my ($to, $size) = @ARGV; $SIG{ALRM} = sub { print "silence"; exit }; alarm 10;
my $c = IO::Socket::INET->new(PeerAddr => $to, Timeout => 2) or print("unreachable") && exit;
print $c "x" x $size; $c->flush; shutdown $c, 1; while (sysread $c, my $b, 65536) { print $b }`;

const service = (name: string, more: string) => `
  ${name}:
    image: x
    init: true
    command: ${JSON.stringify(['perl', '-e', server.replaceAll('$', '$$$$')])}
    environment: {NAME: ${name}}
    deploy: {replicas: 2, placement: {max_replicas_per_node: 1}}
    ${more}`;

const shop = `services:
${service('web', 'networks: [front, back]')}
${service('cache', 'networks: {front: {aliases: [fast]}}')}
${service('db', 'networks: {back: {aliases: [database]}}')}
networks:
  front: {}
  back: {internal: true}
`;
const crm = `services:
${service('web', 'networks: {default: {aliases: [customers]}}')}
`;

interface RunningTask {
  readonly node: SwarmNode;
  readonly container: string;
  /** By the engine's network. */
  readonly addresses: ReadonlyMap<string, string>;
}

type Asking = Pick<RunningTask, 'node' | 'container'>;

/** An app as control makes it: networks, then services. */
async function started(swarm: SwarmOfTwo, app: string, text: string) {
  const { platform, image, one, two } = swarm;
  const loaded = loadCompose({ port: memoryFiles({ '/p/compose.yaml': text }), cwd: '/p' });
  assert.ok(loaded.kind === 'ok', JSON.stringify(loaded));
  const read = toAppSpec(loaded, { app, contextRoot: '/p', readSource: () => ({ kind: 'absent' }) });
  assert.ok(read.kind === 'ok', JSON.stringify(read));
  const release = {
    app,
    networks: read.spec.networks,
    services: read.spec.services.map(({ spec }) => ({ spec, image, imageLabel: image })),
  };
  const networks = networksOf(swarm);
  const signal = AbortSignal.timeout(40_000);
  await prepareNetworks(
    { platform, networks, shared: { find: async () => undefined } },
    one.engine,
    release,
    signal,
  );
  const renders = release.services.map((wanted) => {
    const name = { app, service: wanted.spec.name, release: 1, generation: 1 };
    const run = { ...name, name: runName(name, platform), replicas: wanted.spec.replicas };
    const input = { platform, run, service: wanted, networks: release.networks };
    return { ...input, variables: {}, files: [], volumes: {} };
  });
  for (const render of renders) await one.engine.createService(renderSwarmService(render));
  const running = async (name: string): Promise<readonly RunningTask[]> => {
    const tasks = await soon(async () => {
      const found = await one.own.listTasks({ filters: { service: [name] } });
      const failed = found.find(({ Status }) => Status.Err);
      if (failed !== undefined) throw new Error(`${name}: ${failed.Status.Err}`);
      return found.length === 2 && found.every(({ Status }) => Status.State === 'running')
        ? found
        : undefined;
    });
    return [one, two].map((node): RunningTask => {
      const task = tasks.find(({ NodeID }) => NodeID === node.id);
      assert.ok(task, `a task of ${name} on each node`);
      return {
        node,
        container: task.Status.ContainerStatus!.ContainerID,
        addresses: new Map(addressesIn(task)),
      };
    });
  };
  const tasks = new Map<string, readonly RunningTask[]>();
  for (const { run } of renders) tasks.set(run.service, await running(run.name));
  return {
    tasksOf: (name: string) => tasks.get(name)!,
    runNameOf: (name: string) => renders.find(({ run }) => run.service === name)!.run.name,
    renderOf: (name: string) => renders.find(({ run }) => run.service === name)!,
    networkOf: (name: string) =>
      engineNetworkName(platform, app, release.networks.find((network) => network.name === name)!),
  };
}

const networksOf = ({ platform, nodes }: SwarmOfTwo) =>
  createAppNetworks({ platform, nodes, clock: systemClock, pool: undefined });

const addressesIn = (task: Task): [string, string][] =>
  (task.NetworksAttachments ?? []).map(({ Network, Addresses }) => [
    Network.Spec.Name,
    Addresses[0]!.split('/')[0]!,
  ]);

const sorted = (items: Iterable<string>): string[] => [...new Set(items)].sort();

/** The addresses of each name, as the C library gives them. */
async function resolved({ node, container }: Asking, names: readonly string[]) {
  // One name an engine asks nobody about, in a network without a way out, is answered by nobody.
  const script =
    'export RES_OPTIONS="timeout:1 attempts:1"; for name; do echo "$name" $(getent ahostsv4 "$name" | cut -d " " -f 1); done';
  const out = await said(node.engine, container, ['sh', '-c', script, 'sh', ...names]);
  return Object.fromEntries(
    out.split('\n').map((line) => {
      const [name, ...addresses] = line.split(' ');
      return [name!, sorted(addresses)];
    }),
  );
}

const each = <T>(names: readonly string[], value: T): Record<string, T> =>
  Object.fromEntries(names.map((name) => [name, value]));

const asked = ({ node, container }: Asking, to: string, size = 1) =>
  said(node.engine, container, ['perl', '-e', client, to, String(size)]);

/** Its host name, as the engine gives it. */
const nameOf = ({ container }: RunningTask): string => container.slice(0, 12);

async function listener(t: TestContext): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => undefined).end('outside'));
  await new Promise<void>((resolve) => server.listen(0, resolve));
  t.after(() => server.close());
  return (server.address() as { port: number }).port;
}

test('names and isolation of apps on two nodes', async (t) => {
  const swarm = await startSwarmOfTwo(t);
  if (swarm === undefined) return;
  const { one, two } = swarm;
  const [ours, theirs] = await Promise.all([started(swarm, 'shop', shop), started(swarm, 'crm', crm)]);
  const [front, back, other] = [ours.networkOf('front'), ours.networkOf('back'), theirs.networkOf('default')];
  const addressesOf = (app: typeof ours, service: string, network: string) =>
    sorted(app.tasksOf(service).map(({ addresses }) => addresses.get(network)!));

  await t.test('every name is the same tasks, asked from either node', async () => {
    const names = (service: string, app: string, run: string, ...aliases: string[]) =>
      [service, ...aliases, `${service}.${app}`, run].flatMap((name) => [name, `tasks.${name}`]);
    const cases: [asking: readonly RunningTask[], names: string[], addresses: string[]][] = [
      [
        ours.tasksOf('web'),
        names('cache', 'shop', ours.runNameOf('cache'), 'fast'),
        addressesOf(ours, 'cache', front),
      ],
      [
        ours.tasksOf('web'),
        names('db', 'shop', ours.runNameOf('db'), 'database'),
        addressesOf(ours, 'db', back),
      ],
      [ours.tasksOf('db'), names('web', 'shop', ours.runNameOf('web')), addressesOf(ours, 'web', back)],
      [ours.tasksOf('cache'), names('web', 'shop', ours.runNameOf('web')), addressesOf(ours, 'web', front)],
      [
        theirs.tasksOf('web'),
        names('web', 'crm', theirs.runNameOf('web'), 'customers'),
        addressesOf(theirs, 'web', other),
      ],
    ];
    await Promise.all(
      cases.flatMap(([asking, list, addresses]) => {
        assert.equal(addresses.length, 2);
        return asking.map((task) => resolvesTo(task, each(list, addresses)));
      }),
    );
  });

  await t.test('a task reaches every other of its networks, on its node and on the other', async () => {
    const reach: [from: string, to: string, network: string][] = [
      ['web', 'cache', front],
      ['web', 'db', back],
      ['db', 'web', back],
    ];
    for (const [from, to, network] of reach)
      await Promise.all(
        ours.tasksOf(from).flatMap((asking) =>
          ours.tasksOf(to).map(async (target) => {
            const answer = await asked(asking, `${target.addresses.get(network)}:5432`, 200_000);
            assert.equal(answer, `${to} ${nameOf(target)} 200000`);
          }),
        ),
      );
  });

  await t.test('a name is not known outside its network, nor outside its app', async () => {
    const unknown: [asking: readonly RunningTask[], names: string[]][] = [
      [ours.tasksOf('web'), ['web.crm', 'customers', 'tasks.customers', theirs.runNameOf('web')]],
      [theirs.tasksOf('web'), ['web.shop', 'cache', 'fast', 'db', 'database', ours.runNameOf('web')]],
      [ours.tasksOf('db'), ['cache', 'fast', 'cache.shop']],
    ];
    await Promise.all(
      unknown.flatMap(([asking, names]) =>
        asking.map(async (task) => assert.deepEqual(await resolved(task, names), each(names, []))),
      ),
    );
  });

  await t.test('nothing of another app is reached by address', async () => {
    const bridged = async ({ node, container }: RunningTask) => {
      const { Containers } = await node.own.inspectNetwork('docker_gwbridge', { scope: 'local' });
      return Containers![container]!.IPv4Address.split('/')[0]!;
    };
    const pairs: [RunningTask, RunningTask, string][] = [];
    for (const [from, to, network] of [
      [ours, theirs, other],
      [theirs, ours, front],
      [theirs, ours, back],
    ] as const)
      for (const asking of from.tasksOf('web'))
        for (const target of to.tasksOf('web')) pairs.push([asking, target, target.addresses.get(network)!]);
    await Promise.all(
      pairs.map(async ([asking, target, address]) => {
        // Whatever else has the address beyond the way out may answer, not the task.
        for (const to of [address, await bridged(target)])
          assert.doesNotMatch(await asked(asking, `${to}:5432`), /web/);
      }),
    );
  });

  await t.test('an internal network has no way out on either node', async (t) => {
    const port = await listener(t);
    for (const task of ours.tasksOf('cache'))
      assert.equal(await asked(task, `${task.node.gateway}:${port}`), 'outside');
    for (const task of ours.tasksOf('db'))
      assert.equal(await asked(task, `${task.node.gateway}:${port}`), 'unreachable');
  });

  await t.test('a one-off on either node is in the networks of its service', async () => {
    for (const node of [one, two]) {
      const render = ours.renderOf('web');
      const spec = renderOneOff({ ...render, purpose: 'one-off', command: ['sleep', '60'] });
      const { Id: container } = await node.engine.createContainer(`one-off-${node.id}`, spec);
      await joinNetworks(node.engine, container, oneOffNetworks(render), AbortSignal.timeout(20_000));
      await node.engine.startContainer(container);
      const task = { node, container };
      await resolvesTo(task, { database: addressesOf(ours, 'db', back) });
      for (const target of ours.tasksOf('cache'))
        await soon(async () => {
          const answer = await asked(task, `${target.addresses.get(front)}:5432`);
          return answer === `cache ${nameOf(target)} 1` ? true : undefined;
        });
      await node.engine.removeContainer(container, { force: true });
    }
  });

  await t.test('a network is made again while a task on the other node still ends', async () => {
    const { engine } = one;
    const networks = networksOf(swarm);
    const labels = { [label.platform]: swarm.platform, [label.app]: 'slow' };
    const wish = {
      engineName: `${swarm.platform}-app-slow`,
      network: { name: 'default', internal: false, encrypted: false, labels: {} },
      labels,
    };
    const [render] = [ours.renderOf('cache')];
    const start = async (name: string): Promise<Task> => {
      const spec = renderSwarmService({ ...render, run: { ...render.run, app: 'slow', name, replicas: 1 } });
      await engine.createService({
        ...spec,
        TaskTemplate: {
          ...spec.TaskTemplate,
          ContainerSpec: {
            ...spec.TaskTemplate.ContainerSpec,
            Command: ['sh', '-c', "trap '' TERM; while :; do sleep 0.2; done"],
            Args: [],
            StopGracePeriod: 3e9,
          },
          Placement: { Constraints: ['node.role == worker'] },
          Networks: [{ Target: wish.engineName }],
        },
      });
      return await soon(async () => {
        const tasks = await engine.listTasks({ filters: { service: [name] } });
        const failed = tasks.find(({ Status }) => Status.Err);
        if (failed !== undefined) throw new Error(failed.Status.Err);
        return tasks.find(({ Status }) => Status.State === 'running');
      });
    };
    const isRunning = async (task: Task): Promise<boolean> =>
      (await two.own.inspectContainer(task.Status.ContainerStatus!.ContainerID)).State.Running;

    await networks.ensure(engine, wish);
    const before = await start('before');
    await engine.removeService('before');
    assert.equal(await networks.removeOf(engine, 'slow', AbortSignal.timeout(10_000)), 'removed');
    assert.ok(await isRunning(before));
    await networks.ensure(engine, wish);
    const after = await start('after');
    const { Id } = await engine.inspectNetwork(wish.engineName);
    const { NetworkSettings } = await two.own.inspectContainer(after.Status.ContainerStatus!.ContainerID);
    assert.equal(NetworkSettings.Networks[wish.engineName]?.NetworkID, Id);
    assert.equal((await engine.listTasks({ filters: { service: ['after'] } })).length, 1, 'at the first try');
  });
});

/** In the end: a node learns of the tasks of the other a moment after they run. */
async function resolvesTo(asking: Asking, expected: Record<string, string[]>): Promise<void> {
  let last: unknown;
  await soon(async () => {
    last = await resolved(asking, Object.keys(expected));
    return isDeepStrictEqual(last, expected) ? true : undefined;
  }).catch(() => assert.deepEqual(last, expected));
}
