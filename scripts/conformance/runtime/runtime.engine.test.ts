import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runWithBerth } from '../fixtures/runtime/berth-side.ts';
import { runWithCompose } from '../fixtures/runtime/reference-side.ts';
import { type Case, look, type Rig, readCases, type Side, startRig } from '../fixtures/runtime/rig.ts';
import { expected } from './expected.ts';
import {
  type Difference,
  factsOfInspect,
  factsOfProbe,
  findDifferences,
  type Inspected,
  parseProbe,
  printDifference,
  withoutId,
} from './facts.ts';

/** One case, while working on it. */
const only = process.env.BERTH_TEST_CASE;

/**
 * Every case runs with the real docker-compose and with Berth, and what the containers find is compared. A
 * difference is a fault, or is in the table of those that Berth means.
 */
test('what a task finds is what docker-compose gives a container', async (t) => {
  const rig = await startRig(t);
  if (rig === undefined) return;
  const met = new Set<number>();
  for (const one of readCases(rig, only))
    await t.test(one.name, async (sub) => {
      const reference = await runWithCompose(sub, rig, one);
      const berth = await runWithBerth(sub, rig, one);
      let faults: Difference[] = [];
      // What the agent sets on a container, it sets a moment after the start.
      await rig.sandbox
        .until(async () => {
          faults = (await differencesOf(rig, one, reference, berth)).filter((difference) => {
            const at = expected.findIndex((row) => row.matches(difference));
            if (at >= 0) met.add(at);
            return at < 0;
          });
          return faults.length === 0 ? true : undefined;
        }, 10_000)
        .catch(() => undefined);
      for (const fault of faults) sub.diagnostic(printDifference(fault));
      assert.equal(faults.map(printDifference).join('\n'), '');
    });
  if (only === undefined)
    assert.deepEqual(
      expected.filter((_, at) => !met.has(at)).map(({ key }) => key),
      [],
      'differences that are in the table and were not met',
    );
});

async function differencesOf(rig: Rig, one: Case, reference: Side, berth: Side): Promise<Difference[]> {
  const differences: Difference[] = [];
  for (const service of new Set([...reference.containers.keys(), ...berth.containers.keys()]))
    differences.push(
      ...findDifferences(
        `${one.name}/${service}`,
        await factsOf(rig, { ...one, ...reference }, service),
        await factsOf(rig, { ...one, ...berth }, service),
      ),
    );
  return differences;
}

async function factsOf(rig: Rig, side: Side & Case, service: string): Promise<Map<string, string>> {
  const ids = side.containers.get(service) ?? [];
  const facts = new Map([
    ['containers', String(ids.length)],
    ['stop after', String(side.graceMs.get(service))],
  ]);
  const [id] = ids;
  if (id === undefined) return facts;
  const inspected = (await rig.sandbox.engine.inspectContainer(id)) as unknown as Inspected & {
    State: { Status: string };
  };
  for (const [fact, value] of factsOfInspect(inspected)) facts.set(fact, value);
  if (inspected.State.Status !== 'running') return withoutId(facts, id);
  const own = Object.values(inspected.NetworkSettings.Networks).map(({ IPAddress }) => IPAddress);
  for (const [fact, value] of factsOfProbe(
    parseProbe(await look(rig.sandbox, id, ['/probe', ...(side.paths ?? [])])),
    own,
  ))
    facts.set(fact, value);
  return withoutId(facts, id);
}
