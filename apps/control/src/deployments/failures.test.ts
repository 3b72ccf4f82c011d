import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anAppSpec, anImage, aServiceSpec } from '@berth/testkit/builders';
import { createControlSandbox } from '@berth/testkit/control-sandbox';

const version = (name: string) =>
  anAppSpec({ services: [{ spec: aServiceSpec(), image: { kind: 'image', reference: anImage(name) } }] });

const failures: { name: string; behaviour: object; code: string; says: RegExp }[] = [
  {
    name: 'an app that exits at once',
    behaviour: { kind: 'exit', exitCode: 3, log: ['boom: no config'] },
    code: 'release_unhealthy',
    says: /exited with code 3.*[\s\S]*boom: no config/,
  },
  {
    name: 'an app that daemonises',
    behaviour: { kind: 'exit', exitCode: 0 },
    code: 'release_unhealthy',
    says: /ended by itself with exit code 0[\s\S]*background/,
  },
  {
    name: 'an app killed for its memory',
    behaviour: { kind: 'exit', exitCode: 137, isOutOfMemory: true },
    code: 'release_unhealthy',
    says: /memory limit of 512 MiB/,
  },
  {
    name: 'a port that nothing listens on',
    behaviour: { kind: 'run', listens: [9999], log: ['listening on 9999'] },
    code: 'release_unhealthy',
    says: /nothing listens on port 8080[\s\S]*listening on 9999/,
  },
  {
    name: 'an app that never becomes healthy',
    behaviour: { kind: 'run', probeStatus: 500 },
    code: 'release_unhealthy',
    says: /answered 500[\s\S]*GET http:\/\//,
  },
];

for (const failure of failures) {
  test(`${failure.name}: the reason is given and the old release serves`, async (t) => {
    const sandbox = await createControlSandbox(t);
    sandbox.spec = version('good');
    await sandbox.deploy();
    sandbox.fake.images.add(anImage('bad'), { behaviour: failure.behaviour });
    sandbox.spec = version('bad');
    const deployment = await sandbox.deploy();
    assert.equal(deployment.state, 'failed');
    assert.equal(deployment.failure?.code, failure.code);
    assert.match(
      [deployment.failure?.message, ...(deployment.failure?.evidence ?? [])].join('\n'),
      failure.says,
    );
    const lanes = Object.values(sandbox.nodes.edge.model?.services[0]?.lanes ?? {});
    assert.deepEqual(
      lanes.filter((lane) => lane.weight > 0).map((lane) => [lane.fqdn, lane.weight]),
      [['tasks.hello-web-r1', 100]],
    );
    assert.deepEqual(
      sandbox.fake.swarm.services.map((service) => service.Spec.Name),
      ['hello-web-r1'],
      'nothing half-made stays',
    );
    assert.deepEqual(
      (await sandbox.deps.runs.list({ app: 'hello' })).map((run) => [run.name, run.state]),
      [['hello-web-r1', 'live']],
    );
  });
}
