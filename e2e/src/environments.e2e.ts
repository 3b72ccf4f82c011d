import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { CallOutput } from '@berth/client/types';
import { ask, fact, removeApp } from './deploying.ts';
import { openPlatform, type PlatformUnderTest } from './platform.ts';
import { scratch, writeFiles } from './sources.ts';

const family = 'e2e-envs';
const staging = `${family}-staging`;
const project = 'e2e-store';

/** Answers with its environment. */
const script = `import { createServer } from 'node:http';
const server = createServer((request, response) => response.end(JSON.stringify(process.env)));
server.listen(8080);
process.on('SIGTERM', () => server.close(() => process.exit(0)));
`;
const files = {
  Dockerfile:
    'FROM berth/node\nENV FROM_IMAGE=image HTTP_PROXY=http://proxy.invalid\nWORKDIR /app\nCOPY app.mjs .\nUSER 10001\nCMD ["node", "app.mjs"]\n',
  'app.mjs': script,
  'worker.env': 'QUEUE=slow\n',
  'compose.yaml': `services:
  web:
    build: .
    ports: ["8080"]
    environment:
      STAGE: none
      GREETING: "\${GREETING:-nobody}"
  worker:
    build: .
    env_file: worker.env
`,
  'compose.staging.yaml': 'services: {web: {environment: {STAGE: staging}}}\n',
  'compose.production.yaml': 'services: {web: {environment: {STAGE: production}, deploy: {replicas: 2}}}\n',
};

