import { removeApp } from '../deploying.ts';
import type { Bench } from './bench.ts';
import { figure, format, inRounds } from './measure.ts';
import { timeToEnd, twoImages } from './timing.ts';

const app = 'bench-rollback';

/** Back and forth between the live release and the warm one. */
export const rollbackTime: Bench = {
  name: 'rollback-time',
  async run({ platform, runs, tell }) {
    try {
      await twoImages(platform, app);
      const measured = await inRounds(
        runs,
        {
          'berth rollback': (round) =>
            timeToEnd(platform, () =>
              platform.client.call('rollback', {
                params: { app },
                body: { release: round % 2 === 1 ? 1 : 2 },
              }),
            ),
        },
        tell,
      );
      const back = figure('rollback to the warm release', 'ms', measured['berth rollback']);
      return {
        name: 'rollback-time',
        title: 'Rollback',
        method: ['From the API call to the end event, with all traffic on the warm release.'],
        rows: [
          {
            what: back.name,
            berth: `${format(back.median)} ms`,
            baseline: '',
            wanted: '< 2,000 ms',
            isMet: back.median < 2000,
          },
        ],
        figures: [back],
      };
    } finally {
      await removeApp(platform, app);
    }
  },
};
