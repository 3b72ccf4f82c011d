import assert from 'node:assert/strict';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { refuse } from '@berth/contract/errors';
import { readJsonLines, runBerth, temporaryDirectory } from './testing/run-berth.ts';
import { at, sampleDeployment, sampleEvents, sampleFailure } from './testing/samples.ts';
import { startStub } from './testing/stub-control.ts';

const source = { id: 's1', digest: 'sha256:0', bytes: 10, files: 1 };

test('deploy: uploads the directory, follows to the end, and ends with the URL', async (t) => {
  const stub = await startStub(t, {
    uploadSource: () => source,
    createDeployment: () => sampleDeployment(),
    watchDeployment: () => sampleEvents,
  });
  const cwd = await temporaryDirectory(t);
  await writeFile(join(cwd, 'package.json'), '{"name":"@acme/Shop"}');
  await mkdir(join(cwd, '.git'));
  await writeFile(join(cwd, '.git', 'secret-history'), 'x');
  const ran = await runBerth(t, ['deploy', '-m', 'why', '--deadline', '2m'], { ...stub, cwd });
  assert.equal(ran.code, 0, ran.stderr);
  assert.equal(ran.stdout, 'http://shop.example.test\n');
  assert.match(ran.stderr, /Release 4 of shop is live in 5\.2 s/);
  assert.match(ran.stderr, /building 4\.2 s · proving 1\.0 s/);

  const [upload, create] = stub.requests;
  assert.equal(upload?.params.app, 'shop');
  const tar = gunzipSync(upload?.body as Buffer).toString('latin1');
  assert.ok(tar.includes('package.json') && !tar.includes('secret-history'));
  assert.deepEqual(create?.body, {
    from: { kind: 'source', id: 's1' },
    deadlineSeconds: 120,
    message: 'why',
  });
  assert.ok(create?.headers['idempotency-key']);
  assert.equal(await readFile(join(cwd, '.berth', 'app'), 'utf8'), 'shop\n');
});

test('deploy --json: the deployment, then each event, one per line', async (t) => {
  const stub = await startStub(t, {
    createDeployment: () => sampleDeployment(),
    watchDeployment: () => sampleEvents,
  });
  const args = ['deploy', '--image', 'shop:1', '--port', '3000', '-a', 'shop', '--json'];
  const { stdout, stderr, code } = await runBerth(t, args, stub);
  assert.equal(code, 0);
  assert.equal(stderr, '');
  const lines = readJsonLines(stdout) as { kind: string }[];
  assert.equal(lines.length, 1 + sampleEvents.length);
  assert.deepEqual(lines.at(-1), sampleEvents.at(-1));
  assert.deepEqual((stub.requests[0]?.body as { from: unknown } | undefined)?.from, {
    kind: 'image',
    reference: 'shop:1',
    port: 3000,
  });
});

test('a deployment that fails is exit code 1, with reason, evidence and remedy', async (t) => {
  const stub = await startStub(t, {
    rollback: () => sampleDeployment({ kind: 'rollback' }),
    watchDeployment: () => sampleFailure,
  });
  const { code, stderr, stdout } = await runBerth(t, ['rollback', '-a', 'shop', 'r2'], stub);
  assert.equal(code, 1);
  assert.equal(stdout, '');
  for (const words of [
    '✗ The deployment of shop failed after 3.0 s: web.1 answered 500 to GET /healthz',
    '│ web.1: Error: no database',
    '→ See the last log lines.',
  ])
    assert.ok(stderr.includes(words), words);
  assert.deepEqual(stub.requests[0]?.body, { release: 2 });
  const json = await runBerth(t, ['rollback', '-a', 'shop', '--json'], stub);
  assert.equal(json.code, 1);
});

test('a connection that breaks in the middle loses no event and shows none twice', async (t) => {
  let connections = 0;
  const stub = await startStub(t, {
    restart: () => sampleDeployment({ kind: 'restart' }),
    watchDeployment: (seen) => {
      const from = Number(seen.headers['last-event-id'] ?? 0);
      const rest = sampleEvents.filter((event) => event.kind === 'end' || event.seq > from);
      return connections++ < 2 ? [...rest.slice(0, 3), { close: true as const }] : rest;
    },
  });
  const { code, stdout } = await runBerth(t, ['restart', '-a', 'shop', '--json'], stub);
  assert.equal(code, 0);
  assert.deepEqual(readJsonLines(stdout).slice(1), sampleEvents);
  assert.equal(connections, 3);
});

test('Ctrl-C leaves the deployment running and says how to come back', async (t) => {
  const stub = await startStub(t, {
    restart: () => sampleDeployment(),
    watchDeployment: async function* (seen) {
      yield* sampleEvents.slice(0, 3);
      // Silent from here: only the person at the keyboard ends it.
      await new Promise((resolve) => t.signal.addEventListener('abort', resolve));
      assert.ok(seen);
    },
  });
  const ran = await runBerth(t, ['restart', '-a', 'shop'], { ...stub, interruptAt: 'npm ci' });
  assert.equal(ran.code, 130);
  assert.match(ran.stderr, /deployment d1 of shop goes on/);
  assert.match(ran.stderr, /berth deploy --attach -a shop/);
  assert.ok(!stub.requests.some((seen) => seen.operation === 'cancelDeployment'));
});

test('deploy --attach takes up the last deployment, --cancel stops it and waits for its end', async (t) => {
  const cancelled = [{ kind: 'end' as const, seq: 1, at: at(1), state: 'cancelled' as const, urls: [] }];
  const stub = await startStub(t, {
    listDeployments: () => ({ items: [sampleDeployment()] }),
    cancelDeployment: () => ({ ok: true }),
    watchDeployment: () => cancelled,
  });
  const attached = await runBerth(t, ['deploy', '--attach', '-a', 'shop'], stub);
  assert.equal(attached.code, 1);
  const stopped = await runBerth(t, ['deploy', '--cancel', '-a', 'shop'], stub);
  assert.equal(stopped.code, 0);
  assert.ok(stub.requests.some((seen) => seen.operation === 'cancelDeployment' && seen.params.id === 'd1'));
});

test('a link that leaves the directory is refused before anything is sent', async (t) => {
  const stub = await startStub(t, {});
  const cwd = await temporaryDirectory(t);
  await writeFile(join(cwd, 'index.html'), 'x');
  await symlink('/etc/passwd', join(cwd, 'passwords'));
  const { code, stderr } = await runBerth(t, ['deploy', '-a', 'shop'], { ...stub, cwd });
  assert.equal(code, 1);
  assert.match(stderr, /passwords/);
  assert.ok(!stub.requests.some((seen) => seen.operation === 'createDeployment'));
});

test('an upload cut in the middle is sent again, the same bytes', async (t) => {
  const bodies: Buffer[] = [];
  const stub = await startStub(t, {
    uploadSource: (seen) => {
      bodies.push(seen.body as Buffer);
      if (bodies.length === 1) throw refuse('shutting_down', 'control restarts');
      return source;
    },
    createDeployment: () => sampleDeployment(),
    watchDeployment: () => sampleEvents,
  });
  const cwd = await temporaryDirectory(t);
  await writeFile(join(cwd, 'index.html'), 'hello');
  const ran = await runBerth(t, ['deploy', '-a', 'shop'], { ...stub, cwd });
  assert.equal(ran.code, 0, ran.stderr);
  assert.equal(bodies.length, 2);
  assert.deepEqual(bodies[0], bodies[1]);
});
