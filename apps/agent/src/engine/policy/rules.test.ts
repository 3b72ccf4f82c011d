import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { judged as judge } from './fixtures/judged.ts';
import type { Decision } from './request.ts';
import { findLabelFault, findPolicyRule } from './rules.ts';

const labels = { 'berth.platform': 'p' };

const deniedFor = (decision: Decision): string => (decision.kind === 'deny' ? decision.reason : 'ALLOWED');

const service = (container: object = {}, task: object = {}, more: object = {}) => ({
  Name: 'shop-web-r1',
  Labels: labels,
  TaskTemplate: {
    ContainerSpec: { Image: 'i', Labels: labels, ...container },
    Networks: [{ Target: 'n1' }],
    ...task,
  },
  Mode: { Replicated: { Replicas: 1 } },
  EndpointSpec: { Mode: 'dnsrr' },
  ...more,
});
const container = (host: object = {}, more: object = {}) => ({
  Image: 'i',
  Labels: labels,
  HostConfig: host,
  ...more,
});
const volume = { Type: 'volume', Source: 'data', Target: '/data' };

describe('what Berth needs is allowed', () => {
  test('a service as control makes it, and its network and volume are looked at', () => {
    const decision = judge(
      'POST',
      '/services/create',
      service({ Mounts: [volume, { Type: 'tmpfs', Target: '/t' }], Init: true }),
    );
    assert.deepEqual(decision, {
      kind: 'allow',
      objects: [
        { kind: 'network', id: 'n1' },
        { kind: 'volume', id: 'data' },
      ],
    });
  });
  test('an update names the service that must be ours', () => {
    const decision = judge('POST', '/services/shop/update?version=3', service());
    assert.deepEqual(decision.kind === 'allow' && decision.objects[0], { kind: 'service', id: 'shop' });
  });
  test('a service as the engine gives it back, with a health check: to be scaled', () => {
    const decision = judge(
      'POST',
      '/services/shop/update?version=3',
      service({ Healthcheck: { Test: ['CMD', 'true'], Interval: 1_000_000_000 } }),
    );
    assert.equal(decision.kind, 'allow');
  });
  test('a one-off with limits', () => {
    const host = {
      Memory: 1,
      PidsLimit: 5,
      Init: true,
      NetworkMode: 'app',
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
    };
    assert.deepEqual(judge('POST', '/containers/create?name=x', container(host)), {
      kind: 'allow',
      objects: [{ kind: 'network', id: 'app' }],
    });
  });
  test('a one-off of ours joins a network of ours, under no name', () => {
    const body = { Container: 'c', EndpointConfig: { Aliases: [] } };
    assert.deepEqual(judge('POST', '/networks/n/connect', body), {
      kind: 'allow',
      objects: [
        { kind: 'network', id: 'n' },
        { kind: 'container', id: 'c' },
      ],
    });
    const named = { Container: 'c', EndpointConfig: { Aliases: ['db'] } };
    assert.match(deniedFor(judge('POST', '/networks/n/connect', named)), /Aliases/);
    assert.match(deniedFor(judge('POST', '/networks/n/connect', {})), /no container/);
  });
  test('a service publishes ports of the node of its tasks only', () => {
    const port = { Protocol: 'udp', TargetPort: 53, PublishedPort: 5353, PublishMode: 'host' };
    const at = (over: object) =>
      judge(
        'POST',
        '/services/create',
        service({}, {}, { EndpointSpec: { Mode: 'dnsrr', Ports: [{ ...port, ...over }] } }),
      );
    assert.equal(at({}).kind, 'allow');
    assert.match(deniedFor(at({ PublishMode: 'ingress' })), /host mode/);
    assert.match(deniedFor(at({ Protocol: 'sctp' })), /TCP or UDP/);
    assert.match(deniedFor(at({ PublishedPort: 0 })), /is not a port/);
  });
});

test('a service has what stays inside its containers', () => {
  const asked = {
    Sysctls: { 'net.core.somaxconn': '1024', 'kernel.shmmax': '1' },
    Groups: ['audio'],
    TTY: true,
    OpenStdin: true,
    OomScoreAdj: 500,
    Privileges: { NoNewPrivileges: true },
    CapabilityAdd: ['CAP_NET_RAW', 'ipc_lock'],
    Mounts: [{ ...volume, VolumeOptions: { NoCopy: true, Subpath: 'a' } }],
  };
  assert.equal(judge('POST', '/services/create', service(asked)).kind, 'allow');
});

