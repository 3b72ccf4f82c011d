import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '@berth/runtime/secret';
import fc from 'fast-check';
import { type Desired, type DesireOptions, desire } from './desired.ts';
import { hashContent, type ObservedPath } from './files.ts';
import type { Identity } from './identity.ts';
import { type Observed, planUp, type UpStep } from './plan.ts';
import { choosePlatform, type PlatformRequest } from './platform.ts';

const pair = { certificatePem: 'certificate', keyPem: 'key' };
const identity: Identity = {
  authority: pair,
  control: pair,
  agent: pair,
  adminToken: { id: 'a1', sha256: '0'.repeat(64) },
  registry: {
    username: 'berth',
    password: new Secret('password'),
    htpasswd: 'berth:hash',
    httpSecret: new Secret('secret'),
  },
};

function options(request: PlatformRequest = {}, more: Partial<DesireOptions> = {}): DesireOptions {
  return {
    platform: choosePlatform({ request, stored: {}, detectedAddress: '192.0.2.7' }),
    identity,
    version: '1.0.0',
    images: {
      system: 'berth/system:1',
      edge: 'berth/edge:1',
      registry: 'berth/registry:1',
      volume: 'berth/volume:1',
    },
    machine: { cpus: 2, memoryBytes: 4 * 2 ** 30, mayProtect: true },
    engineSocket: '/var/run/docker.sock',
    hasCgroups: true,
    ...more,
  };
}

/** The world after the steps: what each promises, and nothing else. */
function play(observed: Observed, steps: readonly UpStep[]): Observed {
  const paths = new Map(observed.paths);
  let networks = [...observed.networks];
  let containers = [...observed.containers];
  for (const step of steps)
    switch (step.kind) {
      case 'make-directory': {
        const { mode, uid, gid, path } = step.directory;
        paths.set(path, { kind: 'directory', mode, uid, gid });
        break;
      }
      case 'write-file': {
        const { mode, uid, gid, path, content } = step.file;
        paths.set(path, { kind: 'file', mode, uid, gid, sha256: hashContent(content) });
        break;
      }
      case 'create-network':
        networks = [...networks, step.name];
        break;
      case 'remove-container':
        containers = containers.filter((each) => each.name !== step.name);
        break;
      case 'create-container':
        assert.ok(!containers.some((each) => each.name === step.container.name), 'the name is free');
        containers.push({
          id: 'new',
          name: step.container.name,
          isRunning: false,
          specHash: step.container.specHash,
          isOwn: true,
        });
        break;
      case 'start-container':
        containers = containers.map((each) =>
          each.name === step.name ? { ...each, isRunning: true } : each,
        );
        break;
      case 'save-token':
        break;
    }
  return { paths, networks, containers };
}

const nothing: Observed = { paths: new Map(), networks: [], containers: [] };

/** Any state a machine may be in: parts of the goal, and things that differ from it. */
const anyObserved = (desired: Desired): fc.Arbitrary<Observed> => {
  const path = (spec: Desired['files'][number] | Desired['directories'][number]) =>
    fc.option(
      fc.record({
        kind: fc.constantFrom('file' as const, 'directory' as const, 'other' as const),
        mode: fc.constantFrom(spec.mode, 0o777),
        uid: fc.constantFrom(spec.uid, 5),
        gid: fc.constant(spec.gid),
        sha256: fc.constantFrom('content' in spec ? hashContent(spec.content) : '', 'another'),
      }),
      { nil: undefined },
    );
  const all = [...desired.directories, ...desired.files];
  const paths = fc.tuple(...all.map(path)).map((found) => {
    const map = new Map<string, ObservedPath>();
    for (const [index, each] of found.entries()) if (each !== undefined) map.set(all[index]!.path, each);
    return map;
  });
  const containers = fc
    .tuple(
      ...desired.containers.map((wanted) =>
        fc.option(
          fc.record({
            id: fc.constant('old'),
            name: fc.constant(wanted.name),
            isRunning: fc.boolean(),
            specHash: fc.constantFrom(wanted.specHash, 'another', undefined),
            isOwn: fc.constant(true),
          }),
          { nil: undefined },
        ),
      ),
    )
    .map((found) => found.filter((each) => each !== undefined));
  const networks = fc.subarray([desired.network.name, 'foreign']);
  return fc.record({ paths, networks, containers });
};

