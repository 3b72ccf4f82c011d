import assert from 'node:assert/strict';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { refuse } from '@berth/contract/errors';
import { readJsonLines, runBerth, temporaryDirectory } from './testing/run-berth.ts';
import { at, sampleApp, sampleDeployment, sampleLog, sampleTask } from './testing/samples.ts';
import { startStub } from './testing/stub-control.ts';

test('status: a table for people, JSON for programs, and nothing else on standard output', async (t) => {
  const stub = await startStub(t, {
    listApps: () => ({
      items: [sampleApp(), sampleApp({ name: 'blog', state: 'deploying', deployment: 'd1', urls: [] })],
    }),
    getDeployment: () => sampleDeployment({ app: 'blog', state: 'proving', progress: '1 of 2 healthy' }),
  });
  const people = await runBerth(t, ['status'], { ...stub, isTerminal: true });
  assert.equal(people.code, 0);
  assert.match(people.stdout, /shop.*running.*3.*2\/2.*http:\/\/shop\.example\.test/);
  assert.match(people.stdout, /blog: deploy proving.*1 of 2 healthy/);
  const programs = await runBerth(t, ['status', '--json'], stub);
  assert.equal(programs.stderr, '');
  const [apps] = readJsonLines(programs.stdout) as [{ name: string }[]];
  assert.deepEqual(
    apps.map((app) => app.name),
    ['shop', 'blog'],
  );
});

test('status -a: services, deployments and why the last one failed', async (t) => {
  const failure = {
    code: 'release_unhealthy',
    message: 'it answered 500',
    hint: 'look',
    evidence: ['line 1'],
  };
  const stub = await startStub(t, {
    getApp: () => sampleApp({ warnings: ['web: the image runs as root'] }),
    listDeployments: () => ({ items: [sampleDeployment({ state: 'failed', endedAt: at(9), failure })] }),
    listTasks: () => ({ items: [sampleTask({ processLimitReachedAt: at(9) })] }),
  });
  const { stdout, code } = await runBerth(t, ['status', '-a', 'shop'], { ...stub, isTerminal: true });
  assert.equal(code, 0);
  for (const words of [
    'release 3',
    'web',
    '2/2',
    'the last deploy failed, release 3 serves: it answered 500',
    'line 1',
    '→ look',
    '! web.1: process limit reached',
    '! web: the image runs as root',
    '512 MiB',
  ])
    assert.ok(stripVTControlCharacters(stdout).includes(words), words);
});

test('ps says why a task ended', async (t) => {
  const stub = await startStub(t, {
    listTasks: () => ({
      items: [
        sampleTask(),
        sampleTask({ id: 't2', slot: 2, state: 'failed', exitCode: 137, oomKilled: true }),
      ],
    }),
  });
  const { stdout } = await runBerth(t, ['ps', '--all', '-a', 'shop'], stub);
  assert.match(stdout, /web\.2\t3\tfailed\t.*exit 137, out of memory/);
  assert.equal(stub.requests[0]?.query.all, true);
});

test('logs: a line per line, with its task; the tail, the span and the service go to control', async (t) => {
  const stub = await startStub(t, { streamLogs: () => [sampleLog('one\x1b[2J'), sampleLog('two', 12)] });
  const args = ['logs', '-a', 'shop', '-n', '5', '--since', '15m', '-s', 'web'];
  const { stdout } = await runBerth(t, args, stub);
  assert.equal(stdout, 'web.1 │ one\nweb.12 │ two\n');
  const { follow, tail, since, service } = stub.requests[0]?.query ?? {};
  assert.deepEqual(
    { follow, tail, since, service },
    { follow: false, tail: 5, since: '15m', service: 'web' },
  );
  const json = await runBerth(t, [...args, '--json'], stub);
  assert.deepEqual(readJsonLines(json.stdout), [sampleLog('one\x1b[2J'), sampleLog('two', 12)]);
});

test('an app that is not there: the nearest one, and where the name came from', async (t) => {
  const stub = await startStub(t, {
    listTasks: (seen) => {
      throw refuse('app_not_found', `there is no app "${seen.params.app}"`);
    },
    listApps: () => ({ items: [sampleApp()] }),
  });
  const cwd = await temporaryDirectory(t);
  await writeFile(join(cwd, 'compose.yaml'), 'name: shpo\n');
  const { code, stderr } = await runBerth(t, ['ps'], { ...stub, cwd });
  assert.equal(code, 1);
  assert.match(stderr, /✗ there is no app "shpo"/);
  assert.match(stderr, /Did you mean "shop"\?/);
  assert.match(stderr, /from `name:` of compose\.yaml/);
});