describe('a task or one-off with a way out is denied', () => {
  const cases: readonly [string, Decision][] = [
    ['privileged', judge('POST', '/containers/create', container({ Privileged: true }))],
    ['a bind', judge('POST', '/containers/create', container({ Binds: ['/:/host'] }))],
    ['the socket', judge('POST', '/containers/create', container({ Binds: ['/var/run/docker.sock:/s'] }))],
    [
      'a bind mount',
      judge(
        'POST',
        '/containers/create',
        container({ Mounts: [{ Type: 'bind', Source: '/', Target: '/h' }] }),
      ),
    ],
    [
      'a volume with a device',
      judge(
        'POST',
        '/containers/create',
        container({
          Mounts: [
            {
              ...volume,
              VolumeOptions: { DriverConfig: { Options: { type: 'none', device: '/', o: 'bind' } } },
            },
          ],
        }),
      ),
    ],
    [
      'a volume that is a path',
      judge('POST', '/containers/create', container({ Mounts: [{ ...volume, Source: '/etc' }] })),
    ],
    ['host network', judge('POST', '/containers/create', container({ NetworkMode: 'host' }))],
    [
      'another container’s network',
      judge('POST', '/containers/create', container({ NetworkMode: 'container:berth-agent' })),
    ],
    ['host pid', judge('POST', '/containers/create', container({ PidMode: 'host' }))],
    ['host ipc', judge('POST', '/containers/create', container({ IpcMode: 'host' }))],
    ['host uts', judge('POST', '/containers/create', container({ UTSMode: 'host' }))],
    ['host users', judge('POST', '/containers/create', container({ UsernsMode: 'host' }))],
    ['host cgroups', judge('POST', '/containers/create', container({ CgroupnsMode: 'host' }))],
    ['a cgroup parent', judge('POST', '/containers/create', container({ CgroupParent: '/' }))],
    ['devices', judge('POST', '/containers/create', container({ Devices: [{ PathOnHost: '/dev/sda' }] }))],
    ['device requests', judge('POST', '/containers/create', container({ DeviceRequests: [{ Count: -1 }] }))],
    ['device rules', judge('POST', '/containers/create', container({ DeviceCgroupRules: ['a *:* rwm'] }))],
    ['SYS_ADMIN', judge('POST', '/containers/create', container({ CapAdd: ['SYS_ADMIN'] }))],
    ['all capabilities', judge('POST', '/containers/create', container({ CapAdd: ['ALL'] }))],
    ['seccomp off', judge('POST', '/containers/create', container({ SecurityOpt: ['seccomp=unconfined'] }))],
    [
      'AppArmor off',
      judge('POST', '/containers/create', container({ SecurityOpt: ['apparmor=unconfined'] })),
    ],
    ['sysctls', judge('POST', '/containers/create', container({ Sysctls: { 'kernel.pid_max': '1' } }))],
    ['volumes from', judge('POST', '/containers/create', container({ VolumesFrom: ['berth-agent'] }))],
    ['links', judge('POST', '/containers/create', container({ Links: ['a:b'] }))],
    ['a runtime', judge('POST', '/containers/create', container({ Runtime: 'other' }))],
    [
      'published ports',
      judge('POST', '/containers/create', container({ PortBindings: { '80/tcp': [{ HostPort: '80' }] } })),
    ],
    ['unmasked paths', judge('POST', '/containers/create', container({ MaskedPaths: ['/x'] }))],
    [
      'the key in another case',
      judge('POST', '/containers/create', { Image: 'i', Labels: labels, hostconfig: { Privileged: true } }),
    ],
    ['no label', judge('POST', '/containers/create', { Image: 'i' })],
    [
      'the label of another',
      judge('POST', '/containers/create', { Image: 'i', Labels: { 'berth.platform': 'other' } }),
    ],
    [
      'a role of Berth',
      judge('POST', '/containers/create', { Image: 'i', Labels: { ...labels, 'berth.role': 'agent' } }),
    ],
    [
      'service: a bind mount',
      judge('POST', '/services/create', service({ Mounts: [{ Type: 'bind', Source: '/', Target: '/h' }] })),
    ],
    [
      'service: npipe',
      judge('POST', '/services/create', service({ Mounts: [{ Type: 'npipe', Source: 'x', Target: '/h' }] })),
    ],
    [
      'service: SYS_MODULE',
      judge('POST', '/services/create', service({ CapabilityAdd: ['CAP_SYS_MODULE'] })),
    ],
    [
      'service: no capability at all',
      judge('POST', '/services/create', service({ CapabilityAdd: ['CAP_CONSTRUCTOR'] })),
    ],
    [
      'service: privileges',
      judge('POST', '/services/create', service({ Privileges: { SELinuxContext: { Disable: true } } })),
    ],
    [
      'service: a seccomp profile',
      judge('POST', '/services/create', service({ Privileges: { Seccomp: { Mode: 'unconfined' } } })),
    ],
    [
      'service: sysctls of the node',
      judge('POST', '/services/create', service({ Sysctls: { 'net.ipv4.ip_forward': '1', 'vm.x': '1' } })),
    ],
    ['service: OOM score', judge('POST', '/services/create', service({ OomScoreAdj: -1 }))],
    [
      'service: host network',
      judge('POST', '/services/create', service({}, { Networks: [{ Target: 'host' }] })),
    ],
    [
      'service: a plugin',
      judge('POST', '/services/create', service({}, { Runtime: 'plugin', PluginSpec: { Name: 'x' } })),
    ],
    [
      'service: devices',
      judge(
        'POST',
        '/services/create',
        service({}, { Resources: { Reservations: { GenericResources: [{}] } } }),
      ),
    ],
    [
      'service: published ports',
      judge(
        'POST',
        '/services/create',
        service({}, {}, { EndpointSpec: { Mode: 'dnsrr', Ports: [{ TargetPort: 80 }] } }),
      ),
    ],
    ['service: tasks without label', judge('POST', '/services/create', service({ Labels: {} }))],
    [
      'service: update into a bind',
      judge('POST', '/services/x/update', service({ Mounts: [{ Type: 'bind', Source: '/', Target: '/h' }] })),
    ],
    [
      'volume: options',
      judge('POST', '/volumes/create', { Name: 'v', Labels: labels, DriverOpts: { device: '/' } }),
    ],
    ['volume: driver', judge('POST', '/volumes/create', { Name: 'v', Labels: labels, Driver: 'nfs' })],
    ['network: macvlan', judge('POST', '/networks/create', { Name: 'n', Labels: labels, Driver: 'macvlan' })],
    [
      'network: bridge options',
      judge('POST', '/networks/create', {
        Name: 'n',
        Labels: labels,
        Driver: 'bridge',
        Options: { 'com.docker.network.bridge.name': 'docker0' },
      }),
    ],
    [
      'exec privileged, spelled as the engine also reads it',
      judge('POST', '/containers/x/exec', { privileged: true }),
    ],
    ['exec privileged', judge('POST', '/containers/x/exec', { Privileged: true, Cmd: ['sh'] })],
  ];
  for (const [name, decision] of cases)
    test(name, () => assert.notEqual(deniedFor(decision), 'ALLOWED', name));
});

