import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findReleaseTags, type Labelled, planDown } from './down-plan.ts';

const found: Labelled = {
  containers: [
    { id: 'e', name: 'berth-edge', role: 'edge', isRunning: true },
    { id: 'c', name: 'berth-control', role: 'control', isRunning: true },
    { id: 'h', name: 'shop-hook', role: undefined, isRunning: false },
    { id: 'a', name: 'berth-agent', role: 'agent', isRunning: true },
  ],
  taskContainers: 2,
  services: [
    { id: 's1', name: 'shop-web-r1', replicas: 2 },
    { id: 's2', name: 'shop-web-r0', replicas: 0 },
  ],
  networks: [{ id: 'n', name: 'berth-app-shop' }],
  volumes: ['shop-data'],
  secrets: [],
  configs: [],
  images: [{ id: 'i', tags: [] }],
  dataDir: '/var/lib/berth',
};

test('stopping removes the platform’s own containers, the agent first, and pauses what runs', () => {
  assert.deepEqual(
    planDown(found, { isPurge: false }).map((step) => [step.kind, 'name' in step ? step.name : step.path]),
    [
      ['remove-container', 'berth-agent'],
      ['remove-container', 'berth-control'],
      ['remove-container', 'berth-edge'],
      ['pause-service', 'shop-web-r1'],
    ],
  );
});

test('purging removes everything with the label, its data last', () => {
  const steps = planDown(found, { isPurge: true });
  assert.equal(steps.at(-1)!.kind, 'remove-data');
  assert.equal(steps.at(-2)!.kind, 'detach-disks');
  assert.equal(steps.length, 2 + 4 + 1 + 1 + 1 + 1 + 2);
});

test('a directory that is not the platform’s stays', () => {
  const steps = planDown({ ...found, dataDir: undefined }, { isPurge: true });
  assert.ok(steps.every((step) => step.kind !== 'remove-data'));
});

test('nothing there, nothing to do', () => {
  const none: Labelled = {
    containers: [],
    taskContainers: 0,
    services: [],
    networks: [],
    volumes: [],
    secrets: [],
    configs: [],
    images: [],
    dataDir: undefined,
  };
  assert.deepEqual(planDown(none, { isPurge: true }), []);
  assert.deepEqual(planDown(none, { isPurge: false }), []);
});

test('ended tasks of jobs, which Swarm leaves when their service goes, are swept', () => {
  const steps = planDown({ ...found, services: [], taskContainers: 1 }, { isPurge: true });
  assert.ok(steps.some(({ kind }) => kind === 'sweep-tasks'));
});

test('a purge takes the names of releases from images that others have, and no other name', () => {
  const ours = '127.0.0.1:5000/shop/web:01m87m8cdh3zjxfgac4c';
  const images = [
    { RepoTags: ['redis:7', ours] },
    { RepoTags: ['127.0.0.1:5000/mine/tool:1.0', '127.0.0.1:5001/shop/web:01m87m8cdh3zjxfgac4c'] },
    { RepoTags: null },
  ];
  assert.deepEqual(findReleaseTags(images, 5000), [ours]);
});
