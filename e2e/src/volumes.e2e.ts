import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ask, deploy, fact, removeApp, removeVolumes } from './deploying.ts';
import { openPlatform, type PlatformUnderTest } from './platform.ts';
import { scratch, writeFiles } from './sources.ts';

const app = 'e2e-rows';
const data = `${app}_data`;
const limited = `${app}_limited`;

/** Keeps rows on a volume; fills the limited one when asked to. */
const rows = `import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
const text = (path) => { try { return readFileSync(path, 'utf8'); } catch { return ''; } };
createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://x');
  if (pathname === '/add') appendFileSync('/data/rows', searchParams.get('row') + '\\n');
  if (pathname === '/fill') {
    try {
      for (let i = 0; ; i++) writeFileSync('/limited/' + i, Buffer.alloc(1 << 20, 1));
    } catch (error) { return response.end(error.code); }
  }
  if (pathname === '/one-more') {
    try {
      writeFileSync('/limited/more', Buffer.alloc(32 << 20, 1));
      return response.end('written');
    } catch (error) { return response.end(error.code); }
  }
  if (pathname === '/seed') return response.end(text('/limited/seed'));
  response.end(text('/data/rows'));
}).listen(8080);
`;
const files = {
  Dockerfile:
    'FROM berth/node\nWORKDIR /app\nRUN mkdir /limited && echo from-the-image >/limited/seed\nCOPY app.mjs .\nCMD ["node", "app.mjs"]\n',
  'app.mjs': rows,
  'compose.yaml': `services:
  web:
    build: .
    ports: ["8080"]
    volumes: ["data:/data", "limited:/limited"]
volumes:
  data:
  limited:
    x-berth: {size: 64M}
`,
};

describe('volumes', { timeout: 400_000 }, () => {
  let platform: PlatformUnderTest;
  let dir: string;

  const get = async (path: string): Promise<string> =>
    await fact(async () => {
      const answer = await ask(platform, platform.hostOf(app), path);
      return answer.status === 200 ? answer.text : undefined;
    });
  const volume = async (name: string) =>
    (await platform.client.call('listVolumes', {})).items.find((one) => one.name === name);
  const container = async () => {
    const { items } = await platform.client.call('listTasks', { params: { app } });
    const id = items.find((task) => task.state === 'running')?.containerId;
    assert.ok(id !== undefined);
    return platform.engine.inspectContainer(id);
  };
  /** Swarm still tells of a network it is removing. */
  const networkGone = () =>
    fact(async () => {
      const name = `${platform.name}-app-${app}`;
      return (await platform.engine.listNetworks({ filters: { name: [name] } })).length === 0
        ? true
        : undefined;
    }, 60_000);
  const cleanUp = async () => {
    await removeApp(platform, app);
    await removeVolumes(platform, (name) => name.startsWith(app));
  };

  before(async () => {
    platform = await openPlatform();
    await cleanUp();
    dir = await writeFiles(await scratch(), files);
    await deploy(platform, app, dir);
  });
  after(cleanUp);

  test('a volume is an object with a user, a node and an owner, and is filled from the image', async () => {
    assert.equal(await get('/seed'), 'from-the-image\n');
    const found = await volume(limited);
    assert.deepEqual(found?.users, [{ app, service: 'web', readOnly: false }]);
    assert.equal(found?.sizeBytes, 64 * 2 ** 20);
    assert.ok((found?.bytesUsed ?? 0) > 0);
    const { stdout } = await platform.berth(['volume', 'ls']);
    assert.match(stdout, new RegExp(`${data}\\t${app}/web\\t`));
  });

  test('past its size there is no space, the doctor says so, and it grows without a restart', async () => {
    assert.equal(await get('/fill'), 'ENOSPC');
    assert.equal(await get('/one-more'), 'ENOSPC');
    const { items } = await platform.client.call('listChecks', {});
    const check = items.find(({ id }) => id === `platform.volume.${limited}`);
    assert.match(check?.text ?? '', /% full/);
    assert.match(check?.fix ?? '', /berth volume grow/);
    const before = await container();
    const grown = await platform.berth(['volume', 'grow', limited, '--size', '256M']);
    assert.equal(grown.code, 0, grown.stderr);
    assert.equal(await get('/one-more'), 'written');
    const now = await container();
    assert.equal(now.State.StartedAt, before.State.StartedAt);
  });

  test('a row survives its app, and who uses a volume keeps it from being removed', async () => {
    assert.equal(await get('/add?row=one'), 'one\n');
    const used = await platform.berth(['volume', 'rm', data, '--confirm', data]);
    assert.notEqual(used.code, 0);
    assert.match(used.stderr, new RegExp(`is used by ${app}/web`));
    await removeApp(platform, app);
    await networkGone();
    assert.ok(await volume(data));
    await deploy(platform, app, dir);
    assert.equal(await get('/'), 'one\n');
    assert.equal((await volume(limited))?.sizeBytes, 256 * 2 ** 20);
  });

  test('removed with its name typed, it can be had back with what was in it', async () => {
    await removeApp(platform, app);
    await networkGone();
    const unconfirmed = await platform.berth(['volume', 'rm', data, '--confirm', 'other']);
    assert.notEqual(unconfirmed.code, 0);
    const removed = await platform.berth(['volume', 'rm', data, '--confirm', data]);
    assert.equal(removed.code, 0, removed.stderr);
    assert.equal(await volume(data), undefined);
    const trash = await platform.berth(['volume', 'ls', '--trash']);
    assert.match(trash.stdout, new RegExp(data));
    const restored = await platform.berth(['volume', 'restore', data]);
    assert.equal(restored.code, 0, restored.stderr);
    await deploy(platform, app, dir);
    assert.equal(await get('/'), 'one\n');
  });

  test('a ninth volume is refused with the quota', async () => {
    const names = Array.from({ length: 9 }, (_, index) => `v${index}`);
    const compose = `services:\n  web:\n    build: .\n    volumes: [${names.map((name) => `"${name}:/${name}"`).join(', ')}]\nvolumes: {${names.map((name) => `${name}: {}`).join(', ')}}\n`;
    const ninth = await writeFiles(await scratch(), { ...files, 'compose.yaml': compose });
    await assert.rejects(deploy(platform, app, ninth), (error: Error) =>
      /the quota is 8 a service/.test(JSON.stringify(error, Object.getOwnPropertyNames(error))),
    );
  });
});
