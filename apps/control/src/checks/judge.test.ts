import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EdgeReport } from '@berth/contract/agent';
import type { Run } from '@berth/domain/run';
import type { EngineInfo, Service, SwarmNode, Task } from '@berth/engine/types';
import { bytes, type Check, listed } from './check.ts';
import { judgeApps, judgeDeployments, judgeServices } from './judge-apps.ts';
import { judgeCertificate, judgeEdge, judgeNames } from './judge-edge.ts';
import { judgeAgents, judgeDisk, judgeEngine, judgeStuck, judgeVersions } from './judge-nodes.ts';
import { judgeDatabase, judgeRegistry } from './judge-stores.ts';

const statusOf = (checks: readonly Check[]) => checks.map((check) => [check.id, check.status]);
/** Whatever does not hold says what to do. */
function assertFixes(checks: readonly Check[]): void {
  for (const check of checks) assert.equal(check.fix === undefined, check.status === 'ok', check.id);
}

const node = (name: string, over: object = {}): SwarmNode =>
  ({
    ID: `id-${name}`,
    Spec: { Role: 'manager', Availability: 'active', Labels: {} },
    Description: { Hostname: name },
    Status: { State: 'ready', Addr: '192.0.2.1' },
    ...over,
  }) as unknown as SwarmNode;

test('agents: connected, missing, down, drained', () => {
  const links = [{ id: 'id-a', name: 'a' }];
  assert.deepEqual(statusOf(judgeAgents([node('a')], links)), [['platform.agents', 'ok']]);
  assert.deepEqual(statusOf(judgeAgents([], [])), [['platform.agents', 'broken']]);
  const checks = judgeAgents(
    [
      node('a', { Spec: { Availability: 'drain' } }),
      node('b', { Status: { State: 'down', Addr: '192.0.2.2', Message: 'heartbeat failure' } }),
    ],
    links,
  );
  assert.deepEqual(statusOf(checks), [
    ['engine.a.availability', 'warning'],
    ['platform.agent.b', 'broken'],
    ['engine.b.swarm', 'broken'],
  ]);
  assertFixes(checks);
});

test('an agent of another version is named', () => {
  assert.deepEqual(judgeVersions([{ name: 'a', agentVersion: '0.1.0' }], '0.1.0'), []);
  const checks = judgeVersions([{ name: 'a', agentVersion: '0.0.9' }], '0.1.0');
  assert.deepEqual(statusOf(checks), [['platform.version.a', 'warning']]);
  assertFixes(checks);
});

const info = (over: Partial<EngineInfo> = {}): EngineInfo =>
  ({
    ServerVersion: '20.10.24+dfsg1',
    Driver: 'overlay2',
    LoggingDriver: 'json-file',
    CgroupDriver: 'cgroupfs',
    CgroupVersion: '1',
    KernelVersion: '6.1.0-18-amd64',
    LiveRestoreEnabled: false,
    SecurityOptions: ['name=seccomp,profile=default', 'name=apparmor'],
    Swarm: { LocalNodeState: 'active' },
    Warnings: ['WARNING: No swap limit support'],
    ...over,
  }) as EngineInfo;

test('engine: which security modules keep its tasks, and that none does', () => {
  assert.match(judgeEngine('a', info())[0]?.text ?? '', /seccomp, apparmor$/);
  for (const SecurityOptions of [null, [], ['name=seccomp,profile=unconfined'], ['name=apparmor']])
    assert.deepEqual(statusOf(judgeEngine('a', info({ SecurityOptions }))), [
      ['engine.a.seccomp', 'warning'],
    ]);
});

test('engine: one line when all is well, one each for what is not', () => {
  assert.deepEqual(statusOf(judgeEngine('a', info())), [['engine.a', 'ok']]);
  const checks = judgeEngine(
    'a',
    info({
      ServerVersion: '20.10.5',
      Driver: 'vfs',
      LoggingDriver: 'etwlogs',
      CgroupDriver: 'none',
      LiveRestoreEnabled: true,
      Warnings: ['WARNING: No memory limit support', 'WARNING: No pids limit support'],
    }),
  );
  assert.deepEqual(statusOf(checks), [
    ['engine.a.version', 'broken'],
    ['engine.a.storage', 'warning'],
    ['engine.a.live-restore', 'broken'],
    ['engine.a.logs', 'warning'],
    ['engine.a.cgroups', 'broken'],
    ['engine.a.limits', 'warning'],
  ]);
  assertFixes(checks);
  for (const [version, status] of [
    ['19.03.15', 'broken'],
    ['20.10.10', 'warning'],
    ['20.10.24', 'ok'],
    ['25.0.1', 'warning'],
    ['25.0.2', 'ok'],
    ['28.3.0', 'ok'],
  ] as const)
    assert.equal(judgeEngine('a', info({ ServerVersion: version }))[0]?.status, status, version);
});