test('env: values from arguments, files and standard input; both spellings', async (t) => {
  const changed = { ok: true as const, version: 1, deployments: [], undeployed: [] };
  const stub = await startStub(t, { patchVariables: () => changed });
  const cwd = await temporaryDirectory(t);
  await writeFile(join(cwd, '.env'), '# comment\nA=file\nB="two words"\n');
  const args = ['env:set', '--file', '.env', 'A=arg', 'SECRET=-', '--no-deploy', '-a', 'shop'];
  const { code, stderr } = await runBerth(t, args, { ...stub, cwd, stdin: 'hush\n' });
  assert.equal(code, 0, stderr);
  assert.deepEqual(stub.requests[0]?.body, {
    set: { A: 'arg', B: 'two words', SECRET: 'hush' },
    unset: [],
    absent: [],
    deploy: false,
  });
  assert.ok(!stderr.includes('hush'));
  await runBerth(t, ['env', 'unset', 'A', 'B', '-a', 'shop'], stub);
  assert.deepEqual(stub.requests[1]?.body, { set: {}, unset: ['A', 'B'], absent: [], deploy: true });
  const asked = await runBerth(t, ['env', 'set', 'SECRET', '-a', 'shop'], stub);
  assert.equal(asked.code, 2);
  assert.match(asked.stderr, /SECRET=-/);
});

test('env ls shows values only when asked to reveal', async (t) => {
  const stub = await startStub(t, {
    listVariables: (seen) => ({
      items: [
        {
          name: 'A',
          state: 'set',
          version: 1,
          fingerprint: 'ab12',
          updatedAt: at(0),
          updatedBy: 'ann',
          ...(seen.query.reveal === true ? { value: 'v' } : {}),
        },
      ],
    }),
  });
  const hidden = await runBerth(t, ['env', '-a', 'shop'], stub);
  assert.match(hidden.stdout, /^NAME\tSTATE\tFINGERPRINT\tBY\tAGO\nA\tset\tab12\tann\t/);
  const shown = await runBerth(t, ['env', 'ls', '--reveal', '-a', 'shop'], stub);
  assert.match(shown.stdout, /^NAME\tSTATE\tVALUE\tBY\tAGO\nA\tset\tv\tann\t/);
});

test('scale: the only service, by name, and a typo of one; waits until it is so', async (t) => {
  let asked = 0;
  const stub = await startStub(t, {
    scale: () => ({ ok: true }),
    getApp: () => {
      const app = sampleApp();
      const running = ++asked < 3 ? 2 : 3;
      return { ...app, services: app.services.map((service) => ({ ...service, running, healthy: running })) };
    },
  });
  const { code, stderr } = await runBerth(t, ['scale', '3', '-a', 'shop'], stub);
  assert.equal(code, 0, stderr);
  assert.deepEqual(stub.requests.find((seen) => seen.operation === 'scale')?.body, { services: { web: 3 } });
  assert.match(stderr, /2 running, 3 wanted/);
  const typo = await runBerth(t, ['scale', 'wbe=3', '-a', 'shop'], stub);
  assert.equal(typo.code, 2);
  assert.match(typo.stderr, /Did you mean "web"\?/);
});

test('login checks the token, keeps it for the owner alone, and never takes it as an argument', async (t) => {
  const stub = await startStub(t, { whoami: () => ({ id: 't1', name: 'ann', scope: 'admin' }) });
  const home = await temporaryDirectory(t);
  const env = { HOME: home };
  const args = ['login', '--url', stub.url, '--token-stdin'];
  const ran = await runBerth(t, args, { env, stdin: `${stub.token}\n` });
  assert.equal(ran.code, 0, ran.stderr);
  assert.ok(!(ran.stdout + ran.stderr).includes(stub.token));
  const path = join(home, '.config', 'berth', 'config.json');
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.deepEqual(JSON.parse(await readFile(path, 'utf8')), {
    current: '127.0.0.1',
    contexts: { '127.0.0.1': { url: stub.url, token: stub.token } },
  });
  const listed = await runBerth(t, ['context', '--json'], { env });
  assert.ok(!listed.stdout.includes(stub.token));

  const wrong = await runBerth(t, [...args, '--name', 'other'], { env, stdin: 'wrong' });
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /no valid token/);
  assert.ok(!(await readFile(path, 'utf8')).includes('other'));
  assert.equal((await runBerth(t, ['login', '--token', 'x'], { env })).code, 2);
  const open = await runBerth(t, ['login', '--url', 'http://berth.example.com', '--token-stdin'], { env });
  assert.equal(open.code, 2);
});

