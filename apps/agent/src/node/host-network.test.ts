import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseListening, parseRoutes } from './host-network.ts';

test('routes are networks and devices, without the default route', () => {
  const text = `Iface	Destination	Gateway	Flags	RefCnt	Use	Metric	Mask	MTU	Window	IRTT
eth0	00000000	010200C0	0003	0	0	0	00000000	0	0	0
docker0	000011AC	00000000	0001	0	0	0	0000FFFF	0	0	0
tun0	0000080A	00000000	0001	0	0	0	00FFFFFF	0	0	0
`;
  assert.deepEqual(parseRoutes(text), [
    { cidr: '172.17.0.0/16', device: 'docker0' },
    { cidr: '10.8.0.0/24', device: 'tun0' },
  ]);
  assert.deepEqual(parseRoutes(''), []);
});

test('listening sockets are told from connections', () => {
  const tcp = `  sl  local_address rem_address   st
   0: 0100007F:1388 00000000:0000 0A 00000000:00000000
   1: 020200C0:1F90 030200C0:C001 01 00000000:00000000
   2: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 0
`;
  assert.deepEqual(parseListening(tcp, 'tcp'), [
    { port: 5000, protocol: 'tcp', address: '127.0.0.1' },
    { port: 80, protocol: 'tcp' },
  ]);
  const mapped = `  sl  local_address remote_address st
   0: 00000000000000000000000001000000:0051 00000000000000000000000000000000:0000 0A 0
   1: 0000000000000000FFFF00000100007F:0052 00000000000000000000000000000000:0000 0A 0
`;
  assert.deepEqual(parseListening(mapped, 'tcp'), [
    { port: 81, protocol: 'tcp', address: '::1' },
    { port: 82, protocol: 'tcp', address: '127.0.0.1' },
  ]);
  const udp = `  sl  local_address rem_address   st
   0: 00000000:0035 00000000:0000 07 0
   1: 00000000:9999 08080808:0035 01 0
`;
  assert.deepEqual(parseListening(udp, 'udp'), [{ port: 53, protocol: 'udp' }]);
});
