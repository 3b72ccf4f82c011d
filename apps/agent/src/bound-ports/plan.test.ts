import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BoundTask, planOpenings } from './plan.ts';

const task = (over: Partial<BoundTask> = {}): BoundTask => ({
  run: 'r1',
  isLeading: false,
  host: '172.18.0.3',
  createdAt: 100,
  isHealthy: true,
  ports: [{ address: '127.0.0.1', port: 5432, protocol: 'tcp', target: 5432 }],
  ...over,
});
const hostsOf = (...tasks: BoundTask[]) =>
  planOpenings(tasks).map(({ groups }) => groups.map((group) => group.map(({ host }) => host)));

test('nothing is open without tasks', () => {
  assert.deepEqual(planOpenings([]), []);
});

test('tasks of one run share a port', () => {
  assert.deepEqual(hostsOf(task({ host: 'a' }), task({ host: 'b', createdAt: 200 })), [[['a', 'b']]]);
});

test('what serves goes on serving until the release switches, as long as it is healthy', () => {
  const old = task({ host: 'old', isLeading: true });
  const next = task({ host: 'new', run: 'r2', createdAt: 200 });
  assert.deepEqual(hostsOf(next, old), [[['old'], ['new']]]);
  assert.deepEqual(hostsOf({ ...next, isLeading: true }, { ...old, isLeading: false }), [[['new'], ['old']]]);
  assert.deepEqual(hostsOf(next, { ...old, isLeading: false }), [[['old'], ['new']]]);
  assert.deepEqual(hostsOf({ ...old, isHealthy: false }, next), [[['new'], ['old']]]);
});

test('one number at two addresses, and of two protocols, are different ports', () => {
  const at = (address: string, protocol: 'tcp' | 'udp' = 'tcp') => ({
    address,
    port: 53,
    protocol,
    target: 5353,
  });
  const openings = planOpenings([
    task({ ports: [at('127.0.0.1'), at('127.0.0.1', 'udp')] }),
    task({ host: 'b', ports: [at('10.0.0.5')] }),
  ]);
  assert.deepEqual(
    openings.map(({ address, protocol, groups }) => [address, protocol, groups]),
    [
      ['127.0.0.1', 'tcp', [[{ host: '172.18.0.3', port: 5353 }]]],
      ['127.0.0.1', 'udp', [[{ host: '172.18.0.3', port: 5353 }]]],
      ['10.0.0.5', 'tcp', [[{ host: 'b', port: 5353 }]]],
    ],
  );
});
