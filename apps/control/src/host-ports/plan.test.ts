import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HostPort } from '@berth/domain/service';
import { aServiceSpec } from '@berth/testkit/builders';
import fc from 'fast-check';
import { type HostPortClaim, planPorts } from './plan.ts';

const port = (over: Partial<HostPort> = {}): HostPort => ({
  target: 5432,
  published: 5432,
  protocol: 'tcp',
  ...over,
});
const service = (name: string, ...ports: HostPort[]) => ({ spec: aServiceSpec({ name, ports }) });
const nothing = { claimed: [], busy: [], range: [30_000, 30_999] as const };
const chosen = (plan: ReturnType<typeof planPorts>) =>
  plan.services.flatMap(({ spec }) => spec.ports.map(({ published }) => published));

describe('ports of the nodes', () => {
  test('that another app has are refused by its name', () => {
    const claimed = [{ app: 'crm', service: 'db', target: 5432, protocol: 'tcp' as const, port: 5432 }];
    const plan = planPorts({ ...nothing, app: 'shop', services: [service('db', port())], claimed });
    assert.deepEqual(plan.conflicts, ['db publishes 5432/tcp, which is taken (app crm, service db)']);
    assert.deepEqual(plan.claims, []);
  });

  test('that two services of one app name are refused; TCP and UDP are two', () => {
    const services = [service('a', port()), service('b', port(), port({ protocol: 'udp' }))];
    const plan = planPorts({ ...nothing, app: 'shop', services });
    assert.deepEqual(plan.conflicts, ['b publishes 5432/tcp, which is taken (app shop, service a)']);
    assert.equal(plan.claims.length, 2);
  });

  test('that the platform or the node has are refused', () => {
    const busy = [{ port: 5432, protocol: 'tcp' as const, owner: 'a process of node n1' }];
    const plan = planPorts({ ...nothing, app: 'shop', services: [service('db', port())], busy });
    assert.deepEqual(plan.conflicts, ['db publishes 5432/tcp, which is taken (a process of node n1)']);
  });

  test('of one address are in the way of that address and of every address, of no other', () => {
    const at = (address?: string) => port({ ...(address === undefined ? {} : { address }) });
    const conflictsOf = (has: string | undefined, wants: string | undefined) =>
      planPorts({
        ...nothing,
        app: 'shop',
        services: [service('db', at(wants))],
        claimed: [{ app: 'crm', service: 'db', target: 1, protocol: 'tcp', port: 5432, address: has }],
      }).conflicts;
    assert.deepEqual(conflictsOf('10.0.0.5', '127.0.0.1'), []);
    assert.deepEqual(conflictsOf('127.0.0.1', '127.0.0.1'), [
      'db publishes 127.0.0.1:5432/tcp, which is taken (app crm, service db at 127.0.0.1)',
    ]);
    assert.deepEqual(conflictsOf(undefined, '::1'), [
      'db publishes [::1]:5432/tcp, which is taken (app crm, service db)',
    ]);
    assert.deepEqual(conflictsOf('127.0.0.1', undefined), [
      'db publishes 5432/tcp, which is taken (app crm, service db at 127.0.0.1)',
    ]);
  });

  test('are chosen for each address by itself', () => {
    const any = (address: string) => port({ published: 0, range: [8000, 8001] as const, address });
    const services = [service('a', any('127.0.0.1'), any('10.0.0.5')), service('b', any('127.0.0.1'))];
    assert.deepEqual(chosen(planPorts({ ...nothing, app: 'shop', services })), [8000, 8000, 8001]);
  });

  test('an app may have again what it has', () => {
    const claimed = [{ app: 'shop', service: 'old', target: 1, protocol: 'tcp' as const, port: 5432 }];
    const plan = planPorts({ ...nothing, app: 'shop', services: [service('db', port())], claimed });
    assert.deepEqual([plan.conflicts, chosen(plan)], [[], [5432]]);
  });

  test('one of a range is the lowest free one; none is refused', () => {
    const range = [8000, 8001] as const;
    const wish = port({ published: 0, range });
    const busy = [{ port: 8000, protocol: 'tcp' as const, owner: 'the registry' }];
    const one = planPorts({ ...nothing, app: 'shop', services: [service('a', wish)], busy });
    assert.deepEqual(chosen(one), [8001]);
    const two = planPorts({
      ...nothing,
      app: 'shop',
      services: [service('a', wish), service('b', wish)],
      busy,
    });
    assert.deepEqual(two.conflicts, ['b publishes 5432/tcp on one of 8000-8001, and none of them is free']);
  });

  test('a chosen port stays, is never one that is busy, and no port is given twice', () => {
    const ports = fc.array(
      fc.record({ target: fc.integer({ min: 1, max: 4 }), published: fc.constantFrom(0, 0, 30_001, 30_003) }),
      { maxLength: 4 },
    );
    const apps = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), ports), { maxLength: 5 });
    fc.assert(
      fc.property(apps, fc.uniqueArray(fc.integer({ min: 30_000, max: 30_010 })), (wishesOf, taken) => {
        const busy = taken.map((each) => ({ port: each, protocol: 'tcp' as const, owner: 'x' }));
        let claimed: HostPortClaim[] = [];
        for (const [app, asked] of new Map(wishesOf)) {
          const wishes = asked.filter(
            (one, index, all) => all.findIndex((other) => other.target === one.target) === index,
          );
          const services = [service('s', ...wishes.map((wish) => port(wish)))];
          const plan = planPorts({ ...nothing, app, services, claimed, busy });
          if (plan.conflicts.length > 0) continue;
          claimed = [...claimed, ...plan.claims];
          const again = planPorts({ ...nothing, app, services, claimed, busy });
          assert.deepEqual(chosen(again), chosen(plan));
        }
        const numbers = claimed.map((claim) => claim.port);
        assert.equal(new Set(numbers).size, numbers.length);
        assert.ok(numbers.every((number) => number > 0 && !taken.includes(number)));
      }),
    );
  });
});