test('events are those of the platform', () => {
  const events = (filters: object) =>
    judge('GET', `/events?filters=${encodeURIComponent(JSON.stringify(filters))}`).kind;
  assert.equal(events({ label: ['berth.platform=p', 'berth.app'] }), 'allow');
  assert.equal(events({ label: ['berth.app'] }), 'deny');
  assert.equal(judge('GET', '/events').kind, 'deny');
});

describe('requests Berth has no use for have no rule', () => {
  const none: readonly [string, string][] = [
    ['DELETE', '/volumes/data'],
    ['POST', '/volumes/prune'],
    ['POST', '/containers/prune'],
    ['POST', '/images/prune'],
    ['POST', '/networks/prune'],
    ['POST', '/swarm/leave'],
    ['POST', '/swarm/init'],
    ['GET', '/swarm'],
    ['GET', '/swarm/unlockkey'],
    ['GET', '/system/df'],
    ['POST', '/plugins/pull'],
    ['POST', '/session'],
    ['POST', '/grpc'],
    ['POST', '/commit'],
    ['GET', '/containers/x/export'],
    ['POST', '/containers/x/rename'],
    ['POST', '/nodes/x/update'],
    ['POST', '/auth'],
    ['GET', '/v1.41/info'],
    ['POST', '/containers/../services/create'],
    ['DELETE', '/containers/a%2F..%2Fb'],
    ['POST', '/containers//start'],
  ];
  for (const [method, path] of none)
    test(`${method} ${path}`, () => assert.equal(findPolicyRule(method, path), undefined));
});

test('whatever is changed or entered must be ours, and not Berth’s own', () => {
  const roles = ['registry'];
  assert.equal(findLabelFault({ kind: 'container', id: 'x' }, labels, 'p'), undefined);
  assert.match(findLabelFault({ kind: 'container', id: 'x' }, {}, 'p') ?? '', /does not carry/);
  assert.match(findLabelFault({ kind: 'container', id: 'x' }, undefined, 'p') ?? '', /does not carry/);
  assert.match(
    findLabelFault({ kind: 'container', id: 'x' }, { 'berth.platform': 'q' }, 'p') ?? '',
    /does not carry/,
  );
  assert.match(
    findLabelFault({ kind: 'container', id: 'x', roles }, { ...labels, 'berth.role': 'agent' }, 'p') ?? '',
    /own agent/,
  );
  assert.equal(
    findLabelFault({ kind: 'container', id: 'x', roles }, { ...labels, 'berth.role': 'registry' }, 'p'),
    undefined,
  );
});

test('a container key nobody opened is denied, whatever it is', () => {
  const known = new Set([
    ...[
      'Memory',
      'MemorySwap',
      'MemoryReservation',
      'MemorySwappiness',
      'NanoCpus',
      'CpuShares',
      'CpuPeriod',
      'CpuQuota',
    ],
    ...[
      'CpusetCpus',
      'PidsLimit',
      'BlkioWeight',
      'Ulimits',
      'ShmSize',
      'Init',
      'AutoRemove',
      'ReadonlyRootfs',
      'Tmpfs',
    ],
    ...[
      'LogConfig',
      'RestartPolicy',
      'Dns',
      'DnsOptions',
      'DnsSearch',
      'ExtraHosts',
      'CapDrop',
      'CapAdd',
      'SecurityOpt',
    ],
    ...['Mounts', 'NetworkMode', 'OomScoreAdj', 'IpcMode'],
  ]);
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (key) => {
      fc.pre(!known.has(key));
      assert.equal(judge('POST', '/containers/create', container({ [key]: 'x' })).kind, 'deny');
    }),
  );
});
