import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AgentConfig, ControlConfig } from '@berth/contract/config';
import { Secret } from '@berth/runtime/secret';
import type { Identity } from './identity.ts';
import { choosePlatform, layoutOf } from './platform.ts';
import { agentConfig, buildCaps, controlConfig, registryConfig } from './process-config.ts';

const pair = { certificatePem: '', keyPem: '' };
const identity: Identity = {
  authority: pair,
  control: pair,
  agent: pair,
  adminToken: { id: 'a1', sha256: '0'.repeat(64) },
  registry: {
    username: 'berth',
    password: new Secret('the password'),
    htpasswd: '',
    httpSecret: new Secret('the secret'),
  },
};
const platform = choosePlatform({
  request: { name: 'two', registryPort: 5001 },
  stored: {},
  detectedAddress: '192.0.2.7',
});
const options = {
  platform,
  identity,
  version: '1.2.3',
  images: {
    system: 'berth/system:1',
    edge: 'berth/edge:1',
    registry: 'berth/registry:1',
    volume: 'berth/volume:1',
  },
  machine: { cpus: 2, memoryBytes: 4 * 2 ** 30, mayProtect: true },
};

test('both files are what the processes read', () => {
  const control = ControlConfig.parse(controlConfig(options, layoutOf(platform)));
  const agent = AgentConfig.parse(agentConfig(options, layoutOf(platform)));
  assert.equal(control.registry.address, '127.0.0.1:5001');
  assert.equal(agent.control.serverName, 'two-control');
  assert.equal(agent.edge.apiUpstream.host, 'two-control');
  assert.deepEqual(agent.edge.appPorts, control.edge.appPorts);
});

test('no secret is in them but the hash of the token', () => {
  const text = JSON.stringify([
    controlConfig(options, layoutOf(platform)),
    agentConfig(options, layoutOf(platform)),
  ]);
  assert.ok(!text.includes('the password') && !text.includes('the secret'));
  assert.match(registryConfig(options), /^ {2}secret: the secret$/m);
});

test('builds get half of the machine, within bounds', () => {
  const GiB = 2 ** 30;
  assert.deepEqual(buildCaps({ cpus: 2, memoryBytes: 4 * GiB }), { memoryBytesMax: 2 * GiB, cpusMax: 1 });
  assert.deepEqual(buildCaps({ cpus: 1, memoryBytes: GiB / 2 }), { memoryBytesMax: GiB / 2, cpusMax: 1 });
  assert.deepEqual(buildCaps({ cpus: 64, memoryBytes: 256 * GiB }), { memoryBytesMax: 8 * GiB, cpusMax: 32 });
});
