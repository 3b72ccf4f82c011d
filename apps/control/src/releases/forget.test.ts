import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '@berth/contract/errors';
import { anAppSpec, anImage, aServiceSpec } from '@berth/testkit/builders';
import { createControlSandbox } from '@berth/testkit/control-sandbox';

test('a release is not forgotten while it serves, has a run, or a deployment under way leads to it', async (t) => {
  const sandbox = await createControlSandbox(t);
  const { releases, store: deployments, runs } = sandbox.deps;
  for (const name of ['v1', 'v2', 'v3']) {
    sandbox.spec = anAppSpec({
      services: [{ spec: aServiceSpec(), image: { kind: 'image', reference: anImage(name) } }],
    });
    await sandbox.deploy();
  }
  const kept = async () => (await releases.list('hello')).map(({ number }) => number);
  const removeRuns = async (release: number) => {
    for (const run of await runs.list()) if (run.release === release) await runs.remove(run.name);
  };
  await removeRuns(1);
  const rollback = (id: string, toRelease: number) =>
    deployments.create({
      ...{ id, app: 'hello', kind: 'rollback', from: { kind: 'release', number: toRelease } },
      ...{ fromRelease: 3, toRelease, actor: 'admin', message: undefined, nowMs: 0, deadlineAt: 1 },
    });
  await rollback('under-way', 1);
  await releases.forget('hello', [1, 2, 3]);
  assert.deepEqual(await kept(), [3, 2, 1], 'release 2 has a run');
  await removeRuns(2);
  await releases.forget('hello', [1, 2, 3]);
  assert.deepEqual(await kept(), [3, 1]);
  await assert.rejects(
    rollback('too-late', 2),
    (error) => error instanceof AppError && error.code === 'release_not_found',
  );
  assert.equal(await deployments.get('too-late'), undefined);
});