test('a token is sent only to the address it belongs to', async (t) => {
  const stub = await startStub(t, { listApps: () => ({ items: [] }) });
  const home = await temporaryDirectory(t);
  await mkdir(join(home, '.config', 'berth'), { recursive: true });
  const config = { current: 'a', contexts: { a: { url: 'https://elsewhere.test', token: stub.token } } };
  await writeFile(join(home, '.config', 'berth', 'config.json'), JSON.stringify(config));
  const ran = await runBerth(t, ['status'], { url: stub.url, env: { HOME: home } });
  assert.equal(ran.code, 1);
  assert.match(ran.stderr, /no valid token/);
});

test('domains add: chain and key go together, and a certificate without a key is refused here', async (t) => {
  const stub = await startStub(t, {
    addDomain: (seen) => ({
      domain: (seen.body as { domain: string }).domain,
      app: 'shop',
      service: 'web',
      path: '/',
      stripPrefix: false,
      httpsOnly: true,
      automatic: false,
      resolves: 'nowhere',
      url: 'https://shop.example.test',
    }),
  });
  const cwd = await temporaryDirectory(t);
  const pem = (what: string) => `-----BEGIN ${what}-----\nAAAA\n-----END ${what}-----\n`;
  await writeFile(join(cwd, 'chain.pem'), pem('CERTIFICATE'));
  await writeFile(join(cwd, 'key.pem'), pem('PRIVATE KEY'));
  const args = [
    'domains',
    'add',
    'shop.example.test',
    '-a',
    'shop',
    '--https-only',
    '--certificate',
    'chain.pem',
  ];
  const keyless = await runBerth(t, args, { ...stub, cwd });
  assert.equal(keyless.code, 2);
  const added = await runBerth(t, [...args, '--key', 'key.pem'], { ...stub, cwd });
  assert.equal(added.stdout, 'https://shop.example.test\n');
  assert.match(added.stderr, /needs an A record/);
  const body = stub.requests[0]?.body as { certificatePem: string; httpsOnly: boolean } | undefined;
  assert.equal(body?.certificatePem, pem('CERTIFICATE') + pem('PRIVATE KEY'));
  assert.equal(body?.httpsOnly, true);
});

test('destroy wants the name again', async (t) => {
  const stub = await startStub(t, { deleteApp: () => undefined as never, getApp: () => sampleApp() });
  const wrong = await runBerth(t, ['destroy', '-a', 'shop', '--confirm', 'blog'], stub);
  assert.equal(wrong.code, 2);
  const nobody = await runBerth(t, ['destroy', '-a', 'shop'], stub);
  assert.equal(nobody.code, 2);
  assert.match(nobody.stderr, /--confirm shop/);
  assert.ok(!stub.requests.some((seen) => seen.operation === 'deleteApp'));
  const right = await runBerth(t, ['destroy', '-a', 'shop', '--confirm', 'shop', '--json'], stub);
  assert.equal(right.code, 0);
  assert.deepEqual(readJsonLines(right.stdout), [{ removed: 'shop' }]);
  assert.equal(stub.requests.at(-1)?.query.confirm, 'shop');
});

test('tokens create: the secret alone on standard output', async (t) => {
  const stub = await startStub(t, {
    createToken: (seen) => ({
      id: 't2',
      ...(seen.body as { name: string; scope: 'deploy' }),
      createdAt: at(0),
      secret: 'berth_t2_xyz',
    }),
  });
  const { stdout } = await runBerth(t, ['tokens', 'create', 'ci', '--expires', '90d'], stub);
  assert.equal(stdout, 'berth_t2_xyz\n');
  assert.deepEqual(stub.requests[0]?.body, { name: 'ci', scope: 'deploy', expiresInSeconds: 7_776_000 });
});

test('config and open print what is for other programs', async (t) => {
  const stub = await startStub(t, {
    getAppConfig: () => ({ services: [{ name: 'web', init: true }] }),
    getApp: () => sampleApp(),
  });
  const config = await runBerth(t, ['config', '-a', 'shop'], stub);
  assert.equal(config.stdout, 'services:\n  - name: web\n    init: true\n');
  const address = await runBerth(t, ['open', '-a', 'shop'], stub);
  assert.equal(address.stdout, 'http://shop.example.test\n');
});

