import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AgentConfig } from '@berth/contract/config';
import { readConfig } from './read-config.ts';

const config = {
  platform: 'berth',
  version: '1',
  dataDir: '/data',
  hostDataDir: '/var/lib/berth/agent',
  engineSocket: '/var/run/docker.sock',
  control: { host: 'c', port: 7701, serverName: 'c', caFile: 'a', certFile: 'b', keyFile: 'k' },
  edge: {
    image: 'i',
    httpPort: 80,
    httpsPort: 443,
    appPorts: [8100, 8119],
    systemNetwork: 'n',
    apiHost: 'berth.x.test',
    apiUpstream: { host: 'c', port: 7700 },
  },
  volumes: { image: 'i' },
  build: { memoryBytesMax: 1, cpusMax: 1.5 },
  allow: ['cap:SYS_TIME'],
};

test('what the schema takes is read the same', () => {
  assert.deepEqual(readConfig(JSON.stringify(config)), AgentConfig.parse(config));
});

test('a missing or wrong field is named', () => {
  const { build: _build, ...rest } = config;
  assert.throws(() => readConfig(JSON.stringify(rest)), /\/build/);
  assert.throws(
    () => readConfig(JSON.stringify({ ...config, edge: { ...config.edge, appPorts: 5 } })),
    /\/edge\/appPorts/,
  );
});