test('disks: plenty, little, none', () => {
  const what = { id: 'd', area: 'platform', name: 'it' } as const;
  const GiB = 2 ** 30;
  assert.equal(judgeDisk(what, 50 * GiB, 100 * GiB).status, 'ok');
  assert.equal(judgeDisk(what, 4 * GiB, 100 * GiB).status, 'warning');
  assert.equal(judgeDisk(what, 2 * GiB).status, 'warning');
  assert.equal(judgeDisk(what, GiB / 4).status, 'broken');
  assertFixes([judgeDisk(what, 0, 0)]);
});

const report = (over: Partial<EdgeReport> = {}): EdgeReport => ({
  revision: 7,
  running: true,
  version: '3.0.11',
  reloads: 0,
  oldWorkers: 0,
  connectionsCurrent: 0,
  requestsTotal: 0,
  certificates: [],
  ...over,
});

test('edge: up to date, behind, gone, with many old processes', () => {
  assert.deepEqual(statusOf(judgeEdge('a', report(), 7)), [['edge.a', 'ok']]);
  assert.deepEqual(statusOf(judgeEdge('a', report({ revision: 0 }), undefined)), [['edge.a', 'ok']]);
  const checks = judgeEdge('a', report({ revision: 6, oldWorkers: 20 }), 7);
  assert.deepEqual(statusOf(checks), [
    ['edge.a.revision', 'broken'],
    ['edge.a.workers', 'warning'],
  ]);
  assertFixes(checks);
  assert.deepEqual(statusOf(judgeEdge('a', report({ running: false }), 7)), [['edge.a', 'broken']]);
});

test('certificates by the days they have left', () => {
  const now = Date.UTC(2026, 10, 21);
  const days = (count: number) =>
    judgeCertificate({ id: 'c', name: 'it', fix: 'renew', notAfterMs: now + count * 86_400_000 }, now);
  assert.deepEqual(
    [90, 21, 20, 3, 2, 0, -4].map((count) => days(count).status),
    ['ok', 'ok', 'warning', 'warning', 'broken', 'broken', 'broken'],
  );
  assert.match(days(-4).text, /ended 4 days ago/);
});

test('names: here, elsewhere, nowhere, unanswered', () => {
  const name = (domain: string, resolves: 'here' | 'elsewhere' | 'nowhere' | 'unknown') => ({
    domain,
    app: 'shop',
    resolves,
  });
  assert.deepEqual(judgeNames([], '192.0.2.1'), []);
  const checks = judgeNames(
    [
      name('a.test', 'here'),
      name('b.test', 'elsewhere'),
      name('c.test', 'nowhere'),
      name('d.test', 'unknown'),
    ],
    '192.0.2.1',
  );
  assert.deepEqual(statusOf(checks), [
    ['dns.b.test', 'warning'],
    ['dns.c.test', 'broken'],
    ['dns.unknown', 'warning'],
    ['dns.here', 'ok'],
  ]);
  assertFixes(checks);
});

test('registry and database', () => {
  const registry = (status: number) => judgeRegistry('http://r', { kind: 'status', status }).status;
  assert.deepEqual([200, 401, 403, 500].map(registry), ['ok', 'broken', 'broken', 'broken']);
  assert.match(judgeRegistry('http://r', { kind: 'silent', because: 'ECONNREFUSED' }).text, /ECONNREFUSED/);
  assert.equal(judgeDatabase('ok').status, 'ok');
  assert.match(judgeDatabase('row 3 missing from index x').text, /row 3 missing/);
});

