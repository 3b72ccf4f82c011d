import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { UsageError } from './cli.ts';
import { renderEnvFile } from './env/file.ts';
import { runBerth, temporaryDirectory } from './testing/run-berth.ts';
import { sampleApp } from './testing/samples.ts';
import { startStub } from './testing/stub-control.ts';

const changed = { ok: true as const, version: 4, deployments: [], undeployed: [] };

test('-e is the app of that environment, wherever it stands; production has the own name', async (t) => {
  const stub = await startStub(t, { getApp: () => sampleApp() });
  const said: [string[], Record<string, string>, string][] = [
    [['-e', 'staging', 'status', '-a', 'shop'], {}, 'shop-staging'],
    [['status', '-a', 'shop', '--environment', 'staging'], {}, 'shop-staging'],
    [['status', '-a', 'shop', '-e', 'production'], {}, 'shop'],
    [['status', '-a', 'shop'], { BERTH_ENVIRONMENT: 'test' }, 'shop-test'],
  ];
  for (const [args, env, app] of said) {
    await runBerth(t, args, { ...stub, env });
    assert.deepEqual(stub.requests.at(-1)?.params, { app }, args.join(' '));
  }
  const long = await runBerth(t, ['status', '-a', 'a'.repeat(25), '-e', 'staging'], stub);
  assert.equal(long.code, 2);
  assert.match(long.stderr, /longer than 30 characters \(from --environment\)/);
});

test('the scope of a variable is the app, a service of it, a project, or an environment of a project', async (t) => {
  const stub = await startStub(t, { patchVariables: () => changed, rollbackVariables: () => changed });
  const said: [string[], string][] = [
    [['-a', 'shop'], 'app:shop'],
    [['-a', 'shop', '-e', 'staging', '--service', 'worker'], 'service:shop-staging/worker'],
    [['--project', 'store'], 'project:store'],
    [['--project', 'store', '-e', 'staging'], 'environment:store/staging'],
  ];
  for (const [options, scope] of said) {
    const ran = await runBerth(t, ['env', 'set', 'A=1', ...options], stub);
    assert.equal(ran.code, 0, ran.stderr);
    assert.deepEqual(stub.requests.at(-1)?.query, { scope });
  }
  assert.match(
    (await runBerth(t, ['env', 'set', 'A=1', '--project', 'store'], stub)).stderr,
    /set A for project store, version 4/,
  );
  await runBerth(t, ['env', 'unset', '--inherited', 'PROXY', '-a', 'shop'], stub);
  assert.deepEqual(stub.requests.at(-1)?.body, { set: {}, unset: [], absent: ['PROXY'], deploy: true });
  await runBerth(t, ['env', 'rollback', '3', '-a', 'shop', '--no-deploy'], stub);
  assert.deepEqual(stub.requests.at(-1)?.body, { version: 3, deploy: false });
  const both = await runBerth(t, ['env', 'set', 'A=1', '--project', 'p', '--service', 's'], stub);
  assert.equal(both.code, 2);
});

test('import sets a file as one change, with --replace unsetting the rest; export needs --reveal', async (t) => {
  const variable = (name: string, value: string) => ({
    name,
    value,
    state: 'set' as const,
    version: 1,
    updatedAt: '2026-11-21T08:00:00.000Z',
    updatedBy: 'ann',
  });
  const stub = await startStub(t, {
    patchVariables: () => changed,
    listVariables: () => ({ items: [variable('A', "it's"), variable('OLD', 'x')] }),
  });
  const cwd = await temporaryDirectory(t);
  await writeFile(join(cwd, '.env'), "A=1\nB='two words'\n");
  await runBerth(t, ['env', 'import', '.env', '--replace', '-a', 'shop'], { ...stub, cwd });
  assert.deepEqual(stub.requests.at(-1)?.body, {
    set: { A: '1', B: 'two words' },
    unset: ['OLD'],
    absent: [],
    deploy: true,
  });
  const refused = await runBerth(t, ['env', 'export', '-a', 'shop'], stub);
  assert.equal(refused.code, 2);
  const shown = await runBerth(t, ['env', 'export', '--reveal', '-a', 'shop'], stub);
  assert.equal(shown.stdout, 'A="it\'s"\nOLD=x\n');
});

test('an exported file gives the same values when it is read again, or is refused by name', () => {
  const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);
  fc.assert(
    fc.property(
      fc.dictionary(name, fc.oneof(fc.string(), fc.stringMatching(/^[ -~\n]{0,12}$/))),
      (values) => {
        let text: string;
        try {
          text = renderEnvFile(values);
        } catch (error) {
          assert.ok(error instanceof UsageError);
          return;
        }
        assert.deepEqual({ ...parseEnv(text) }, { ...values });
      },
    ),
  );
});

test('promote asks for the images of one environment in another, which it makes if there is none', async (t) => {
  const stub = await startStub(t, {
    planDeployment: () => ({
      app: 'shop',
      changes: true,
      services: [],
      others: ['route / added'],
      warnings: [],
    }),
    createDeployment: () => ({
      id: 'd1',
      app: 'shop',
      kind: 'deploy',
      state: 'queued',
      stateMeaning: 'waits',
      actor: 'ann',
      createdAt: '2026-11-21T08:00:00.000Z',
      deadlineAt: '2026-11-21T08:15:00.000Z',
      steps: [],
      stalled: false,
      warnings: [],
    }),
  });
  const ran = await runBerth(t, ['promote', 'shop', '--from', 'staging', '--detach'], stub);
  assert.equal(ran.code, 0, ran.stderr);
  assert.deepEqual(stub.requests.at(-1)?.params, { app: 'shop' });
  assert.deepEqual(stub.requests.at(-1)?.body, {
    from: { kind: 'promotion', app: 'shop-staging' },
    place: { family: 'shop', environment: 'production' },
  });
  const made = stub.requests.at(-1)?.body;
  const planned = await runBerth(t, ['promote', 'shop', '--from', 'staging', '--plan', '--exit-code'], stub);
  assert.equal(planned.code, 2, planned.stderr);
  assert.match(planned.stdout, /route \/ added/);
  assert.deepEqual([stub.requests.at(-1)?.operation, stub.requests.at(-1)?.body], ['planDeployment', made]);
  const same = await runBerth(t, ['promote', 'shop', '--from', 'staging', '--to', 'staging'], stub);
  assert.equal(same.code, 2);
});
