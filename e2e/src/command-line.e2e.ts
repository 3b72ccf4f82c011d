import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { tryCommand } from '@berth/runtime/command';
import { removeApp } from './deploying.ts';
import { openPlatform, type PlatformUnderTest } from './platform.ts';
import { helloSource, scratch, setVersion } from './sources.ts';

const app = 'e2e-cli';

/** The way of a user: the commands of the README, with what they print and how they end. */
describe('the command line', { timeout: 300_000 }, () => {
  let platform: PlatformUnderTest;
  let dir: string;

  before(async () => {
    platform = await openPlatform();
    dir = await helloSource(await scratch(), '1');
  });
  after(() => removeApp(platform, app));

  const run = async (...args: string[]): Promise<string> => {
    const result = await platform.berth([...args, '-a', app], { cwd: dir });
    assert.equal(result.code, 0, `${args.join(' ')}\n${result.stdout}\n${result.stderr}`);
    return result.stdout;
  };
  const json = async <T>(...args: string[]): Promise<T> =>
    JSON.parse((await run(...args, '--json')).trim().split('\n').at(-1)!) as T;

  test('deploy streams the build and ends with the address', async () => {
    const result = await platform.berth(['deploy', '-a', app], { cwd: dir });
    assert.equal(result.code, 0, result.stderr);
    assert.match(result.stdout + result.stderr, /http:\/\//);
  });

  test('deploy --json ends with one object', async () => {
    await setVersion(dir, '2');
    const view = await json<{ state: string; toRelease?: number; release?: number }>('deploy');
    assert.match(JSON.stringify(view), /succeeded/);
  });

  test('status, ps and releases show what runs', async () => {
    assert.match(await run('status'), new RegExp(app));
    assert.match(await run('ps'), /web/);
    assert.match(await run('releases'), /live/);
  });

  test('logs have the lines of the tasks', async () => {
    assert.match(await run('logs', '-n', '50'), /listens on port/);
  });

  test('a variable makes a new release and is not shown to everyone', async () => {
    await run('env', 'set', 'HELLO_VERSION=from-env');
    const text = await run('env');
    assert.match(text, /HELLO_VERSION/);
    assert.doesNotMatch(text, /from-env/);
  });

  test('exec runs in a task and gives its exit code', async () => {
    const good = await platform.berth(['exec', '-a', app, '--', 'node', '-p', '6*7'], { cwd: dir });
    assert.equal(good.code, 0, good.stderr);
    assert.match(good.stdout, /42/);
    const bad = await platform.berth(['exec', '-a', app, '--', 'node', '-e', 'process.exit(7)'], {
      cwd: dir,
    });
    assert.equal(bad.code, 7);
  });

  test('run starts a fresh container and gives its exit code', async () => {
    const result = await platform.berth(['run', '-a', app, '--', 'node', '-e', 'process.exit(5)'], {
      cwd: dir,
    });
    assert.equal(result.code, 5, result.stderr);
  });

  test('rollback goes back', async () => {
    await run('rollback');
    assert.match(await run('status'), new RegExp(app));
  });

  test('a release can be made first and started later', async () => {
    const tasks = async () =>
      (await platform.client.call('listTasks', { params: { app } })).items.map(({ id }) => id).sort();
    const before = await tasks();
    await setVersion(dir, 'made first');
    const made = await platform.berth(['deploy', '--no-start', '-a', app], { cwd: dir });
    assert.equal(made.code, 0, made.stderr);
    const number = /Release (\d+) of e2e-cli is made/.exec(made.stderr)?.[1];
    assert.ok(number !== undefined, made.stderr);
    assert.deepEqual(await tasks(), before);
    await run('deploy', '--release', number);
    assert.match(await run('releases'), new RegExp(`^${number}\\s+live`, 'm'));
  });

  test('a release is a file that an engine loads, with the same image in it', async () => {
    const file = join(await scratch(), 'release.tar');
    const { release } = await json<{ release: number }>('export', '-o', file);
    const [web] = await json<{ service: string; image: string; layers: object[] }[]>(
      ...['releases', String(release), '--layers'],
    );
    assert.ok(web !== undefined && web.layers.length > 3);
    const name = `berth.invalid/${app}/${web.service}:${release}`;
    const loaded = await tryCommand('docker', ['load', '--input', file], {
      signal: AbortSignal.timeout(60_000),
    });
    try {
      assert.match(loaded.stdout, new RegExp(`Loaded image: ${name}`), loaded.stderr);
      const [here, there] = await Promise.all(
        [name, web.image].map((image) => platform.engine.inspectImage(image)),
      );
      assert.equal(here?.Id, there?.Id);
    } finally {
      await platform.engine.removeImage(name);
    }
  });

  test('doctor finds nothing broken', async () => {
    const result = await platform.berth(['doctor', '--json', '--platform', platform.name]);
    const { items } = JSON.parse(result.stdout) as { items: { status: string; text: string }[] };
    // Names that other tests gave an app resolve nowhere, and that is what doctor says of them.
    const broken = items.filter(({ status, text }) => status === 'broken' && !/example\.com/.test(text));
    assert.deepEqual(broken, []);
  });

  test('a typo is answered with the nearest command', async () => {
    const result = await platform.berth(['depoly']);
    assert.notEqual(result.code, 0);
    assert.match(result.stderr, /deploy/);
  });

  test('destroy asks for the name', async () => {
    const wrong = await platform.berth(['destroy', '-a', app, '--confirm', 'other']);
    assert.notEqual(wrong.code, 0);
    await run('destroy', '--confirm', app);
    const gone = await platform.berth(['status', '-a', app]);
    assert.notEqual(gone.code, 0);
    await platform.client.call('createApp', { body: { name: app } });
    const { items } = await platform.client.call('listEnv', { params: { app } });
    assert.deepEqual(items, [], 'a new app of the same name has none of its secrets');
  });
});
