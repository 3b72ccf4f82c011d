import { startLoad } from '@berth/load/load';
import { ask, deploy, endOf, fact, removeApp, succeeded } from '../deploying.ts';
import { killRole, ready } from '../killing.ts';
import type { PlatformUnderTest } from '../platform.ts';
import { helloSource, scratch } from '../sources.ts';
import type { Bench } from './bench.ts';
import { figure, format, type Row } from './measure.ts';
import { deployImage, twoImages } from './timing.ts';

const app = 'bench-traffic';
const ratePerMinute = 12_000;

/** What is done to the app while requests arrive. */
const phases: readonly {
  readonly name: string;
  run(platform: PlatformUnderTest, round: number, images: readonly string[]): Promise<unknown>;
}[] = [
  { name: 'deploy', run: (platform, round, images) => deployImage(platform, app, images[round % 2]!) },
  {
    name: 'rollback',
    run: async (platform) => {
      const { id } = await platform.client.call('rollback', { params: { app }, body: {} });
      succeeded(await endOf(platform, id));
    },
  },
  { name: 'scale up', run: (platform) => scale(platform, 4) },
  { name: 'scale down', run: (platform) => scale(platform, 2) },
  {
    name: 'restart of control (kill -9)',
    run: async (platform) => {
      await killRole(platform, 'control');
      await ready(platform);
    },
  },
  {
    name: 'restart of agent (kill -9)',
    run: async (platform) => {
      await killRole(platform, 'agent');
      await ready(platform);
    },
  },
  {
    name: 'edge reload',
    run: async (platform, round) => {
      const domain = `bench-${round}.example.com`;
      await platform.client.call('addDomain', { params: { app }, body: { domain } });
      await fact(async () => ((await ask(platform, domain)).status === 200 ? true : undefined));
      await platform.client.call('removeDomain', { params: { app, domain } });
    },
  },
];

/** A load that starts requests by the clock, and everything that can be done to an app, each several times. */
export const failedRequests: Bench = {
  name: 'failed-requests',
  async run({ platform, runs, tell }) {
    const images = (await twoImages(platform, app)).references;
    await deploy(platform, app, await helloSource(await scratch(), '3'));
    await scale(platform, 2);
    const load = startLoad({
      url: `${platform.edgeUrl}/`,
      host: platform.hostOf(app),
      ratePerMinute,
      mode: 'mixed',
      durationMaxMs: 20 * 60_000,
      phase: 'steady',
    });
    try {
      for (let round = 1; round <= runs; round++)
        for (const phase of phases) {
          load.mark(phase.name);
          const before = load.report().requests;
          await phase.run(platform, round, images);
          // What the change left behind would show in the seconds after it.
          await fact(() => (load.report().requests >= before + 500 ? true : undefined), 60_000);
        }
    } finally {
      await load.stop();
      await removeApp(platform, app);
    }
    const report = load.report();
    const rows = phases.map(({ name }): Row => {
      const seen = report.phases.filter((phase) => phase.name === name);
      const requests = seen.reduce((sum, phase) => sum + phase.requests, 0);
      const failed = seen.reduce((sum, phase) => sum + phase.failed, 0);
      for (const phase of seen) for (const reason of phase.reasons) tell(`  ${name}: ${reason}`);
      const worst = Math.max(...seen.map((phase) => phase.latencyMs.max));
      return {
        what: `${name}, ${seen.length} times`,
        berth: `${format(failed)} failed of ${format(requests)}`,
        baseline: `slowest ${format(worst)} ms`,
        wanted: '0 failed',
        isMet: failed === 0,
      };
    });
    return {
      name: 'failed-requests',
      title: 'Failed requests',
      method: [
        `${format(ratePerMinute)} requests a minute, started by the clock: every other one on a new connection, the rest on connections kept alive. A request failed when its connection broke, its answer was cut or took more than 10 s, or its status was 400 or more. Nothing is tried again.`,
        'Each phase counts from the moment the change is asked for until 500 requests later or until it is over, whichever comes last.',
      ],
      rows,
      figures: [figure('requests', '', [report.requests]), figure('failed', '', [report.failed])],
    };
  },
};

async function scale(platform: PlatformUnderTest, web: number): Promise<void> {
  await platform.client.call('scale', { params: { app }, body: { services: { web } } });
  await fact(async () => {
    const [service] = (await platform.client.call('getApp', { params: { app } })).services;
    return service?.healthy === web && service.running === web ? true : undefined;
  }, 60_000);
}
