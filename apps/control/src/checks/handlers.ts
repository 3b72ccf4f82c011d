import type { Handlers } from '../http/handler.ts';
import { within } from './deadline.ts';
import { type CheckDependencies, type Probe, probes, wordsOf } from './gather.ts';
import { judgeUnasked } from './judge-stores.ts';

/** Each part has this long: a dead one never holds up the answer. */
const probeMsMax = 6_000;

/** Every invariant of the platform that control can see; `berth doctor` adds what only the machine can. */
export function checkHandlers(
  deps: CheckDependencies,
  given: readonly Probe[] = probes,
  probeMs = probeMsMax,
): Pick<Handlers, 'listChecks'> {
  return {
    listChecks: async () => {
      const parts = await Promise.all(
        given.map(async (probe) => {
          const answer = await within(probeMs, (signal) => probe.gather(deps, signal));
          return answer.kind === 'done'
            ? answer.value
            : [judgeUnasked(probe.area, probe.id, wordsOf(answer.error))];
        }),
      );
      return { items: parts.flat() };
    },
  };
}
