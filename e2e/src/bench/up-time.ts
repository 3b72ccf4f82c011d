import { berth, upArguments } from '../platform.ts';
import type { Bench } from './bench.ts';
import { figure, format, inRounds } from './measure.ts';

/** `berth up` where everything is as it should be. */
export const upTime: Bench = {
  name: 'up-time',
  async run({ runs, tell }) {
    const results = await inRounds(
      runs,
      {
        'berth up, again': async () => {
          const startedAt = performance.now();
          const result = await berth(upArguments, { timeoutMs: 120_000 });
          if (result.code !== 0) throw new Error(result.stderr);
          return performance.now() - startedAt;
        },
      },
      tell,
    );
    const again = figure('up, again', 'ms', results['berth up, again']);
    return {
      name: 'up-time',
      title: 'berth up',
      method: ['`berth up` on a machine whose platform runs and is up to date.'],
      rows: [
        {
          what: '`berth up`, again',
          berth: `${format(again.median)} ms`,
          baseline: '',
          wanted: '< 10 s',
          isMet: again.median < 10_000,
        },
      ],
      figures: [again],
    };
  },
};