test('deployments that do not move are named', () => {
  const open = (progressAt: number) => ({
    id: 'd1',
    app: 'shop',
    state: 'proving',
    progress: 'web: 0 of 1 healthy',
    progressAt,
  });
  const options = { nowMs: 100_000, stalledMs: 30_000 };
  assert.equal(judgeDeployments([], options)[0]?.text, 'no deployment runs');
  assert.equal(judgeDeployments([open(90_000)], options)[0]?.status, 'ok');
  const [stalled] = judgeDeployments([open(20_000)], options);
  assert.equal(stalled?.status, 'warning');
  assert.match(stalled?.text ?? '', /shop has not moved for 80 s \(proving: web: 0 of 1 healthy\)/);
});

const run = (over: Partial<Run> = {}): Run =>
  ({
    app: 'shop',
    service: 'web',
    release: 1,
    generation: 1,
    name: 'shop-web-r1',
    state: 'live',
    replicas: 2,
    routing: { port: 80 },
    ...over,
  }) as Run;
const service = (name: string, labels: Record<string, string> = { 'berth.app': 'shop' }) =>
  ({ CreatedAt: '2026-01-01T00:00:00Z', Spec: { Name: name, Labels: labels } }) as unknown as Service;

test('services and runs belong together', () => {
  const now = Date.UTC(2026, 10, 21);
  const ids = (services: Service[], runs: Run[]) => statusOf(judgeServices(services, runs, now));
  assert.deepEqual(ids([service('shop-web-r1')], [run()]), [['platform.services', 'ok']]);
  assert.deepEqual(ids([service('shop-web-r1'), service('old')], [run()]), [['platform.strays', 'warning']]);
  assert.deepEqual(ids([], [run(), run({ name: 'p', state: 'parked' }), run({ name: 'w', state: 'warm' })]), [
    ['platform.service.shop-web-r1', 'broken'],
    ['platform.service.w', 'warning'],
  ]);
  const young = { ...service('new'), CreatedAt: new Date(now - 1_000).toISOString() };
  assert.deepEqual(ids([young], []), [['platform.services', 'ok']]);
});

test('apps have all their tasks, healthy at the edge where routed', () => {
  const task = (slot: number, state = 'running') =>
    ({
      Slot: slot,
      Status: { State: state },
      Spec: {
        ContainerSpec: {
          Labels: {
            'berth.app': 'shop',
            'berth.service': 'web',
            'berth.release': '1',
            'berth.generation': '1',
          },
        },
      },
      NetworksAttachments: [{ Addresses: [`10.0.0.${slot}/24`] }],
    }) as unknown as Task;
  const health = (...slots: number[]) => new Map(slots.map((slot) => [`10.0.0.${slot}`, 'healthy']));
  const judge = (tasks: Task[], seen: Map<string, string>, over: Partial<Run> = {}) =>
    judgeApps([run(over)], tasks, () => seen)[0];
  assert.equal(judge([task(1), task(2)], health(1, 2))?.status, 'ok');
  assert.equal(judge([task(1), task(2)], health(1))?.status, 'warning');
  assert.equal(judge([task(1), task(2)], health())?.status, 'broken');
  assert.equal(
    judge([task(1), task(2, 'starting')], health(1), {
      routing: { probe: { kind: 'none' }, drainMs: 0, warmMs: 0 },
    })?.status,
    'warning',
  );
  assert.equal(judge([], health(), { state: 'warm' })?.text, 'no app runs');
});

test('lists and sizes people can read', () => {
  assert.equal(listed(['a', 'b']), 'a, b');
  assert.equal(listed(['a', 'b', 'c', 'd'], 2), 'a, b and 2 more');
  assert.deepEqual([0, 1023, 1024, 1.5 * 2 ** 30, 74 * 2 ** 30].map(bytes), [
    '0 B',
    '1023 B',
    '1.0 KiB',
    '1.5 GiB',
    '74 GiB',
  ]);
});

test('a container that the engine could not remove is told of by its name', () => {
  const checks = judgeStuck('a', [{ Id: '0123456789abcdef', Names: ['/shop-web-r1.1.x'] }]);
  assert.deepEqual(statusOf(checks), [['engine.a.stuck.0123456789ab', 'warning']]);
  assert.match(checks[0]?.text ?? '', /could not remove the container shop-web-r1\.1\.x/);
  assertFixes(checks);
  assert.deepEqual(judgeStuck('a', []), []);
});
