import { ask, deploy, fact, removeApp } from '../deploying.ts';
import type { PlatformUnderTest } from '../platform.ts';
import { answering, misbehaving, nodeApp, scratch, writeFiles } from '../sources.ts';
import type { Bench } from './bench.ts';
import { figure, format, inRounds, median } from './measure.ts';

const bomber = 'bench-bomb';
const neighbour = 'bench-neighbour';
const requests = 300;
const wantedTimes = 2;

/** What a fork bomb in one app costs another: both have the limits every task has. */
export const forkBomb: Bench = {
  name: 'fork-bomb',
  async run({ platform, runs, tell }) {
    try {
      await deploy(platform, neighbour, await writeFiles(await scratch(), nodeApp(answering('here'))));
      await deploy(platform, bomber, await writeFiles(await scratch(), nodeApp(misbehaving)));
      const measured = await inRounds(
        runs,
        {
          quiet: () => latencyOf(platform),
          bombed: async () => {
            const id = await light(platform);
            const ms = await latencyOf(platform);
            await platform.engine.killContainer(id);
            await fact(() => isBack(platform), 60_000);
            return ms;
          },
        },
        tell,
      );
      const quiet = figure('beside an idle app', 'ms', measured.quiet);
      const bombed = figure('beside a fork bomb', 'ms', measured.bombed);
      const times = bombed.median / quiet.median;
      return {
        name: 'fork-bomb',
        title: 'Beside a fork bomb',
        method: [
          `Median time of ${requests} requests, one after the other, to an app beside another one that forks without end, up to its limit of processes; in turn with the same while that one is idle.`,
        ],
        rows: [
          {
            what: 'latency of a neighbour',
            berth: `${format(bombed.median)} ms`,
            baseline: `without it: ${format(quiet.median)} ms (${format(times)} ×)`,
            wanted: `< ${wantedTimes} × it`,
            isMet: times < wantedTimes,
          },
        ],
        figures: [quiet, bombed],
      };
    } finally {
      await removeApp(platform, bomber);
      await removeApp(platform, neighbour);
    }
  },
};

async function latencyOf(platform: PlatformUnderTest): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < requests; i++) {
    const startedAt = performance.now();
    await ask(platform, platform.hostOf(neighbour));
    times.push(performance.now() - startedAt);
  }
  return median(times);
}

/** Resolves with the container, when it is at its limit. */
async function light(platform: PlatformUnderTest): Promise<string> {
  await ask(platform, platform.hostOf(bomber), '/bomb');
  return fact(async () => {
    const { items } = await platform.client.call('listTasks', { params: { app: bomber } });
    const id = items.find((task) => task.state === 'running')?.containerId;
    if (id === undefined) return undefined;
    const { pids_stats } = await platform.engine.containerStats(id);
    return (pids_stats.current ?? 0) > 300 ? id : undefined;
  }, 60_000);
}

const isBack = async (platform: PlatformUnderTest): Promise<true | undefined> =>
  (await ask(platform, platform.hostOf(bomber))).text === 'ok' ? true : undefined;
