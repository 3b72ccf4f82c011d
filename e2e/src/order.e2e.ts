import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { DeploymentState } from '@berth/domain/deployment';
import { isAbsent } from '@berth/engine/engine';
import { type Load, startLoad } from '@berth/load/load';
import { ask, beginDeploy, deploy, endOf, fact, removeApp, succeeded } from './deploying.ts';
import { killRole, ready } from './killing.ts';
import { openPlatform, type PlatformUnderTest } from './platform.ts';
import { nodeApp, scratch, writeFiles } from './sources.ts';

const app = 'e2e-order';

/** web serves once api answers, api once the job is done, the job once db runs; db writes to a volume. */
const script = `import { createServer } from 'node:http';
const { NAME, VERSION, FAIL } = process.env;
if (NAME === 'migrate') { console.log('migrating to ' + VERSION); process.exit(Number(FAIL ?? 0)); }
createServer((request, response) => response.end(NAME + ' ' + VERSION)).listen(8080);
process.on('SIGTERM', () => process.exit(0));
`;
interface Versions {
  readonly web: string;
  readonly api: string;
  readonly migrate: string;
  readonly db: string;
  readonly fail?: number;
}
const compose = (of: Versions) => `services:
  web:
    build: .
    environment: {NAME: web, VERSION: "${of.web}"}
    ports: ["80:8080"]
    depends_on: {api: {condition: service_healthy}}
  api:
    build: .
    environment: {NAME: api, VERSION: "${of.api}"}
    healthcheck: {test: [CMD, node, -e, "fetch('http://127.0.0.1:8080').catch(() => process.exit(1))"], interval: 1s, start_period: 5s}
    depends_on: {migrate: {condition: service_completed_successfully}}
  migrate:
    build: .
    restart: "no"
    environment: {NAME: migrate, VERSION: "${of.migrate}", FAIL: "${of.fail ?? 0}"}
    depends_on: [db]
  db:
    build: .
    environment: {NAME: db, VERSION: "${of.db}"}
    volumes: ["data:/data"]
volumes: {data: {}}
`;
const all = (version: string, more: Partial<Versions> = {}): Versions => ({
  web: version,
  api: version,
  migrate: version,
  db: version,
  ...more,
});

