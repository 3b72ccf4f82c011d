import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { type Engine, isAbsent, isConflict, readAll } from '@berth/engine/engine';
import { demux } from '@berth/engine/streams';
import { EngineStatusError } from '@berth/engine/transport';
import type { ServiceSpec } from '@berth/engine/types';

/** What the suite needs of an engine, the real one or the fake. */
export interface EngineUnderTest {
  readonly engine: Engine;
  readonly labels: Readonly<Record<string, string>>;
  readonly image: string;
  name(suffix: string): string;
  until<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T>;
}

const status =
  (code: number, words: RegExp) =>
  (cause: unknown): boolean => {
    assert.ok(cause instanceof EngineStatusError, String(cause));
    assert.equal(cause.status, code, cause.engineMessage);
    assert.match(cause.engineMessage, words);
    return true;
  };

/**
 * What Berth relies on in an engine. Runs against the fake and the real engine, so that what tests on the
 * fake learn is true.
 */
export function engineContract(
  title: string,
  open: (t: TestContext) => Promise<EngineUnderTest | undefined>,
) {
  const scenario = (name: string, body: (under: EngineUnderTest) => Promise<void>): void => {
    test(name, async (t) => {
      const under = await open(t);
      if (under !== undefined) await body(under);
    });
  };
  const serviceSpec = (
    under: EngineUnderTest,
    over: { name?: string; network?: string; replicas?: number; args?: readonly string[] },
  ): ServiceSpec => ({
    Name: over.name ?? under.name('web'),
    Labels: { ...under.labels },
    TaskTemplate: {
      ContainerSpec: {
        Image: under.image,
        Labels: { ...under.labels },
        Command: ['/bin/sleep'],
        Args: over.args ?? ['600'],
        StopGracePeriod: 0,
      },
      RestartPolicy: { Condition: 'any', Delay: 100_000_000 },
      Networks: over.network === undefined ? [] : [{ Target: over.network, Aliases: ['web'] }],
    },
    Mode: { Replicated: { Replicas: over.replicas ?? 1 } },
    EndpointSpec: { Mode: 'dnsrr' },
  });
  const network = (under: EngineUnderTest) =>
    under.engine.createNetwork({
      Name: under.name('net'),
      Driver: 'overlay',
      Attachable: true,
      CheckDuplicate: true,
      Labels: { ...under.labels },
    });
  const tasksRunning = (under: EngineUnderTest, service: string, count: number) =>
    under.until(async () => {
      const tasks = await under.engine.listTasks({
        filters: { service: [service], 'desired-state': ['running'] },
      });
      return tasks.length === count && tasks.every((task) => task.Status.State === 'running')
        ? tasks
        : undefined;
    });

  describe(title, () => {
    scenario('a network is made once, found by name, id and label, and removed', async (under) => {
      const { Id } = await network(under);
      await assert.rejects(network(under), status(409, /already exists/));
      assert.equal((await under.engine.inspectNetwork(under.name('net'))).Id, Id);
      const list = () =>
        under.engine.listNetworks({ filters: { label: [`berth.test=${under.labels['berth.test']}`] } });
      // Swarm takes a network at once, and gives it its driver and its subnet a moment later.
      const listed = await under.until(async () => {
        const found = await list();
        return found.every(({ Driver }) => Driver !== '') ? found : undefined;
      });
      assert.deepEqual(
        listed.map((one) => [one.Name, one.Driver, one.Attachable]),
        [[under.name('net'), 'overlay', true]],
      );
      assert.equal(listed[0]?.Containers ?? null, null, 'only what a node still has lists its containers');
      await under.engine.removeNetwork(Id);
      await assert.rejects(under.engine.inspectNetwork(Id), isAbsent);
    });

    scenario('a service starts its tasks with addresses in its network', async (under) => {
      const { Id } = await network(under);
      const spec = serviceSpec(under, { network: under.name('net'), replicas: 2 });
      const { ID } = await under.engine.createService(spec);
      await assert.rejects(under.engine.createService(spec), isConflict);
      const tasks = await tasksRunning(under, spec.Name, 2);
      assert.deepEqual(tasks.map((task) => task.Slot).sort(), [1, 2]);
      for (const task of tasks) {
        assert.equal(task.ServiceID, ID);
        assert.match(task.NetworksAttachments?.[0]?.Addresses[0] ?? '', /^\d+\.\d+\.\d+\.\d+\/\d+$/);
        assert.equal(task.NetworksAttachments?.[0]?.Network.ID, Id);
        const container = await under.engine.inspectContainer(task.Status.ContainerStatus!.ContainerID);
        assert.equal(container.State.Running, true);
        assert.equal(container.Config.Labels['com.docker.swarm.service.name'], spec.Name);
        assert.equal(container.Config.Labels['com.docker.swarm.task.id'], task.ID);
      }
      const stored = await under.engine.inspectService(spec.Name);
      assert.equal(stored.Spec.TaskTemplate.Networks?.[0]?.Target, Id, 'the name became the id');
      const [withStatus] = await under.engine.listServices({ filters: { name: [spec.Name] }, status: true });
      const { RunningTasks, DesiredTasks } = withStatus!.ServiceStatus!;
      assert.deepEqual([RunningTasks, DesiredTasks], [2, 2]);
      await assert.rejects(under.engine.removeNetwork(Id), (cause) => cause instanceof EngineStatusError);
    });

    scenario('a service is refused for an unknown network', async (under) => {
      await assert.rejects(
        under.engine.createService(serviceSpec(under, { network: under.name('none') })),
        // 500 in 20.10, 404 in later versions.
        (cause) => cause instanceof EngineStatusError && /not found/.test(cause.engineMessage),
      );
    });

    scenario('scaling keeps the tasks that stay, and removes the highest slots', async (under) => {
      const spec = serviceSpec(under, { replicas: 3 });
      const { ID } = await under.engine.createService(spec);
      const before = await tasksRunning(under, ID, 3);
      const service = await under.engine.inspectService(ID);
      const one = { ...service.Spec, Mode: { Replicated: { Replicas: 1 } } };
      await under.engine.updateService(ID, service.Version.Index, one);
      const [after] = await tasksRunning(under, ID, 1);
      assert.equal(after?.Slot, 1);
      assert.equal(after?.ID, before.find((task) => task.Slot === 1)?.ID);
    });

    scenario('an update of an older version is refused', async (under) => {
      const spec = serviceSpec(under, {});
      const { ID } = await under.engine.createService(spec);
      const { Version, Spec } = await under.engine.inspectService(ID);
      const scaled = { ...Spec, Mode: { Replicated: { Replicas: 2 } } };
      await under.engine.updateService(ID, Version.Index, scaled);
      await assert.rejects(
        under.engine.updateService(ID, Version.Index, scaled),
        status(500, /update out of sequence/),
      );
    });

    scenario('a task that ends is failed with its exit code, and another takes its slot', async (under) => {
      const spec = serviceSpec(under, {});
      const failing: ServiceSpec = {
        ...spec,
        TaskTemplate: {
          ...spec.TaskTemplate,
          ContainerSpec: {
            ...spec.TaskTemplate.ContainerSpec,
            Command: ['/bin/sh', '-c', 'echo one; echo two >&2; exit 3'],
            Args: [],
          },
        },
      };
      const { ID } = await under.engine.createService(failing);
      const failed = await under.until(async () =>
        (await under.engine.listTasks({ filters: { service: [ID] } })).find(
          (task) => task.Status.State === 'failed',
        ),
      );
      assert.equal(failed.Status.ContainerStatus?.ExitCode, 3);
      assert.match(failed.Status.Err ?? '', /non-zero exit \(3\)/);
      const container = await under.engine.inspectContainer(failed.Status.ContainerStatus!.ContainerID);
      assert.deepEqual(
        [container.State.Status, container.State.ExitCode, container.State.OOMKilled],
        ['exited', 3, false],
      );
      const log = await under.engine.containerLogs(container.Id, { tail: 50 });
      const texts: string[] = [];
      for await (const frame of demux(log)) texts.push(frame.data.toString('utf8').trim());
      assert.deepEqual(texts.sort(), ['one', 'two']);
      await under.until(async () => {
        const tasks = await under.engine.listTasks({ filters: { service: [ID] } });
        return tasks.filter((task) => task.Slot === 1).length > 1 ? true : undefined;
      });
    });

    scenario(
      'a service of an unknown image is accepted, and its tasks are rejected in words',
      async (under) => {
        const spec = serviceSpec(under, {});
        spec.TaskTemplate.ContainerSpec.Image = 'localhost:1/berth-test/none:1';
        const { ID } = await under.engine.createService(spec);
        const rejected = await under.until(async () =>
          (await under.engine.listTasks({ filters: { service: [ID] } })).find(
            (task) => task.Status.State === 'rejected',
          ),
        );
        assert.match(rejected.Status.Err ?? '', /No such image/);
      },
    );

    scenario('a removed service is gone, and its containers soon after', async (under) => {
      const { ID } = await under.engine.createService(serviceSpec(under, {}));
      await tasksRunning(under, ID, 1);
      await under.engine.removeService(ID);
      await assert.rejects(under.engine.inspectService(ID), isAbsent);
      await assert.rejects(under.engine.listTasks({ filters: { service: [ID] } }), isAbsent);
      await assert.rejects(under.engine.removeService(ID), isAbsent);
      await under.until(async () => {
        const left = await under.engine.listContainers({
          all: true,
          filters: { label: [`com.docker.swarm.service.id=${ID}`] },
        });
        return left.length === 0 ? true : undefined;
      });
    });

    scenario('a container lives from create to remove', async (under) => {
      const name = under.name('hook');
      const spec = {
        Image: under.image,
        Entrypoint: ['/bin/sh', '-c'],
        Cmd: ['echo migrated; exit 4'],
        Labels: { ...under.labels },
      };
      const { Id } = await under.engine.createContainer(name, spec);
      await assert.rejects(under.engine.createContainer(name, spec), status(409, /already in use/));
      assert.equal(
        (await under.engine.waitContainer(Id)).StatusCode,
        0,
        'it does not run: nothing to wait for',
      );
      await under.engine.startContainer(Id);
      assert.equal((await under.engine.waitContainer(Id)).StatusCode, 4);
      assert.equal((await under.engine.inspectContainer(name)).State.ExitCode, 4);
      const texts: string[] = [];
      for await (const frame of demux(await under.engine.containerLogs(Id, {})))
        texts.push(frame.data.toString('utf8'));
      assert.deepEqual(texts, ['migrated\n']);
      assert.equal((await under.engine.listContainers({ filters: { name: [name] } })).length, 0);
      assert.equal((await under.engine.listContainers({ all: true, filters: { name: [name] } })).length, 1);
      await under.engine.removeContainer(Id);
      await assert.rejects(under.engine.inspectContainer(Id), isAbsent);
    });

    scenario('absent things are 404 in the engine’s words', async (under) => {
      const none = under.name('none');
      await assert.rejects(under.engine.inspectService(none), status(404, /not found/));
      await assert.rejects(under.engine.inspectNetwork(none), status(404, /not found/));
      await assert.rejects(under.engine.inspectContainer(none), status(404, /No such container/));
      await assert.rejects(under.engine.inspectImage(none), status(404, /No such image/));
      await assert.rejects(under.engine.inspectVolume(none), status(404, /no such volume/));
    });

    scenario('a volume made twice is one volume', async (under) => {
      const spec = { Name: under.name('data'), Labels: { ...under.labels } };
      await under.engine.createVolume(spec);
      await under.engine.createVolume(spec);
      const listed = await under.engine.listVolumes({
        filters: { label: [`berth.test=${under.labels['berth.test']}`] },
      });
      assert.deepEqual(
        (listed.Volumes ?? []).map((volume) => volume.Name),
        [spec.Name],
      );
      await under.engine.removeVolume(spec.Name);
    });

    for (const kind of ['secret', 'config'] as const) {
      scenario(`a ${kind} is made once, listed by label, held by its users, and removed`, async (under) => {
        const { engine } = under;
        const api =
          kind === 'secret'
            ? { list: engine.listSecrets, create: engine.createSecret, remove: engine.removeSecret }
            : { list: engine.listConfigs, create: engine.createConfig, remove: engine.removeConfig };
        const Name = under.name(kind);
        const spec = {
          Name,
          Labels: { ...under.labels },
          Data: Buffer.from('hunter2').toString('base64'),
        };
        const { ID } = await api.create(spec);
        await assert.rejects(api.create(spec), isConflict);
        await assert.rejects(
          api.create({ ...spec, Name: under.name('empty'), Data: '' }),
          status(400, /must be larger than 0/),
        );
        const listed = await api.list({ filters: { label: [`berth.test=${under.labels['berth.test']}`] } });
        assert.deepEqual(
          listed.map((file) => [file.ID, file.Spec.Name, file.Spec.Labels?.['berth.test']]),
          [[ID, Name, under.labels['berth.test']]],
        );
        const service = serviceSpec(under, {});
        const file = { Name: '/run/given', UID: '0', GID: '0', Mode: 0o444 };
        const grants =
          kind === 'secret'
            ? { Secrets: [{ SecretID: ID, SecretName: Name, File: file }] }
            : { Configs: [{ ConfigID: ID, ConfigName: Name, File: file }] };
        Object.assign(service.TaskTemplate.ContainerSpec, grants);
        const made = await engine.createService(service);
        await tasksRunning(under, made.ID, 1);
        await assert.rejects(api.remove(ID), status(400, /is in use by the following service/));
        await engine.removeService(made.ID);
        await api.remove(ID);
        await assert.rejects(api.remove(ID), isAbsent);
      });
    }

    scenario('events of containers arrive while they happen', async (under) => {
      const stop = new AbortController();
      const body = await under.engine.events({
        filters: { type: ['container'], label: [`berth.test=${under.labels['berth.test']}`] },
        signal: stop.signal,
      });
      body.on('error', () => undefined);
      const { Id } = await under.engine.createContainer(under.name('one'), {
        Image: under.image,
        Entrypoint: ['/bin/sh', '-c'],
        Cmd: ['exit 0'],
        Labels: { ...under.labels },
      });
      await under.engine.startContainer(Id);
      let text = '';
      for await (const chunk of body) {
        text += String(chunk);
        if (/"Action":"die"/.test(text)) break;
      }
      stop.abort();
      assert.match(text, /"Action":"start"/);
    });

    scenario('an image knows its configuration', async (under) => {
      const image = await under.engine.inspectImage(under.image);
      assert.match(image.Id, /^sha256:[0-9a-f]{64}$/);
      assert.equal(typeof image.Config.User, 'string');
      const ping = await under.engine.stream('GET', '/_ping');
      assert.match((await readAll(ping)).toString('utf8'), /OK/);
    });
  });
}
