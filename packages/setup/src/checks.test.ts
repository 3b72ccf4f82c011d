import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { EngineInfo, EngineVersion } from '@berth/engine/types';
import type { Check } from './check.ts';
import { mendDaemonConfig, renderDaemonConfig } from './daemon-config.ts';
import { decideEngine } from './engine.ts';
import { checkEngine } from './engine-checks.ts';
import { mendEngineProfile } from './engine-profile.ts';
import {
  type MachineFacts,
  parseCgroups,
  parseFilesystems,
  parseListening,
  parseMeminfo,
  parseNofileHard,
  parseOsRelease,
} from './machine.ts';
import { checkMachine, type MachineNeeds } from './machine-checks.ts';
import { decideSwarm } from './swarm.ts';

const GiB = 2 ** 30;
const good: MachineFacts = {
  uid: 0,
  arch: 'x64',
  os: { id: 'debian', like: [], version: '12', name: 'Debian GNU/Linux 12 (bookworm)' },
  kernel: '6.1.0-18-amd64',
  hasSystemd: true,
  hasApt: true,
  filesystems: ['ext4', 'overlay'],
  cgroupControllers: ['cpu', 'memory', 'pids'],
  cgroupsMounted: true,
  ipForward: true,
  conntrackMax: 262_144,
  memory: { totalBytes: 4 * GiB, availableBytes: 3 * GiB },
  disk: { path: '/var/lib', freeBytes: 40 * GiB, freeInodesShare: 0.9 },
  foreignData: { path: '/var/lib/berth', names: [] },
  nofileHard: 1_048_576,
  listeners: [],
};
const needs: MachineNeeds = {
  ports: [
    ['--http-port', 80],
    ['--https-port', 443],
    ['--app-ports', 8100],
    ['--app-ports', 8101],
  ],
  ownPorts: [],
  startingPorts: [],
  containerPorts: new Map(),
  hasEngine: false,
};
const broken = (facts: Partial<MachineFacts>, more: Partial<MachineNeeds> = {}): Check[] =>
  checkMachine({ ...good, ...facts }, { ...needs, ...more }).filter((each) => each.status === 'broken');

test('a kernel that does not forward packets is told before anything is set up', () => {
  const found = broken({ ipForward: false }, { hasEngine: true });
  assert.deepEqual(
    found.map(({ id }) => id),
    ['machine.forwarding'],
  );
  assert.match(found[0]?.fix ?? '', /net\.ipv4\.ip_forward=1/);
});

test('a good machine has nothing broken and no warning', () => {
  assert.ok(checkMachine(good, needs).every((each) => each.status === 'ok'));
});

test('every problem is found at once, each with a fix', () => {
  const found = broken({
    uid: 1000,
    arch: 's390x',
    kernel: '3.10.0-1160.el7',
    cgroupControllers: ['cpu'],
    memory: { totalBytes: GiB / 4, availableBytes: GiB / 8 },
    disk: { path: '/var/lib', freeBytes: GiB, freeInodesShare: 0.01 },
    foreignData: { path: '/srv', names: ['photos'] },
    listeners: [{ port: 80, address: '*', process: 'nginx (pid 7)' }],
    hasApt: false,
  });
  assert.deepEqual(
    found.map((each) => each.id),
    [
      'machine.root',
      'machine.architecture',
      'machine.packages',
      'machine.kernel',
      'machine.cgroups',
      'machine.memory',
      'machine.disk',
      'machine.data',
      'machine.port.80',
    ],
  );
  assert.ok(found.every((each) => (each.fix ?? '') !== ''));
});

test('ports: who has them and how to move, as one line per option; our own are no problem', () => {
  const listeners = [
    { port: 8100, address: '*', process: 'docker-proxy (pid 9)' },
    { port: 8101, address: '*', process: 'docker-proxy (pid 10)' },
  ];
  const taken = broken(
    { listeners },
    {
      containerPorts: new Map([
        [8100, 'web'],
        [8101, 'web'],
      ]),
    },
  );
  assert.equal(taken.length, 1);
  assert.match(taken[0]!.text, /ports 8100, 8101 are taken by the container web/);
  assert.match(taken[0]!.fix!, /--app-ports/);
  const many = Array.from({ length: 20 }, (_, index) => 8100 + index);
  const wide = { ports: many.map((port) => ['--app-ports', port] as const) };
  const byOther = many.map((port) => ({ port, address: '*', process: 'nginx (pid 9)' }));
  assert.match(broken({ listeners: byOther }, wide)[0]!.text, /ports 8100-8119 are taken by nginx/);
  assert.deepEqual(broken({ listeners }, { ownPorts: [8100, 8101] }), []);
  // The platform's own container is just being started: the engine has its ports, and nobody else.
  assert.deepEqual(broken({ listeners }, { startingPorts: [8100, 8101] }), []);
  const others = [{ port: 8100, address: '*', process: 'nginx (pid 9)' }];
  assert.equal(broken({ listeners: others }, { startingPorts: [8100, 8101] }).length, 1);
  // Without a process that proxies, only the engine knows that a port is taken.
  assert.equal(broken({}, { containerPorts: new Map([[443, 'other-edge']]) }).length, 1);
});

