import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeNetworks } from './judge-networks.ts';

const fine = {
  pool: { pool: '10.208.0.0/12', bits: 24 },
  total: 4096,
  free: 4000,
  networks: [{ name: 'berth-app-shop', subnet: '10.208.7.0/24' }],
  nodes: [{ name: 'n1', routes: [{ cidr: '172.17.0.0/16', device: 'docker0' }] }],
};

test('free subnets are told, and few of them are a warning', () => {
  assert.deepEqual(
    judgeNetworks(fine).map(({ status, text }) => [status, text]),
    [['ok', '4000 of 4096 subnets of 10.208.0.0/12 are free']],
  );
  assert.deepEqual(
    judgeNetworks({ ...fine, free: 3 }).map(({ status, id }) => [status, id]),
    [['warning', 'platform.subnets']],
  );
});

test('a route that came later and overlaps is told by node and device', () => {
  const nodes = [{ name: 'n1', routes: [{ cidr: '10.208.0.0/16', device: 'wg0' }] }];
  assert.deepEqual(
    judgeNetworks({ ...fine, nodes }).map(({ text }) => text),
    ['the network berth-app-shop (10.208.7.0/24) overlaps with the route to 10.208.0.0/16 (wg0) of node n1'],
  );
});
