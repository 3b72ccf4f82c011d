import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { aServiceSpec } from '@berth/testkit/builders';
import { placeByAddress } from './addresses.ts';

const bound = (...addresses: string[]) => ({
  spec: aServiceSpec({
    name: 'db',
    ports: addresses.map((address) => ({ target: 1, published: 1, protocol: 'tcp' as const, address })),
  }),
});
const n1 = { id: 'id1', name: 'n1', addresses: ['127.0.0.1', '10.0.0.5'] };
const n2 = { id: 'id2', name: 'n2', addresses: ['127.0.0.1', '10.0.0.6', '::1'] };
const constraintsOf = (service: ReturnType<typeof bound>, ...nodes: (typeof n1)[]) =>
  placeByAddress([service], nodes).services[0]?.spec.placement.constraints;

describe('addresses of ports', () => {
  test('that every node has say nothing of where a service runs', () => {
    assert.deepEqual(constraintsOf(bound('127.0.0.1'), n1, n2), []);
    assert.deepEqual(constraintsOf(bound('10.0.0.5'), n1), []);
  });

  test('that one node has put the service there, once', () => {
    assert.deepEqual(constraintsOf(bound('10.0.0.6', '127.0.0.1'), n1, n2), ['node.id==id2']);
    const { services } = placeByAddress([bound('10.0.0.6')], [n1, n2]);
    assert.deepEqual(placeByAddress(services, [n1, n2]).services, services);
  });

  test('that no node has, or none has together, are refused with those that are there', () => {
    assert.deepEqual(placeByAddress([bound('192.0.2.7')], [n1, n2]).faults, [
      'db binds a port to 192.0.2.7, which no node has: n1 has 127.0.0.1, 10.0.0.5; n2 has 127.0.0.1, 10.0.0.6, ::1',
    ]);
    assert.match(
      placeByAddress([bound('10.0.0.5', '10.0.0.6')], [n1, n2]).faults.join(),
      /10\.0\.0\.5 and 10\.0\.0\.6, which no node has together: n1 has/,
    );
  });

  test('of a node that does not say are taken to be there', () => {
    assert.deepEqual(placeByAddress([bound('10.0.0.9')], [{ ...n1, addresses: undefined }]).faults, []);
  });
});