test('an engine that answers excuses an unknown system without apt', () => {
  const os = { id: 'fedora', like: [], version: '42', name: 'Fedora 42' };
  assert.equal(broken({ os, hasApt: false }).length, 1);
  assert.deepEqual(broken({ os, hasApt: false }, { hasEngine: true }), []);
});

const version = (Version: string, MinAPIVersion = '1.12'): EngineVersion => ({
  Version,
  ApiVersion: '1.41',
  MinAPIVersion,
  Os: 'linux',
  Arch: 'amd64',
  KernelVersion: '6.1',
});
const info = (more: Partial<EngineInfo> = {}): EngineInfo => ({
  ID: 'x',
  Name: 'n1',
  ServerVersion: '20.10.24',
  Driver: 'overlay2',
  DriverStatus: null,
  LoggingDriver: 'json-file',
  CgroupDriver: 'cgroupfs',
  CgroupVersion: '2',
  KernelVersion: '6.1',
  OperatingSystem: 'Debian',
  OSType: 'linux',
  Architecture: 'x86_64',
  NCPU: 2,
  MemTotal: 4 * GiB,
  DockerRootDir: '/var/lib/docker',
  LiveRestoreEnabled: false,
  SecurityOptions: null,
  Swarm: { NodeID: 'n', NodeAddr: '', LocalNodeState: 'active', ControlAvailable: true, Error: '' },
  Warnings: null,
  ...more,
});
const worst = (checks: readonly Check[], id: string): string | undefined =>
  checks.find((each) => each.id === id)?.status;

test('engine: the profile that we write ourselves has nothing to warn about', () => {
  const daemonConfig = JSON.parse(renderDaemonConfig({ nofileHard: 1_048_576, mayRaiseLimits: true }));
  const checks = checkEngine({ version: version('20.10.24+dfsg1'), info: info(), daemonConfig });
  assert.deepEqual(
    checks.filter((each) => each.status !== 'ok'),
    [],
  );
  assert.equal(daemonConfig['live-restore'], undefined, 'Swarm does not support it');
});

test('engine: settings of somebody else keep what they say and get what they lack', () => {
  const host = { nofileHard: 1_048_576, mayRaiseLimits: true };
  const mend = (settings: object, commandLine: string[] = []) => {
    const { content, changes } = mendDaemonConfig({ settings: { ...settings }, commandLine, host });
    return { settings: JSON.parse(content) as Record<string, unknown>, changes };
  };
  const whole = mend({ 'registry-mirrors': ['http://mirror'], 'live-restore': true, 'userland-proxy': true });
  assert.deepEqual(whole.settings['registry-mirrors'], ['http://mirror']);
  assert.equal(whole.settings['live-restore'], false);
  assert.equal(whole.settings['userland-proxy'], true, 'somebody wanted it so');
  assert.deepEqual(whole.settings['log-opts'], { 'max-size': '10m', 'max-file': '3' });
  assert.match(whole.changes.join(), /live-restore: false.*metrics-addr: "127\.0\.0\.1:9323"/);
  const again = mend(whole.settings);
  assert.deepEqual([again.changes, again.settings], [[], whole.settings]);
  const other = mend({ 'log-driver': 'journald' });
  assert.equal(other.settings['log-opts'], undefined, 'its options are not those of json-file');
  const started = mend({}, ['-H', 'fd://', '--log-opt=max-size=1m', '--userland-proxy=false']);
  assert.equal(started.settings['log-opts'], undefined, 'dockerd does not start with both');
  assert.equal(started.settings['userland-proxy'], undefined);
});

test('engine: a file that is mended is kept as it was; one that cannot be read is left alone', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'berth-profile-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const path = join(dir, 'daemon.json');
  await writeFile(path, '{"live-restore": true}');
  const { backup, changes } = await mendEngineProfile(path);
  assert.ok(changes.includes('live-restore: false'));
  assert.equal(await readFile(backup ?? '', 'utf8'), '{"live-restore": true}');
  assert.equal(JSON.parse(await readFile(path, 'utf8'))['live-restore'], false);
  assert.deepEqual((await mendEngineProfile(path)).changes, []);
  await writeFile(path, '{"live-restore": ');
  await assert.rejects(mendEngineProfile(path), { code: 'invalid' });
  assert.equal(await readFile(path, 'utf8'), '{"live-restore": ');
});

