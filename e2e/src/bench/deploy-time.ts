import { removeByLabel } from '@berth/testkit/sandbox-engine';
import { fact, removeApp } from '../deploying.ts';
import type { PlatformUnderTest } from '../platform.ts';
import {
  bareSpec,
  measureCreate,
  measureUpdate,
  prepareUpdate,
  updateAsIs,
  updateAtBest,
} from './bare-swarm.ts';
import { type Bench, type BenchContext, benchLabels } from './bench.ts';
import { figure, format, inRounds, type Row } from './measure.ts';
import { startNetworkProbe } from './network-probe.ts';
import { deployImage, twoImages } from './timing.ts';

const app = 'bench-deploy';
/** Each takes up to two minutes: not more than the issue asks for. */
const asIsRunsMax = 5;
/** A health check the way people write one for a Node.js image. */
const healthTest = [
  'CMD',
  'node',
  '-e',
  "require('http').get('http://127.0.0.1:8080/healthz', (r) => process.exit(r.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))",
];

/**
 * A deployment beside what the engine needs for the same tasks alone, and beside `docker service update`.
 * All take turns in the same minutes on the same machine.
 */
export const deployTime: Bench = {
  name: 'deploy-time',
  async run({ platform, runs, tell }) {
    const { engine } = platform;
    const rows: Row[] = [];
    const figures = [];
    const images = await twoImages(platform, app);
    const live = await liveService(platform);
    const network = live.TaskTemplate.Networks![0]!.Target;
    const watcher = await engine.createContainer('bench-watcher', {
      Image: live.TaskTemplate.ContainerSpec.Image,
      Entrypoint: ['sleep'],
      Cmd: ['3600'],
      Labels: { ...benchLabels },
      HostConfig: { NetworkMode: network, Init: true },
    });
    await engine.startContainer(watcher.Id);
    const probe = startNetworkProbe((await engine.inspectContainer(watcher.Id)).State.Pid);
    try {
      for (const replicas of [1, 3]) {
        await scaleTo(platform, replicas);
        const spec = (name: string) => bareSpec(live, { name, replicas, labels: benchLabels });
        tell(`deploy of ${replicas}:`);
        const results = await inRounds(
          runs,
          {
            'berth deploy': (round) => deployImage(platform, app, images.references[round % 2]!),
            'service create, listed in DNS': async (round) => {
              const ms = await measureCreate(engine, probe, spec(`bench-bare-${replicas}-${round}`));
              await engine.removeService(`bench-bare-${replicas}-${round}`);
              return ms;
            },
            'service update, at best': updater({
              platform,
              name: `bench-best-${replicas}`,
              how: updateAtBest,
            }),
          },
          tell,
        );
        const asIs = await inRounds(
          Math.min(runs, asIsRunsMax),
          {
            'service update, defaults': updater({
              platform,
              name: `bench-asis-${replicas}`,
              how: updateAsIs,
            }),
          },
          tell,
        );
        const all = Object.entries({ ...results, ...asIs }).map(([name, values]) =>
          figure(`${name}, ${replicas}`, 'ms', values),
        );
        figures.push(...all);
        const [berth, create, best, defaults] = all.map(({ median }) => median) as [
          number,
          number,
          number,
          number,
        ];
        const what = `deploy of ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}, image cached`;
        const row = (baseline: string, ms: number, ratio: number, wanted: string, isMet: boolean): Row => ({
          what,
          berth: `${format(berth)} ms`,
          baseline: `${baseline}: ${format(ms)} ms (${format(ratio)} ×)`,
          wanted,
          isMet,
        });
        rows.push(
          row('bare service created and in DNS', create, berth / create, '≤ 1.5 × it', berth <= 1.5 * create),
          row('`docker service update` at best', best, best / berth, '≥ 3 × faster', best >= 3 * berth),
          row(
            '`docker service update`, defaults',
            defaults,
            defaults / berth,
            '≥ 20 × faster',
            defaults >= 20 * berth,
          ),
        );

        function updater(o: { platform: PlatformUnderTest; name: string; how: typeof updateAtBest }) {
          let isPrepared = false;
          return async (round: number): Promise<number> => {
            if (!isPrepared) await prepareUpdate(engine, spec(o.name), o.how, healthTest);
            isPrepared = true;
            return await measureUpdate(o.name, o.how, round);
          };
        }
        for (const name of [`bench-best-${replicas}`, `bench-asis-${replicas}`])
          await engine.removeService(name);
      }
    } finally {
      probe.stop();
      await removeByLabel(engine, 'berth.bench=baseline');
      await removeApp(platform, app);
    }
    return {
      name: 'deploy-time',
      title: 'Deploy',
      method: [
        'From the API call to the end event, with all traffic on the new release. The images are in the registry and on the engine; two versions take turns and a variable changes before each, so that every deployment starts new tasks.',
        'Bare service: the very specification of Berth’s service, created by the Engine API under another name, until the engine’s DNS gives all its addresses, asked every 5 ms from inside the network.',
        '`docker service update --env-add … --detach=false`: at best with `--update-order start-first --update-parallelism 0` and a health check every second; defaults: one by one, stop first, a health check every 30 s.',
      ],
      rows,
      figures,
    };
  },
};

async function liveService(platform: PlatformUnderTest) {
  const services = await platform.engine.listServices({
    filters: { label: [`berth.app=${app}`, `berth.platform=${platform.name}`] },
  });
  const newest = services.sort((a, b) => b.CreatedAt.localeCompare(a.CreatedAt))[0];
  if (newest === undefined) throw new Error(`${app} has no service`);
  return newest.Spec;
}

async function scaleTo(platform: BenchContext['platform'], replicas: number): Promise<void> {
  await platform.client.call('scale', { params: { app }, body: { services: { web: replicas } } });
  await fact(async () => {
    const view = await platform.client.call('getApp', { params: { app } });
    return view.services[0]?.healthy === replicas ? true : undefined;
  }, 60_000);
}
