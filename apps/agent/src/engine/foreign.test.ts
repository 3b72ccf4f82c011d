import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hideContainers, hideTasks } from './foreign.ts';

const platform = 'p';
const ours = { 'berth.platform': platform, team: 'core' };
/** Of another platform on the same engine. */
const theirs = { 'berth.platform': 'q', 'traefik.auth': 'user:hash' };

test('a task of others is where it runs and what it reserves', () => {
  const task = (ID: string, Labels: object) => ({
    ID,
    NodeID: 'n1',
    DesiredState: 'running',
    Status: { State: 'running' },
    Spec: { ContainerSpec: { Labels, Env: ['PASSWORD=hush'] }, Resources: { Reservations: { NanoCPUs: 1 } } },
  });
  const [mine, other, plugin] = hideTasks(
    [task('a', ours), task('b', theirs), { ...task('c', {}), Spec: { PluginSpec: {} } }],
    platform,
  ) as unknown[];
  assert.deepEqual(mine, task('a', ours));
  const { Spec: _spec, ...rest } = task('b', theirs);
  assert.deepEqual(JSON.parse(JSON.stringify(other)), {
    ...rest,
    Spec: { Resources: { Reservations: { NanoCPUs: 1 } } },
  });
  assert.ok(!JSON.stringify([other, plugin]).includes('hush'));
});

test('a container of others has no command and no mounts, and of its labels whose it is', () => {
  const container = (Id: string, Labels: object) => ({
    Id,
    Names: [`/${Id}`],
    Labels,
    Command: 'mysqld --password=hush',
    Mounts: [{ Source: '/etc' }],
    Ports: [{ PublicPort: 80, PrivatePort: 80, Type: 'tcp' }],
  });
  const [mine, other] = hideContainers([container('a', ours), container('b', theirs)], platform) as unknown[];
  assert.deepEqual(mine, container('a', ours));
  assert.deepEqual(JSON.parse(JSON.stringify(other)), {
    Id: 'b',
    Names: ['/b'],
    Labels: { 'berth.platform': 'q' },
    Ports: [{ PublicPort: 80, PrivatePort: 80, Type: 'tcp' }],
  });
});