test('engine: limits that the machine cannot give are not promised', () => {
  const limited = JSON.parse(renderDaemonConfig({ nofileHard: 20_000, mayRaiseLimits: false }));
  assert.equal(limited['default-ulimits'].nofile.Hard, 20_000);
});

test('engine: old storage drivers, known faults and an API that is too new are broken', () => {
  const check = (v: EngineVersion, more: Partial<EngineInfo> = {}) =>
    checkEngine({ version: v, info: info(more), daemonConfig: {} });
  assert.equal(worst(check(version('24.0.7')), 'engine.version'), 'ok');
  assert.equal(worst(check(version('20.10.5')), 'engine.version'), 'broken');
  assert.equal(worst(check(version('19.03.15')), 'engine.version'), 'broken');
  assert.equal(worst(check(version('25.0.0')), 'engine.version'), 'warning');
  assert.equal(worst(check(version('29.1.0', '1.44')), 'engine.version'), 'broken');
  for (const Driver of ['devicemapper', 'aufs'])
    assert.equal(worst(check(version('20.10.24'), { Driver }), 'engine.storage'), 'broken');
  assert.equal(
    worst(check(version('20.10.24'), { LiveRestoreEnabled: true }), 'engine.live-restore'),
    'broken',
  );
  const SecurityOptions = ['name=seccomp,profile=default', 'name=rootless'];
  assert.equal(worst(check(version('24.0.7'), { SecurityOptions }), 'engine.rootless'), 'broken');
});

test('swarm: made when there is none, used when it can be, never left', () => {
  const swarm = (more: Partial<EngineInfo['Swarm']>) => decideSwarm({ ...info().Swarm, ...more });
  assert.equal(swarm({ LocalNodeState: 'inactive' }).kind, 'init');
  assert.deepEqual(swarm({}), { kind: 'ready', nodeId: 'n' });
  for (const more of [
    { ControlAvailable: false },
    { LocalNodeState: 'locked' },
    { LocalNodeState: 'pending' },
    { LocalNodeState: 'error', Error: 'broken' },
  ])
    assert.equal(swarm(more).kind, 'refuse');
});

test('engine: nothing is done to one that answers; else started, installed or refused with the reason', () => {
  const base = {
    state: 'silent' as const,
    isInstalled: false,
    hasSystemd: true,
    hasApt: true,
    isRoot: true,
    isUsualSocket: true,
  };
  assert.deepEqual(decideEngine({ ...base, state: 'answers', isRoot: false, hasApt: false }), {
    kind: 'ready',
  });
  assert.deepEqual(decideEngine(base), { kind: 'install', startBy: 'systemd' });
  assert.deepEqual(decideEngine({ ...base, isInstalled: true, hasSystemd: false }), {
    kind: 'start',
    by: 'ourselves',
  });
  for (const more of [
    { isRoot: false },
    { hasApt: false },
    { isUsualSocket: false },
    { state: 'forbidden' as const },
    { state: 'refuses' as const, because: 'client version 1.41 is too old' },
  ])
    assert.equal(decideEngine({ ...base, ...more }).kind, 'refuse');
});

test('facts are read as the kernel writes them', () => {
  assert.deepEqual(
    parseOsRelease('PRETTY_NAME="Ubuntu 24.04"\nID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\n'),
    {
      id: 'ubuntu',
      like: ['debian'],
      version: '24.04',
      name: 'Ubuntu 24.04',
    },
  );
  assert.deepEqual(
    parseCgroups('#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t1\t9\t1\nmemory\t0\t1\t0\n'),
    ['cpu'],
  );
  assert.deepEqual(parseFilesystems('nodev\toverlay\n\text4\n'), ['overlay', 'ext4']);
  assert.deepEqual(parseMeminfo('MemTotal:       2048 kB\nMemAvailable:   1024 kB\n'), {
    totalBytes: 2 ** 21,
    availableBytes: 2 ** 20,
  });
  assert.equal(
    parseNofileHard('Max open files            1024                 524288               files     \n'),
    524_288,
  );
  assert.equal(
    parseNofileHard('Max open files            1024                 unlimited            files     \n'),
    Number.MAX_SAFE_INTEGER,
  );
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1E14 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4242 1
   1: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 77 1
   2: 0100007F:1E14 0100007F:D2F0 01 00000000:00000000 00:00000000 00000000     0        0 99 1
`;
  assert.deepEqual(parseListening(table), [
    { port: 7700, address: '127.0.0.1', inode: '4242' },
    { port: 80, address: '*', inode: '77' },
  ]);
});