describe('a release of many services', { timeout: 900_000 }, () => {
  let platform: PlatformUnderTest;
  let load: Load;
  let dir: string;
  const write = (versions: Versions) => writeFile(join(dir, 'compose.yaml'), compose(versions));
  const berth = (...args: string[]) => platform.berth([...args, '-a', app], { cwd: dir });
  /** A service may go between two requests. */
  const tasksOf = async (service: string) => {
    try {
      return await platform.engine.listTasks({ filters: { service: [service] } });
    } catch (cause) {
      if (isAbsent(cause)) return [];
      throw cause;
    }
  };
  /** Running and completed tasks of the live runs, by service. */
  const tasks = async () => {
    const services = await platform.engine.listServices({
      filters: { label: [`berth.platform=${platform.name}`, `berth.app=${app}`] },
    });
    const found: Record<string, string[]> = {};
    for (const { Spec } of services)
      for (const task of await tasksOf(Spec.Name))
        if (['running', 'complete'].includes(task.Status.State) && task.DesiredState !== 'shutdown')
          found[Spec.Labels['berth.service'] ?? ''] = [
            ...(found[Spec.Labels['berth.service'] ?? ''] ?? []),
            task.ID,
          ];
    return found;
  };

  before(async () => {
    platform = await openPlatform();
    await removeApp(platform, app);
    dir = await writeFiles(await scratch(), nodeApp(script, compose(all('1'))));
    const view = await deploy(platform, app, dir);
    assert.deepEqual(
      view.steps.map((step) => step.state).filter((state) => state === 'starting').length,
      4,
      'db, the job, api, web: one after the other',
    );
    load = startLoad({
      url: `${platform.edgeUrl}/`,
      host: platform.hostOf(app),
      ratePerMinute: 3_000,
      mode: 'mixed',
      durationMaxMs: 870_000,
    });
  });
  after(async () => {
    await load?.stop();
    await removeApp(platform, app);
  });

  test('deploying it again is a no-op, and the plan says so', async () => {
    const planned = await berth('plan', '--exit-code');
    assert.equal(planned.code, 0, planned.stdout + planned.stderr);
    assert.match(planned.stdout, /nothing to do/);
    const was = await tasks();
    const view = await deploy(platform, app, dir);
    assert.equal(view.toRelease, view.fromRelease);
    assert.deepEqual(await tasks(), was);
  });

  test('a change to one service is planned, and touches one service', async () => {
    const was = await tasks();
    await write({ ...all('1'), api: '2' });
    const planned = await berth('deploy', '--plan', '--exit-code', '--json');
    assert.equal(planned.code, 2, planned.stderr);
    const plan = JSON.parse(planned.stdout) as {
      services: { service: string; action: string; reasons: string[] }[];
    };
    assert.deepEqual(
      plan.services.filter((one) => one.action !== 'untouched'),
      [{ service: 'api', action: 'replaced', reasons: ['variable VERSION changed'], wave: 1, waitsFor: [] }],
    );
    await deploy(platform, app, dir);
    const { api: _was, ...others } = was;
    // The old task of api ends when nothing needs it any more.
    await fact(async () => ((await tasks()).api?.length === 1 ? true : undefined), 60_000);
    const { api: _is, ...now } = await tasks();
    assert.deepEqual(now, others);
  });

  test('a job that fails stops all of it, with exit code and last lines', async () => {
    await write(all('9', { fail: 3 }));
    const was = await tasks();
    const view = await endOf(platform, (await beginDeploy(platform, app, dir)).id);
    assert.equal(view.state, 'failed');
    assert.match(view.failure?.message ?? '', /migrate exited with code 3/);
    assert.match(view.failure?.evidence.join('\n') ?? '', /migrating to 9/);
    assert.deepEqual(await tasks(), was);
  });

  test('what somebody changed by hand is told, and repaired', async () => {
    await write({ ...all('1'), api: '2' });
    const named = (
      await platform.engine.listServices({
        filters: { label: [`berth.platform=${platform.name}`, `berth.app=${app}`, 'berth.service=api'] },
      })
    ).find((service) => (service.Spec.Mode.Replicated?.Replicas ?? 0) > 0)!;
    assert.equal((await berth('diff', '--exit-code')).code, 0, (await berth('diff')).stdout);
    const spec = structuredClone(named.Spec);
    spec.TaskTemplate.Resources = {
      ...spec.TaskTemplate.Resources,
      Limits: { ...spec.TaskTemplate.Resources?.Limits, MemoryBytes: 300 * 2 ** 20 },
    };
    await platform.engine.updateService(named.ID, named.Version.Index, spec);
    const told = await berth('diff', '--exit-code');
    assert.equal(told.code, 2, told.stderr);
    assert.match(told.stdout, /^api: memory 512 MiB → 300 MiB/m);
    const { web } = await tasks();
    const repaired = await berth('diff', '--repair');
    assert.equal(repaired.code, 0, repaired.stderr);
    assert.deepEqual((await tasks()).web, web);
    const after = await berth('diff', '--exit-code');
    assert.equal(after.code, 0, after.stdout);
  });

  /** Resolves once the deployment is in the state for the `times`th time, or has ended. */
  async function reached(id: string, state: DeploymentState, times: number): Promise<void> {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(120_000)]);
    let seen = 0;
    for await (const event of platform.client.stream('watchDeployment', { params: { id }, signal })) {
      if (event.kind === 'state' && event.state === state) seen += 1;
      if (seen === times || event.kind === 'end') break;
    }
    stop.abort();
  }

  let version = 10;
  const points = [
    ['preparing', 1],
    ['starting', 1],
    ['proving', 1],
    ['starting', 2],
    ['proving', 3],
    ['starting', 3],
    ['switching', 1],
  ] as const;
  // An agent has no steps of its own to lose: the second wave, the last proof and the switch are enough.
  const pointsOf = { control: points, agent: [points[3], points[4], points[6]] };
  for (const role of ['control', 'agent'] as const)
    for (const [state, times] of pointsOf[role])
      test(`${role} is killed when ${state} begins, time ${times}: the same end`, async () => {
        load.mark(`${role} ${state} ${times}`);
        version += 1;
        // db keeps its tasks: what is replaced in place has its own test.
        await write(all(String(version), { db: '1' }));
        const { id } = await beginDeploy(platform, app, dir);
        await reached(id, state, times);
        await killRole(platform, role);
        succeeded(await endOf(platform, id));
        await ready(platform);
        assert.equal((await ask(platform, platform.hostOf(app))).text, `web ${version}`);
        await fact(async () => {
          const now = await tasks();
          const counts = Object.fromEntries(
            Object.entries(now).map(([service, ids]) => [service, ids.length]),
          );
          return counts.web === 1 && counts.api === 1 && counts.db === 1 ? true : undefined;
        }, 60_000);
        const phase = load.report().phases.at(-1)!;
        assert.equal(phase.failed, 0, phase.reasons.join('; '));
      });

  test('in place: it comes last, and the plan says so', async () => {
    version += 1;
    await write(all(String(version)));
    const planned = await berth('plan');
    assert.match(planned.stdout, /! db .*replaced in place.*once .*web is healthy/);
    await deploy(platform, app, dir);
    await fact(async () => ((await tasks()).db?.length === 1 ? true : undefined), 60_000);
  });
});
