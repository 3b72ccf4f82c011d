import type { ItemOf } from '@berth/client/client';
import type { CallOutput, StreamEvent } from '@berth/client/types';

type App = CallOutput<'getApp'>;
type Deployment = CallOutput<'getDeployment'>;
type DeploymentEvent = StreamEvent<'watchDeployment'>;

const start = Date.parse('2026-11-21T08:00:00.000Z');

/** A moment of the samples: seconds after they begin. */
export const at = (seconds: number): string => new Date(start + seconds * 1000).toISOString();

export const sampleApp = (more: Partial<App> = {}): App => ({
  name: 'shop',
  family: 'shop',
  environment: 'production',
  project: 'default',
  state: 'running',
  release: 3,
  urls: ['http://shop.example.test'],
  services: [
    {
      name: 'web',
      replicas: 2,
      running: 2,
      healthy: 2,
      image: 'shop-web:3',
      memoryBytesMax: 536_870_912,
    },
  ],
  warnings: [],
  createdAt: at(0),
  ...more,
});

export const sampleDeployment = (more: Partial<Deployment> = {}): Deployment => ({
  id: 'd1',
  app: 'shop',
  kind: 'deploy',
  state: 'queued',
  stateMeaning: 'waits for its turn',
  actor: 'ann',
  createdAt: at(0),
  deadlineAt: at(900),
  steps: [],
  stalled: false,
  warnings: [],
  ...more,
});

/** A deployment that builds, proves and ends well. */
export const sampleEvents: readonly DeploymentEvent[] = [
  { kind: 'state', seq: 1, at: at(0), state: 'queued', meaning: 'waits for its turn' },
  { kind: 'state', seq: 2, at: at(0.01), state: 'building', meaning: 'the image is built' },
  { kind: 'build', seq: 3, at: at(1), text: '[2/4] RUN npm ci' },
  { kind: 'state', seq: 4, at: at(4.2), state: 'proving', meaning: 'the edge probes the new tasks' },
  { kind: 'progress', seq: 5, at: at(4.5), text: 'tasks healthy', done: 1, of: 2 },
  { kind: 'warning', seq: 6, at: at(4.6), text: 'web runs as root' },
  { kind: 'state', seq: 7, at: at(5.2), state: 'succeeded', meaning: 'all traffic is on the new release' },
  { kind: 'end', seq: 8, at: at(5.2), state: 'succeeded', release: 4, urls: ['http://shop.example.test'] },
];

export const sampleFailure: readonly DeploymentEvent[] = [
  { kind: 'state', seq: 1, at: at(0), state: 'starting', meaning: 'the new tasks are started' },
  { kind: 'state', seq: 2, at: at(2), state: 'reverting', meaning: 'the new tasks are removed' },
  {
    kind: 'end',
    seq: 3,
    at: at(3),
    state: 'failed',
    failure: {
      code: 'release_unhealthy',
      message: 'web.1 answered 500 to GET /healthz',
      hint: 'See the last log lines.',
      evidence: ['web.1: Error: no database', 'web.1: exit 1'],
    },
    urls: [],
  },
];

export const sampleTask = (more: Partial<ItemOf<'listTasks'>> = {}): ItemOf<'listTasks'> => ({
  id: 't1',
  service: 'web',
  release: 3,
  slot: 1,
  node: 'n1',
  state: 'running',
  desired: 'running',
  health: 'healthy',
  startedAt: at(0),
  ...more,
});

export const sampleLog = (text: string, slot = 1): StreamEvent<'streamLogs'> => ({
  at: at(slot),
  service: 'web',
  task: `t${slot}`,
  slot,
  release: 1,
  node: 'n1',
  stream: 'stdout',
  text,
});
