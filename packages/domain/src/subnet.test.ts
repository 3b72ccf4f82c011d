import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  contains,
  countSubnets,
  findOverlap,
  hostsOf,
  parseCidr,
  planSubnet,
  printAddress,
  type TakenRange,
} from './subnet.ts';

const cidrs = fc
  .record({ base: fc.integer({ min: 0, max: 0xffff }), bits: fc.integer({ min: 18, max: 30 }) })
  .map(({ base, bits }) => `${printAddress(0x0ad00000 + base * 16)}/${bits}`);
const takens = fc.array(cidrs.map((cidr): TakenRange => ({ cidr, what: `network of ${cidr}` })));
const pools = fc.record({ pool: fc.constant('10.208.0.0/16'), bits: fc.integer({ min: 20, max: 28 }) });

describe('a subnet', () => {
  test('is free, and inside the pool; and when there is none, none is counted', () => {
    fc.assert(
      fc.property(pools, takens, fc.option(cidrs, { nil: undefined }), (pool, taken, after) => {
        const choice = planSubnet(pool, taken, after);
        const { free, total } = countSubnets(pool, taken);
        assert.ok(free <= total);
        if (choice.kind === 'exhausted') return assert.equal(free, 0);
        assert.ok(free > 0);
        assert.ok(contains(pool.pool, choice.subnet));
        assert.equal(findOverlap(choice.subnet, taken), undefined);
      }),
    );
  });

  test('taken one after the other, all subnets of a pool are given, once each', () => {
    fc.assert(
      fc.property(fc.integer({ min: 26, max: 28 }), takens, (bits, before) => {
        const pool = { pool: '10.208.0.0/22', bits };
        const taken = [...before];
        const { free } = countSubnets(pool, taken);
        for (let given = 0; given < free; given++) {
          const choice = planSubnet(pool, taken);
          assert.ok(choice.kind === 'subnet');
          taken.push({ cidr: choice.subnet, what: 'an app' });
        }
        assert.equal(planSubnet(pool, taken).kind, 'exhausted');
      }),
    );
  });

  test('is the next one after the last, and the first again at the end', () => {
    const pool = { pool: '10.208.0.0/30', bits: 32 };
    const given: string[] = [];
    for (let count = 0; count < 5; count++) {
      const choice = planSubnet(pool, [], given.at(-1));
      if (choice.kind === 'subnet') given.push(choice.subnet);
    }
    assert.deepEqual(
      given,
      ['0', '1', '2', '3', '0'].map((end) => `10.208.0.${end}/32`),
    );
  });

  test('a pool that a VPN covers says which one', () => {
    const vpn = { cidr: '10.0.0.0/8', what: 'the route to 10.0.0.0/8 of node n1 (wg0)' };
    const small = { cidr: '10.208.1.0/24', what: 'the network x' };
    assert.deepEqual(planSubnet({ pool: '10.208.0.0/12', bits: 24 }, [small, vpn]), {
      kind: 'exhausted',
      blockers: [vpn, small],
    });
  });

  test('overlap is told by name, in both directions', () => {
    const taken = [{ cidr: '10.5.0.0/16', what: 'the office' }];
    assert.equal(findOverlap('10.5.7.0/24', taken)?.what, 'the office');
    assert.equal(findOverlap('10.0.0.0/8', taken)?.what, 'the office');
    assert.equal(findOverlap('10.6.0.0/16', taken), undefined);
  });

  test('numbers', () => {
    assert.deepEqual(parseCidr('10.1.2.3/24'), { first: 0x0a010200, last: 0x0a0102ff });
    for (const bad of ['10.1.2/24', '10.1.2.256/24', '10.1.2.0', '10.1.2.0/33', 'fd00::/64', ''])
      assert.equal(parseCidr(bad), undefined);
    assert.equal(hostsOf('10.1.2.0/24'), 253);
    assert.ok(contains('10.1.2.0/24', '10.1.2.9') && !contains('10.1.2.0/24', '10.1.3.1'));
  });
});
