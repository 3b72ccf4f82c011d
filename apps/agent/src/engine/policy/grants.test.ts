import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { judged, policySettings } from './fixtures/judged.ts';

/** Reaches the node: only where the configuration of the agent says so, whatever control asks. */
const bind = (Source: string, more: object = {}) => ({ Type: 'bind', Source, Target: '/t', ...more });
const cases: readonly (readonly [permission: string, container: object, host: object])[] = [
  ['cap:SYS_ADMIN', { CapabilityAdd: ['CAP_SYS_ADMIN'] }, { CapAdd: ['sys_admin'] }],
  [
    'bind:/srv/a',
    { Mounts: [bind('/srv/a', { ReadOnly: true })] },
    { Mounts: [bind('/srv/a', { ReadOnly: true })] },
  ],
  ['bind:/srv/a:rw', { Mounts: [bind('/srv/a')] }, { Mounts: [bind('/srv/a', { ReadOnly: false })] }],
  [
    'seccomp:unconfined',
    { Privileges: { Seccomp: { Mode: 'unconfined' } } },
    { SecurityOpt: ['seccomp=unconfined'] },
  ],
  [
    'seccomp:custom',
    { Privileges: { Seccomp: { Mode: 'custom', Profile: 'e30=' } } },
    { SecurityOpt: ['seccomp={}'] },
  ],
  [
    'apparmor:unconfined',
    { Privileges: { AppArmor: { Mode: 'disabled' } } },
    { SecurityOpt: ['apparmor=unconfined'] },
  ],
  [
    'selinux:label',
    { Privileges: { SELinuxContext: { Type: 'spc_t' } } },
    { SecurityOpt: ['label=type:spc_t'] },
  ],
];

const labels = { 'berth.platform': 'p' };
function judge(path: string, body: unknown, allow: readonly string[]): string {
  const decision = judged('POST', path, body, policySettings({ allow }));
  return decision.kind === 'deny' ? decision.reason : 'allowed';
}
const service = (container: object, task: object, allow: readonly string[]) =>
  judge(
    '/services/create',
    {
      Name: 'x',
      Labels: labels,
      TaskTemplate: { ContainerSpec: { Image: 'i', Labels: labels, ...container }, ...task },
    },
    allow,
  );
const container = (host: object, allow: readonly string[], more: object = {}) =>
  judge('/containers/create', { Image: 'i', Labels: labels, HostConfig: host, ...more }, allow);

describe('what reaches the node', () => {
  for (const [permission, task, host] of cases)
    test(`${permission} is denied unless the node allows it`, () => {
      const others = cases
        .map(([other]) => other)
        .filter((other) => other !== permission && other !== 'bind:/srv/a:rw');
      assert.match(service(task, {}, others), /does not allow it/);
      assert.match(container(host, others), /does not allow it/);
      assert.equal(service(task, {}, [permission]), 'allowed');
      assert.equal(container(host, [permission]), 'allowed');
    });

  test('the network of the host, by that name and by no other way', () => {
    const task = { Networks: [{ Target: 'host' }] };
    assert.match(service({}, task, []), /does not allow it/);
    assert.equal(service({}, task, ['network:host']), 'allowed');
    assert.match(container({ NetworkMode: 'host' }, []), /does not allow it/);
    assert.equal(container({ NetworkMode: 'host' }, ['network:host']), 'allowed');
    const body = {
      Image: 'i',
      Labels: labels,
      HostConfig: {},
      NetworkingConfig: { EndpointsConfig: { host: {} } },
    };
    assert.deepEqual(
      judged('POST', '/containers/create', body, policySettings({ allow: ['network:host'] })),
      { kind: 'allow', objects: [{ kind: 'network', id: 'host' }] },
      'looked at, and not ours',
    );
  });

  test('a directory to write does not come with one to read, nor one inside it', () => {
    const given = ['bind:/srv/a'];
    assert.match(service({ Mounts: [bind('/srv/a')] }, {}, given), /bind:\/srv\/a:rw reaches the node/);
    assert.match(service({ Mounts: [bind('/srv/a/b', { ReadOnly: true })] }, {}, given), /does not allow it/);
    assert.equal(
      service({ Mounts: [bind('/srv/a', { ReadOnly: true })] }, {}, ['bind:/srv/a:rw']),
      'allowed',
    );
    assert.match(
      service(
        { Mounts: [bind('/srv/a', { ReadOnly: true, BindOptions: { Propagation: 'shared' } })] },
        {},
        given,
      ),
      /BindOptions/,
    );
  });

  for (const path of [
    '/',
    '/etc',
    '/var',
    '/var/run/docker.sock',
    '/d',
    '/d/volumes',
    '/srv/../etc',
    '/srv//a',
    'srv',
  ])
    test(`${path} is nobody's, whatever the configuration says`, () => {
      const mount = bind(path, { ReadOnly: true });
      assert.match(service({ Mounts: [mount] }, {}, [`bind:${path}`, `bind:${path}:rw`]), /a bind mount of/);
    });
});

test('what the node does not allow any more can be stopped, and not started', () => {
  const body = (Replicas: number) => ({
    Name: 'x',
    Labels: labels,
    Mode: { Replicated: { Replicas } },
    TaskTemplate: { ContainerSpec: { Image: 'i', Labels: labels, Mounts: [bind('/srv/a')] } },
  });
  assert.equal(judge('/services/x/update', body(0), []), 'allowed');
  assert.match(judge('/services/x/update', body(1), []), /does not allow it/);
  assert.match(judge('/services/create', body(0), []), /does not allow it/);
});

test('what does not reach the node is for control to grant', () => {
  assert.equal(service({ CapabilityAdd: ['NET_ADMIN', 'CAP_SYS_PTRACE'] }, {}, []), 'allowed');
});
