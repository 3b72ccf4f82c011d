import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hasAddress, isSameAddress, parseBoundPorts, printBoundPorts, printEndpoint } from './bound-port.ts';

const address = fc.oneof(fc.ipV4(), fc.constantFrom('::1', 'fd00::2', '::'));
const portNumber = fc.integer({ min: 1, max: 65_535 });
const boundPort = fc.record(
  {
    address,
    port: portNumber,
    target: portNumber,
    protocol: fc.constantFrom('tcp' as const, 'udp' as const),
  },
  { noNullPrototype: true },
);

test('bound ports are read back from the label as they were', () => {
  fc.assert(
    fc.property(fc.array(boundPort, { maxLength: 5 }), (ports) => {
      assert.deepEqual(parseBoundPorts(printBoundPorts(ports)), ports);
    }),
  );
});

test('what is no port is left out of the label', () => {
  assert.deepEqual(parseBoundPorts(undefined), []);
  assert.deepEqual(
    parseBoundPorts('127.0.0.1:0:1/tcp,host:1:1/tcp,127.0.0.1:1:1/sctp,::1:1:1/tcp,[::1]:70000:1/udp'),
    [],
  );
});

test('every address is in the way of each, and one only of itself', () => {
  for (const [one, other, same] of [
    [undefined, '127.0.0.1', true],
    [undefined, undefined, true],
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '10.0.0.5', false],
    ['127.0.0.1', '127.0.0.2', false],
    ['::', '::1', true],
    ['::', '127.0.0.1', false],
    ['::', undefined, true],
  ] as const) {
    assert.equal(isSameAddress(one, other), same, `${one} ${other}`);
    assert.equal(isSameAddress(other, one), same, `${other} ${one}`);
  }
});

test('a node has its addresses and all of loopback', () => {
  assert.equal(hasAddress(['10.0.0.5'], '10.0.0.5'), true);
  assert.equal(hasAddress(['10.0.0.5'], '10.0.0.6'), false);
  assert.equal(hasAddress([], '127.0.0.9'), true);
  assert.equal(hasAddress(['10.0.0.5'], '::'), false);
  assert.equal(hasAddress(['10.0.0.5', '::1'], '::'), true);
});

test('an endpoint is written as people write it', () => {
  assert.equal(printEndpoint(80, undefined), '80');
  assert.equal(printEndpoint(80, '127.0.0.1'), '127.0.0.1:80');
  assert.equal(printEndpoint(80, '::1'), '[::1]:80');
});
