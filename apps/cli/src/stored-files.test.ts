import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { runBerth, temporaryDirectory } from './testing/run-berth.ts';
import { startStub } from './testing/stub-control.ts';

const changed = { ok: true as const, version: 3, changed: true, deployments: [] };
const made = { ok: true as const, version: 1, deployments: [], undeployed: [] };
const sent = (body: unknown): string =>
  Buffer.from((body as { base64: string }).base64, 'base64').toString('latin1');

test('a secret comes from standard input or a file, never from an argument', async (t) => {
  const stub = await startStub(t, { setSecret: () => changed });
  const cwd = await temporaryDirectory(t);
  await writeFile(join(cwd, 'key'), Buffer.from([0, 255, 10]));
  const set = (args: readonly string[], stdin = '') =>
    runBerth(t, ['secret', 'set', 'db', '-a', 'shop', '--no-deploy', ...args], { ...stub, cwd, stdin });
  const line = await set([], 'hush\n');
  assert.equal(line.code, 0, line.stderr);
  assert.match(
    line.stderr,
    /db is set for shop, version 3; the next deployment brings it to the tasks that use it/,
  );
  assert.equal(sent(stub.requests[0]?.body), 'hush', 'one line loses its newline');
  await set([], 'one\ntwo\n');
  assert.equal(sent(stub.requests[1]?.body), 'one\ntwo\n', 'a text of several stays as it is');
  await set(['--file', 'key']);
  assert.equal(sent(stub.requests[2]?.body), '\x00\xff\n');
  const argument = await set(['hush']);
  assert.equal(argument.code, 2, argument.stderr);
  assert.equal(stub.requests.length, 3);
  for (const { stdout, stderr } of [line, argument]) assert.ok(!`${stdout}${stderr}`.includes('hush\n'));
});

test('what does not fit is refused before it is sent', async (t) => {
  const stub = await startStub(t, { setSecret: () => changed });
  const cwd = await temporaryDirectory(t);
  await writeFile(join(cwd, 'big'), Buffer.alloc(512_000));
  const big = await runBerth(t, ['secret', 'set', 'db', '-a', 'shop', '--file', 'big'], { ...stub, cwd });
  assert.equal(big.code, 2);
  assert.match(big.stderr, /secret `db` has 512000 bytes; the most is 511999 \(500 KB\)/);
  const empty = await runBerth(t, ['config-file', 'set', 'c', '-a', 'shop'], { ...stub, cwd });
  assert.match(empty.stderr, /config `c` is empty/);
  assert.equal(stub.requests.length, 0);
});

test('--service, --project and -e say for whom it is kept', async (t) => {
  const stub = await startStub(t, { setSecret: () => changed, generateVariable: () => made });
  const set = (...args: string[]) =>
    runBerth(t, ['secret', 'set', 'db', ...args], { ...stub, stdin: 'hush\n' });
  const own = await set('-a', 'shop', '--service', 'worker');
  assert.match(own.stderr, /db is set for worker of shop, version 3/);
  await set('--project', 'store');
  await set('--project', 'store', '-e', 'staging');
  await runBerth(t, ['env', 'generate', 'TOKEN', '--project', 'store'], stub);
  assert.deepEqual(
    stub.requests.map(({ query }) => query.scope),
    ['service:shop/worker', 'project:store', 'environment:store/staging', 'project:store'],
  );
  const both = await set('--project', 'store', '--service', 'web');
  assert.match(both.stderr, /--service is of an app, --project of many/);
});

test('explain names the scope of each, and those it wins over', async (t) => {
  const item = { kind: 'secret' as const, name: 'db', targets: ['/run/secrets/db'], variables: ['PASSWORD'] };
  const origin = { kind: 'stored' as const, name: 'db', scope: 'app:shop', version: 3 };
  const stub = await startStub(t, {
    explainFiles: () => ({
      release: 4,
      items: [
        { ...item, service: 'web', origin, overrides: [], pending: false },
        {
          ...item,
          service: 'worker',
          origin: { ...origin, scope: 'service:shop/worker' },
          overrides: ['app:shop'],
          pending: true,
        },
        {
          ...item,
          kind: 'config' as const,
          service: 'web',
          origin: { kind: 'content' as const },
          overrides: [],
          pending: false,
        },
      ],
    }),
  });
  const { stdout, stderr } = await runBerth(t, ['secret', 'explain', '-a', 'shop'], stub);
  assert.equal(
    stdout,
    [
      'SERVICE\tNAME\tFROM\tALSO IN\tAT',
      'web\tdb\tapp:shop version 3\t-\t/run/secrets/db, $PASSWORD',
      'worker\tdb*\tservice:shop/worker version 3\tapp:shop\t/run/secrets/db, $PASSWORD',
      '',
    ].join('\n'),
  );
  assert.match(stderr, /\* not in the live release yet/);
});

test('a generated value is printed on standard output only when asked for', async (t) => {
  const stub = await startStub(t, {
    generateSecret: (seen) => ({
      ...changed,
      ...((seen.body as { show: boolean }).show ? { value: 'made-up' } : {}),
    }),
  });
  const hidden = await runBerth(t, ['secret', 'generate', 'db', '-a', 'shop'], stub);
  assert.equal(hidden.stdout, '');
  const shown = await runBerth(
    t,
    ['secret', 'generate', 'db', '-a', 'shop', '--show', '--length', '40'],
    stub,
  );
  assert.equal(shown.stdout, 'made-up\n');
  assert.deepEqual(stub.requests[1]?.body, { length: 40, show: true, replace: false, deploy: true });
});
