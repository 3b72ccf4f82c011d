import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closedAddresses } from './closed-addresses.ts';

const isClosed = closedAddresses({
  lo: [{ cidr: '127.0.0.1/8', family: 'IPv4' }],
  eth0: [
    { cidr: '172.19.0.4/16', family: 'IPv4' },
    { cidr: 'fd00:19::4/64', family: 'IPv6' },
  ],
  down: undefined,
});

test('a hook leads neither to this machine nor into a network control is in', () => {
  for (const address of ['127.0.0.1', '127.9.9.9', '0.0.0.0', '169.254.169.254', '::', '::1', 'fe80::1'])
    assert.equal(isClosed(address), true, address);
  for (const address of ['172.19.0.1', '172.19.0.2', 'fd00:19::1'])
    assert.equal(isClosed(address), true, address);
});

test('an address of IPv4 written as one of IPv6 is the same address', () => {
  for (const address of ['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:172.19.0.2'])
    assert.equal(isClosed(address), true, address);
});

test('the internet and the network of the company stay open', () => {
  for (const address of ['203.0.113.7', '10.4.0.9', '192.168.1.20', '172.20.0.1', '2001:db8::7'])
    assert.equal(isClosed(address), false, address);
});