test('config of a directory that was never deployed: what is there, with every default, or what is wrong', async (t) => {
  const stub = await startStub(t, {
    getAppConfig: () => {
      throw refuse('app_not_found', 'there is no app "shop"');
    },
  });
  const cwd = await temporaryDirectory(t);
  await writeFile(
    join(cwd, 'compose.yaml'),
    'name: shop\nservices:\n  web:\n    image: shop:1\n    mem_limit: 64m\n',
  );
  const local = await runBerth(t, ['config', '--json'], { ...stub, cwd });
  assert.equal(local.code, 0, local.stderr);
  const [spec] = readJsonLines(local.stdout) as {
    services: { spec: { init: boolean; resources: Record<string, number> } }[];
  }[];
  assert.equal(spec?.services[0]?.spec.resources.memoryBytesMax, 67_108_864);
  assert.equal(spec?.services[0]?.spec.resources.pidsMax, 512);
  assert.equal(spec?.services[0]?.spec.init, true);

  await writeFile(join(cwd, 'compose.yaml'), 'services:\n  web:\n    imgae: shop:1\n');
  const wrong = await runBerth(t, ['config', '--local', '-a', 'shop'], { ...stub, cwd });
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /compose\.yaml:3:\d+.*imgae.*; did you mean `?image`?\?\n/s);
});

test('a wrong command line is exit code 2 with a suggestion; help and version are 0', async (t) => {
  const cases: [string[], number, RegExp][] = [
    [['statuss'], 2, /Did you mean status\?/],
    [['status', '--jsno'], 2, /Did you mean --json\?/],
    [['logs', '-n', 'many'], 2, /whole number/],
    [['env', 'sett'], 2, /Did you mean set\?/],
    // The tests' home is their working directory.
    [['deploy'], 2, /not the directory of an app/],
    [['deploy', '--port', '80'], 2, /--port goes with --image/],
    [['ps', '-a', 'Not_A_Label'], 2, /not-a-label/],
    [['context', 'use', 'x'], 2, /no context "x"/],
    [['--help'], 0, /First steps/],
    [['help', 'deploy'], 0, /Examples:/],
    [['--version'], 0, /^\d+\.\d+\.\d+/],
    [[], 0, /Usage: berth/],
  ];
  for (const [args, code, words] of cases) {
    const ran = await runBerth(t, args);
    assert.equal(ran.code, code, args.join(' '));
    assert.match(ran.stdout + ran.stderr, words, args.join(' '));
    if (code === 2) assert.equal(ran.stdout, '', args.join(' '));
  }
});

test('without a login, and without control, the words say what to do', async (t) => {
  const nowhere = await runBerth(t, ['status', '--json']);
  assert.equal(nowhere.code, 1);
  assert.equal(nowhere.stdout, '');
  const { error } = JSON.parse(nowhere.stderr) as { error: { code: string; hints: string[] } };
  assert.equal(error.code, 'unauthenticated');
  const stub = await startStub(t, {});
  await stub.close();
  const away = await runBerth(t, ['status'], stub);
  assert.equal(away.code, 1);
  assert.match(away.stderr, /control does not answer at .* \(connection refused\)/);
  assert.match(away.stderr, /berth doctor/);
});

test('up: Ctrl-C is no fault, whatever request it breaks off, and says how to go on', async (t) => {
  const socket = join(await temporaryDirectory(t), 'engine.sock');
  // An engine that says its version, and never answers what comes then.
  const engine = createServer(({ url }, response) => {
    if (url?.endsWith('/version')) response.end('{"Version": "20.10.24", "ApiVersion": "1.41"}');
  }).listen(socket);
  t.after(() => engine.close().closeAllConnections());
  const args = ['up', '--platform', 'berth-interrupted'];
  const env = { DOCKER_HOST: `unix://${socket}` };
  const ran = await runBerth(t, args, { env, isTerminal: true, interruptAt: 'machine' });
  assert.equal(ran.code, 130);
  assert.match(ran.stderr, /Interrupted: what is done stays, and `berth up` goes on from there/);
  assert.doesNotMatch(ran.stderr, /fault of the command line|aborted/);
});

test('a command line that is wrong is told as any error is: with --json as one object', async (t) => {
  const people = await runBerth(t, ['logs', '--folow']);
  assert.equal(people.code, 2);
  assert.equal(people.stderr, "✗ unknown option '--folow'\n→ Did you mean --follow?\n");
  const programs = await runBerth(t, ['logs', '--folow', '--json']);
  assert.deepEqual([programs.code, programs.stdout], [2, '']);
  const [{ error }] = readJsonLines(programs.stderr) as [{ error: { code: string; hints: string[] } }];
  assert.deepEqual([error.code, error.hints], ['usage', ['Did you mean --follow?']]);
});
