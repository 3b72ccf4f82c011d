import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type EdgeLane, type EdgeModel, type EdgeService, laneNames } from '@berth/domain/edge';
import { shopModel } from '@berth/testkit/edge-sandbox';
import fc from 'fast-check';
import { type EdgeMaps, renderMaps } from './maps.ts';
import { laneOf, lanesOf } from './names.ts';
import { type EdgeCommand, planEdgeChange } from './plan.ts';

/** What runs: the maps, and the name each lane follows. */
interface Running {
  readonly maps: Record<keyof EdgeMaps, Map<string, string>>;
  readonly fqdns: Map<string, string | undefined>;
}

function runningOf(model: EdgeModel): Running {
  const maps = renderMaps(model);
  return {
    maps: Object.fromEntries(
      Object.entries(maps).map(([name, map]) => [name, new Map(map)]),
    ) as Running['maps'],
    fqdns: new Map(lanesOf(model).map(({ service, name, lane }) => [`${service.id}/${name}`, lane.fqdn])),
  };
}

function execute(running: Running, command: EdgeCommand): void {
  if (command.kind === 'point') running.fqdns.set(`${command.service}/${command.lane}`, command.fqdn);
  else if (command.kind === 'park') running.fqdns.set(`${command.service}/${command.lane}`, undefined);
  else if (command.kind === 'map-del') running.maps[command.map].delete(command.key);
  else {
    // HAProxy's own rules: add takes a key again, set refuses one it does not have.
    assert.equal(running.maps[command.map].has(command.key), command.kind === 'map-set');
    running.maps[command.map].set(command.key, command.value);
  }
}

/** Every backend with a host, and every letter of a service's weights names a lane that follows something. */
function assertServable(running: Running): void {
  for (const backend of [...running.maps.hosts.values(), ...running.maps.tlsHosts.values()]) {
    const { service, lane } = laneOf(backend) ?? assert.fail(`${backend} is no lane`);
    assert.notEqual(running.fqdns.get(`${service}/${lane}`), undefined, `${backend} is free and has a host`);
  }
  for (const [service, value] of running.maps.weights)
    for (const lane of value.startsWith('%') ? new Set(value.slice(1)) : value.replace(/^0$|^.*_/, ''))
      assert.notEqual(
        running.fqdns.get(`${service}/${lane}`),
        undefined,
        `${service} sends to the free lane ${lane}`,
      );
}

const weights = fc.constantFrom([100, 0, 0], [0, 100, 0], [95, 5, 0], [0, 0, 0], [30, 30, 40], [0, 1, 99]);
const lanes = fc
  .tuple(
    weights,
    fc.array(fc.option(fc.constantFrom('r1', 'r2', 'r3'), { nil: undefined }), {
      minLength: 3,
      maxLength: 3,
    }),
  )
  .map(([weight, fqdn]) =>
    Object.fromEntries(
      laneNames.map((name, i): [string, EdgeLane] => {
        const target = fqdn[i] ?? ((weight[i] ?? 0) > 0 ? 'r0' : undefined);
        return [
          name,
          {
            ...(target === undefined ? {} : { fqdn: target }),
            port: 8080,
            probe: { kind: 'tcp', port: 8080 },
            weight: weight[i] ?? 0,
          },
        ];
      }),
    ),
  ) as fc.Arbitrary<EdgeService['lanes']>;
const services = ['a.web', 'b.web'];
const model = fc
  .record({
    lanes: fc.tuple(lanes, lanes),
    routes: fc.uniqueArray(
      fc.record({
        host: fc.constantFrom('a.test', 'b.test', 'c.test'),
        path: fc.constantFrom('/', '/api', '/api/v2/', '/static'),
        stripPrefix: fc.boolean(),
        service: fc.constantFrom(...services),
      }),
      { selector: (route) => route.host + route.path },
    ),
    redirects: fc.uniqueArray(fc.constantFrom('old.test', 'older.test')),
    https: fc.uniqueArray(fc.constantFrom('a.test', 'b.test')),
    revision: fc.nat(),
  })
  .map(
    (given): EdgeModel => ({
      revision: given.revision,
      services: services.map((id, i) => ({
        id,
        networks: ['n'],
        slots: 4,
        lanes: given.lanes[i] as EdgeService['lanes'],
      })),
      routes: given.routes.map(({ host, ...rest }) => ({ match: { kind: 'host', host }, ...rest })),
      redirects: given.redirects.map((host) => ({ host, to: 'https://new.test', status: 301 })),
      certificates: [],
      httpsOnlyHosts: given.https,
    }),
  );

describe('planEdgeChange', () => {
  test('the commands lead from the current model to the next, and every step serves', () => {
    fc.assert(
      fc.property(model, model, (current, next) => {
        const plan = planEdgeChange(current, next);
        assert.notEqual(plan.kind, 'reload');
        const running = runningOf(current);
        for (const command of plan.kind === 'runtime' ? plan.commands : []) {
          execute(running, command);
          assertServable(running);
        }
        assert.deepEqual(running, runningOf(next));
      }),
    );
  });

  test('at the goal there is nothing to do', () => {
    fc.assert(
      fc.property(model, (same) =>
        assert.deepEqual(planEdgeChange(same, structuredClone(same)), { kind: 'nothing' }),
      ),
    );
  });

  test('a change of structure is a reload, and says what it is', () => {
    const base = shopModel(1, ['n'], { a: { fqdn: 'r1', weight: 100 } });
    const other = { ...(base.services[0] as EdgeService), id: 'other.web' };
    const cases: readonly [EdgeModel, RegExp][] = [
      [shopModel(2, ['n'], {}, { slots: 8 }), /8 slots/],
      [shopModel(2, ['n'], { b: { port: 3000 } }), /lane b .* port/],
      [shopModel(2, ['n'], { b: { probe: { kind: 'tcp', port: 8080 } } }), /lane b .* probe/],
      [shopModel(2, ['n'], {}, { services: [other] }), /other\.web is new/],
      [{ ...base, services: [] }, /shop\.web is gone/],
      [{ ...base, certificates: [{ name: 'shop', fingerprint: 'x' }] }, /certificates/],
    ];
    for (const [next, because] of cases) {
      const plan = planEdgeChange(base, next);
      assert.equal(plan.kind, 'reload');
      assert.match(plan.kind === 'reload' ? plan.because : '', because);
    }
  });

  test('moving all traffic is one write for the service and two for each host that is all its own', () => {
    const plan = planEdgeChange(
      shopModel(1, ['n'], { a: { fqdn: 'r1', weight: 100 }, b: { fqdn: 'r2' } }),
      shopModel(2, ['n'], { a: { fqdn: 'r1' }, b: { fqdn: 'r2', weight: 100 } }),
    );
    assert.deepEqual(plan, {
      kind: 'runtime',
      commands: [
        { kind: 'map-set', map: 'weights', key: 'shop.web', value: 'be_shop.web_b' },
        { kind: 'map-set', map: 'hosts', key: 'shop.test', value: 'be_shop.web_b' },
        { kind: 'map-set', map: 'tlsHosts', key: 'shop.test', value: 'be_shop.web_b' },
      ],
    });
  });
});