test('from any state the plan leads to the goal, and at the goal it is empty', () => {
  const desired = desire(options());
  fc.assert(
    fc.property(anyObserved(desired), (observed) => {
      const after = play(observed, planUp(observed, desired, undefined));
      assert.deepEqual(planUp(after, desired, undefined), []);
    }),
  );
});

test('from any step at which it was cut, planning again leads to the goal', () => {
  const desired = desire(options());
  fc.assert(
    fc.property(anyObserved(desired), fc.nat(), (observed, cut) => {
      const steps = planUp(observed, desired, undefined);
      const half = play(observed, steps.slice(0, cut % (steps.length + 1)));
      assert.deepEqual(planUp(play(half, planUp(half, desired, undefined)), desired, undefined), []);
    }),
  );
});

test('a container that is as wanted is never touched', () => {
  const desired = desire(options());
  fc.assert(
    fc.property(anyObserved(desired), (observed) => {
      const steps = planUp(observed, desired, undefined);
      for (const found of observed.containers) {
        const wanted = desired.containers.find((each) => each.name === found.name)!;
        if (found.specHash !== wanted.specHash || !found.isRunning) continue;
        assert.ok(!steps.some((step) => 'name' in step && step.name === found.name));
      }
    }),
  );
});

test('a container of somebody else is not removed, whatever its name', () => {
  const foreign = { id: 'x', name: 'berth-registry', isRunning: false, specHash: undefined, isOwn: false };
  assert.throws(
    () => planUp({ ...nothing, containers: [foreign] }, desire(options()), undefined),
    /the container berth-registry is not Berth's/,
  );
});

test('the token is saved before the file that makes it valid', () => {
  const steps = planUp(nothing, desire(options()), new Secret('berth_a1_x'));
  const at = (kind: UpStep['kind']) => steps.findIndex((step) => step.kind === kind);
  assert.ok(at('save-token') >= 0 && at('save-token') < at('write-file'));
});

test('a changed file that a container reads replaces that container and no other', () => {
  const before = desire(options());
  const world = play(nothing, planUp(nothing, before, undefined));
  const changed = { ...identity, agent: { certificatePem: 'renewed', keyPem: 'renewed' } };
  const steps = planUp(world, desire(options({}, { identity: changed })), undefined);
  assert.deepEqual(
    steps.map((step) => step.kind),
    ['write-file', 'write-file', 'remove-container', 'create-container', 'start-container'],
  );
  assert.ok(steps.some((step) => step.kind === 'create-container' && step.container.role === 'agent'));
});

test('control has no socket, no capability, no root and nothing of the host but its directory', () => {
  const control = desire(options()).containers.find((each) => each.role === 'control')!;
  const host = control.spec.HostConfig as Record<string, unknown>;
  assert.equal(control.spec.User, '10001:10001');
  assert.deepEqual(host.CapDrop, ['ALL']);
  assert.equal(host.ReadonlyRootfs, true);
  assert.equal(host.Privileged, undefined);
  assert.ok((host.Binds as string[]).every((bind) => bind.startsWith('/var/lib/berth/control')));
});

test('nothing but the edge listens beyond loopback', () => {
  for (const { spec } of desire(options()).containers) {
    const ports = ((spec.HostConfig as Record<string, unknown>).PortBindings ?? {}) as Record<
      string,
      { HostIp: string }[]
    >;
    for (const [{ HostIp }] of Object.values(ports) as [{ HostIp: string }][])
      assert.equal(HostIp, '127.0.0.1');
  }
});

test('no secret is in a container’s specification', () => {
  const text = JSON.stringify(desire(options()).containers);
  for (const secret of ['password', 'berth:hash', identity.adminToken.sha256, '"key"'])
    assert.ok(!text.includes(`"${secret}"`) && !text.includes(`=${secret}`), secret);
});
