import { join } from 'node:path';
import { startMachine } from '@berth/testkit/machine';
import { berthOn } from '../machine.ts';
import { upArguments } from '../place.ts';
import { berth, testPlatform } from '../platform.ts';
import { scratch } from '../sources.ts';
import type { Bench } from './bench.ts';
import { figure, format, inRounds } from './measure.ts';

/** Each takes minutes: not more than the issue asks for. */
const freshRunsMax = 5;

/** `berth up` where nothing is there, and where everything is as it should be. */
export const upTime: Bench = {
  name: 'up-time',
  async run({ runs, tell }) {
    const fresh = figure(
      'up, fresh',
      's',
      (await inRounds(Math.min(runs, freshRunsMax), { 'berth up, fresh': freshUp }, tell))['berth up, fresh'],
    );
    const results = await inRounds(
      runs,
      {
        'berth up, again': async () => {
          const startedAt = performance.now();
          const result = await berth(upArguments(testPlatform), { timeoutMs: 120_000 });
          if (result.code !== 0) throw new Error(result.stderr);
          return (performance.now() - startedAt) / 1000;
        },
      },
      tell,
    );
    const again = figure('up, again', 's', results['berth up, again']);
    return {
      name: 'up-time',
      title: 'berth up',
      method: [
        'Fresh: `berth up` with an engine that has no image, no network and no Swarm, in a network namespace of its own; every image is baked, packages come from the distribution’s mirror. The npm packages and the engine’s own package are installed already.',
        'Again: `berth up` where the platform runs and is up to date.',
      ],
      rows: [
        {
          what: '`berth up`, fresh',
          berth: `${format(fresh.median)} s`,
          baseline: '',
          wanted: '< 240 s',
          isMet: fresh.median < 240,
        },
        {
          what: '`berth up`, again',
          berth: `${format(again.median)} s`,
          baseline: '',
          wanted: '< 10 s',
          isMet: again.median < 10,
        },
      ],
      figures: [fresh, again],
    };
  },
};

/** Seconds of `up` on a machine that has an engine and nothing else. */
async function freshUp(): Promise<number> {
  const machine = await startMachine({ name: 'berthbench', subnet: 78 });
  try {
    const startedAt = performance.now();
    const result = await berthOn(machine, ['up', '--data-dir', join(machine.dir, 'berth')], {
      cwd: await scratch(),
      timeoutMs: 600_000,
    });
    if (result.code !== 0) throw new Error(`${result.stdout}\n${result.stderr}`);
    return (performance.now() - startedAt) / 1000;
  } finally {
    await machine.destroy();
  }
}
