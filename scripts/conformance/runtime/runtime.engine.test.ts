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
      const oneOffs = new Map<string, readonly [reference: string, berth: string]>();
      for (const service of one.oneOffs ?? []) {
        const command = ['/entry', 'one', 'off'];
        oneOffs.set(service, [
          await reference.oneOff(service, command),
          await berth.oneOff(service, command),
        ]);
      }
      let faults: Difference[] = [];
      // What the agent sets on a container, it sets a moment after the start.
      await rig.sandbox
        .until(async () => {
          faults = (await differencesOf(rig, one, { reference, berth, oneOffs })).filter((difference) => {
            const at = expected.findIndex((row) => row.matches(difference));
            if (at >= 0) met.add(at);
            return at < 0;
          });
          return faults.length === 0 ? true : undefined;
        }, 30_000)
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

async function differencesOf(
  rig: Rig,
  one: Case,
  o: {
    reference: Side;
    berth: Side;
    oneOffs: ReadonlyMap<string, readonly [reference: string, berth: string]>;
  },
): Promise<Difference[]> {
  const differences: Difference[] = [];
  const sides = [
    { ...one, ...o.reference },
    { ...one, ...o.berth },
  ] as const;
  for (const service of new Set(sides.flatMap((side) => [...side.containers.keys()]))) {
    const [reference, berth] = await Promise.all(sides.map((side) => factsOf(rig, side, service)));
    differences.push(...findDifferences(`${one.name}/${service}`, reference!, berth!));
  }
  for (const [service, ids] of o.oneOffs) {
    const [reference, berth] = await Promise.all(ids.map((id, index) => factsOfOne(rig, sides[index]!, id)));
    differences.push(...findDifferences(`${one.name}/${service} run`, reference!, berth!));
  }
  return differences;
}

async function factsOf(rig: Rig, side: Side & Case, service: string): Promise<Map<string, string>> {
  const ids = side.containers.get(service) ?? [];
  const facts = new Map([['containers', String(ids.length)]]);
  const [id] = ids;
  if (id === undefined) return facts;
  facts.set('stop after', String(side.graceMs.get(service)));
  return new Map([...facts, ...(await factsOfOne(rig, side, id))]);
}

async function factsOfOne(rig: Rig, side: Side & Case, id: string): Promise<Map<string, string>> {
  const inspected = (await rig.sandbox.engine.inspectContainer(id)) as unknown as Inspected & {
    State: { Status: string };
  };
  const facts = factsOfInspect(inspected);
  facts.set('state', inspected.State.Status);
  if (inspected.State.Status === 'running') {
    const own = Object.values(inspected.NetworkSettings.Networks).map(({ IPAddress }) => IPAddress);
    const said = parseProbe(await look(rig.sandbox, id, ['/probe', ...(side.paths ?? [])]));
    for (const [fact, value] of factsOfProbe(said, own)) facts.set(fact, value);
    for (const fact of ['argv', 'status CapEff', 'limit Max open files', 'mount /', 'devices'])
      assert.ok(facts.has(fact), `the probe said nothing of ${fact}`);
    for (const [name, services] of await namesSeen(rig, side, id)) facts.set(`name ${name}`, services);
  }
  return withoutId(facts, id);
}

/** Which services each name of the case leads to; addresses that are of none are themselves. */
async function namesSeen(rig: Rig, side: Side & Case, id: string): Promise<Map<string, string>> {
  const { names = [] } = side;
  if (names.length === 0) return new Map();
  const owners = new Map<string, string>();
  for (const [service, ids] of side.containers)
    for (const container of ids) {
      const { NetworkSettings } = await rig.sandbox.engine.inspectContainer(container);
      for (const { IPAddress } of Object.values(NetworkSettings.Networks)) owners.set(IPAddress, service);
    }
  const script =
    'for name; do echo "$name" $(timeout 5 getent ahosts "$name" | awk \'{print $1}\' | sort -u) & done; wait';
  const lines = (await look(rig.sandbox, id, ['/bin/sh', '-c', script, 'sh', ...names])).trim().split('\n');
  return new Map(
    lines.map((line) => {
      const [name = '', ...addresses] = line.split(' ');
      return [
        name,
        addresses
          .map((address) => owners.get(address) ?? address)
          .sort()
          .join(' '),
      ];
    }),
  );
}