describe('environments of an app', { timeout: 300_000 }, () => {
  let platform: PlatformUnderTest;
  let dir: string;

  before(async () => {
    platform = await openPlatform();
    dir = await writeFiles(await scratch(), files);
    await Promise.all([removeApp(platform, family), removeApp(platform, staging)]);
  });
  after(async () => {
    await removeApp(platform, family);
    await removeApp(platform, staging);
  });

  const berth = async (...args: string[]) => {
    const result = await platform.berth([...args, '-a', family], { cwd: dir });
    assert.equal(result.code, 0, `${args.join(' ')}\n${result.stdout}\n${result.stderr}`);
    return result;
  };
  const environmentOf = async (app: string): Promise<Record<string, string>> => {
    const { status, text } = await ask(platform, platform.hostOf(app));
    assert.equal(status, 200, text);
    return JSON.parse(text) as Record<string, string>;
  };
  const imagesOf = async (app: string): Promise<string[]> => {
    const { release } = await platform.client.call('getApp', { params: { app } });
    const view = await platform.client.call('getRelease', { params: { app, number: release ?? 0 } });
    return view.services.map((service) => `${service.name} ${service.image}`);
  };

  test('staging is deployed with its manifest, and the scopes speak for it', async () => {
    await platform.client.call('createApp', { body: { name: family, project } });
    await berth('env', 'set', '--project', project, 'REGION=eu', 'GREETING=project');
    await berth('env', 'set', '--project', project, '-e', 'staging', 'GREETING=environment');
    await berth('deploy', '-e', 'staging');
    const has = await environmentOf(staging);
    assert.deepEqual(
      [has.STAGE, has.REGION, has.GREETING, has.FROM_IMAGE],
      ['staging', 'eu', 'environment', 'image'],
    );
    const app = await platform.client.call('getApp', { params: { app: staging } });
    assert.deepEqual([app.family, app.environment, app.project], [family, 'staging', project]);
  });

  test('a variable of one service touches that service alone', async () => {
    const newest = async (service: string): Promise<string> => {
      const { items } = await platform.client.call('listTasks', { params: { app: staging } });
      const started = items.flatMap((task) => (task.service === service ? [task.startedAt ?? ''] : []));
      return started.sort().at(-1) ?? '';
    };
    const tasks = async () => [await newest('web'), await newest('worker')] as const;
    const before = await tasks();
    await berth('env', 'set', '-e', 'staging', '--service', 'worker', 'THREADS=8');
    const after = await tasks();
    assert.equal(after[0], before[0]);
    assert.notEqual(after[1], before[1]);
  });

  test('explain tells the origin of each value; one that the image sets is taken out', async () => {
    await berth('env', 'unset', '-e', 'staging', '--inherited', 'HTTP_PROXY');
    const has = await environmentOf(staging);
    assert.ok(!('HTTP_PROXY' in has), 'it is not there, not even empty');
    const { items } = JSON.parse(
      (await berth('env', 'explain', '-e', 'staging', '--json')).stdout,
    ) as CallOutput<'explainEnv'>;
    const of = (service: string, name: string) => {
      const found = items
        .find((item) => item.service === service)
        ?.variables.find((one) => one.name === name);
      assert.ok(found !== undefined, `${service} ${name}`);
      const print = ({ kind, at }: { kind: string; at?: string | undefined }) =>
        at === undefined ? kind : `${kind} ${at}`;
      assert.equal(found.pending, false);
      return [found.state, print(found.origin), ...found.overrides.map(print)];
    };
    assert.deepEqual(of('web', 'FROM_IMAGE'), ['set', 'image']);
    assert.deepEqual(of('web', 'STAGE'), ['set', 'file compose.staging.yaml:1']);
    assert.deepEqual(of('web', 'GREETING'), [
      'set',
      `scope environment:${project}/staging`,
      `scope project:${project}`,
      'file compose.yaml:7',
    ]);
    assert.deepEqual(of('worker', 'QUEUE'), ['set', 'file worker.env:1']);
    assert.deepEqual(of('worker', 'THREADS'), ['set', `scope service:${staging}/worker`]);
    assert.deepEqual(of('web', 'HTTP_PROXY'), ['absent', `scope app:${staging}`, 'image']);
  });

  test('a promotion runs the same digests in production, under its own manifest and variables', async () => {
    const promoted = await berth('promote', '--from', 'staging', '--to', 'production');
    assert.match(promoted.stderr, /Promoted from e2e-envs-staging, release \d+/);
    assert.deepEqual(await imagesOf(family), await imagesOf(staging));
    const has = await environmentOf(family);
    assert.deepEqual([has.STAGE, has.GREETING], ['production', 'project']);
    const app = await fact(async () => {
      const view = await platform.client.call('getApp', { params: { app: family } });
      return view.services.find((one) => one.name === 'web')?.healthy === 2 ? view : undefined;
    });
    assert.deepEqual([app.environment, app.project], ['production', project]);
  });

  test('new variables of what was promoted keep its images and its manifest', async () => {
    const images = await imagesOf(family);
    await berth('env', 'set', 'GREETING=mine');
    assert.deepEqual(await imagesOf(family), images);
    const has = await environmentOf(family);
    assert.deepEqual([has.STAGE, has.GREETING], ['production', 'mine']);
  });

  test('diff shows what was meant to differ, and no value', async () => {
    const { stdout } = await berth('env', 'diff', 'staging', 'production', '--json');
    const { items } = JSON.parse(stdout) as CallOutput<'diffApps'>;
    const told = items.map((item) => [item.what, item.service ?? '*', item.name].join(' '));
    assert.deepEqual(told.sort(), [
      'replicas web replicas',
      'variable * GREETING',
      'variable * HTTP_PROXY',
      'variable web STAGE',
      'variable worker THREADS',
    ]);
    assert.ok(!stdout.includes('mine'));
  });

  test('versions are told, and the one before is returned to', async () => {
    const history = JSON.parse((await berth('env', 'history', '--json')).stdout) as { version: number }[];
    assert.equal(history[0]?.version, 1);
    await berth('env', 'rollback');
    assert.equal((await environmentOf(family)).GREETING, 'project');
  });

  test('a name that is another app is no environment', async () => {
    const other = `${family}-test`;
    await platform.client.call('createApp', { body: { name: other } });
    try {
      const result = await platform.berth(['deploy', '-e', 'test', '-a', family], { cwd: dir });
      assert.notEqual(result.code, 0);
      assert.match(
        result.stderr,
        /e2e-envs-test is taken: it is the environment production of e2e-envs-test/,
      );
    } finally {
      await removeApp(platform, other);
    }
  });
});
