import { systemClock } from '@berth/runtime/clock';
import { until } from '@berth/runtime/retry';
import { engineContract } from './engine-contract.ts';
import { createFakeEngine } from './fake-engine.ts';

/** What `/bin/sh -c` of the scenarios does, for an engine that runs nothing. */
function interpret(command: readonly string[]): { code: number; log: string[] } | undefined {
  if (command[0] !== '/bin/sh') return undefined;
  const script = command.at(-1) ?? '';
  return {
    code: Number(/exit (\d+)/.exec(script)?.[1] ?? 0),
    log: [...script.matchAll(/echo (\w+)/g)].map((match) => match[1]!),
  };
}

engineContract('the fake engine behaves as an engine', async (t) => {
  const fake = createFakeEngine();
  t.after(() => fake.close());
  fake.images.add('berth/base:latest', { behaviour: { interpret } });
  return {
    engine: fake.engine,
    labels: { 'berth.test': 'fake' },
    image: 'berth/base:latest',
    name: (suffix) => `berth-test-${suffix}`,
    until: (look) => until(look, { clock: systemClock, everyMs: 5, signal: AbortSignal.timeout(5_000) }),
  };
});
