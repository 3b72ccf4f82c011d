import assert from 'node:assert/strict';
import { test } from 'node:test';
import { machineAddress, parseGateway } from './machine-address.ts';

const table = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t000013AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
eth0\t00000000\t010013AC\t0003\t0\t0\t0\t00000000\t0\t0\t0
`;

test('what comes from the gateway of the container is the machine itself', async () => {
  assert.equal(parseGateway(table), '172.19.0.1');
  assert.equal(parseGateway(''), undefined);
  const isThisMachine = await machineAddress(async () => table);
  assert.deepEqual(['172.19.0.1', '172.19.0.7', '203.0.113.7'].map(isThisMachine), [true, false, false]);
  const unknown = await machineAddress(() => Promise.reject(new Error('ENOENT')));
  assert.equal(unknown('172.19.0.1'), false);
});
