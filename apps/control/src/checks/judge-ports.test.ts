import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeBoundPorts } from './judge-ports.ts';

test('bound ports are open, or told with the reason', () => {
  const at = (port: number) => ({ address: '::1', port, protocol: 'tcp' as const });
  assert.deepEqual(judgeBoundPorts('n1', []), []);
  assert.deepEqual(
    judgeBoundPorts('n1', [at(80), at(81)]).map(({ status, text }) => [status, text]),
    [['ok', '2 ports of n1 bound to an address: open']],
  );
  assert.deepEqual(
    judgeBoundPorts('n1', [at(80), { ...at(81), fault: 'something else listens there' }]).map(
      ({ status, id, text }) => [status, id, text],
    ),
    [
      [
        'broken',
        'platform.bound-port.n1.[::1]:81/tcp',
        '[::1]:81/tcp of node n1 is not open: something else listens there',
      ],
    ],
  );
});
