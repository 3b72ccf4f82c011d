import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ask, type DeploymentView, deploy, fact, removeApp } from './deploying.ts';
import { openPlatform, type PlatformUnderTest } from './platform.ts';
import { answering, nodeApp, scratch, writeFiles } from './sources.ts';

const app = 'e2e-fallen';
const fresh = 'e2e-fallen-first';

/** Answers its probe, and then ends with success as one does that leaves its work to a background process. */
const daemonising = `${answering('for a moment')}
setTimeout(() => { console.log('started, pid 7'); process.exit(0); }, 700);
`;

describe('what answers and ends at once is not left to serve', { timeout: 300_000 }, () => {
  let platform: PlatformUnderTest;

  before(async () => {
    platform = await openPlatform();
  });
  after(async () => {
    await removeApp(platform, app);
    await removeApp(platform, fresh);
  });

  const fallenOf = (name: string, { toRelease }: DeploymentView) =>
    fact(async () => {
      const { stdout } = await platform.berth(['events', '-a', name, '--json']);
      return stdout
        .split('\n')
        .find((line) => line.includes('"release.fell"') && line.includes(`"release":${toRelease}`));
    }, 30_000);

  test('the release before serves again, and why is told', async () => {
    const source = async (script: string) => await writeFiles(await scratch(), nodeApp(script));
    const good = await deploy(platform, app, await source(answering('good')));
    const bad = await deploy(platform, app, await source(daemonising));
    const told = await fallenOf(app, bad);
    assert.match(told, /ended by itself with exit code 0.*background/);
    assert.ok(told.includes(`Going back to release ${good.toRelease}.`), told);
    await fact(async () => {
      const { release, state } = await platform.client.call('getApp', { params: { app } });
      return release === good.toRelease && state === 'running' ? true : undefined;
    });
    assert.deepEqual(await ask(platform, platform.hostOf(app)), { status: 200, text: 'good' });
    const { stdout } = await platform.berth(['status', '-a', app]);
    assert.match(stdout, new RegExp(`rollback.*berth.*release ${bad.toRelease} went live and`));
  });

  let release: number | undefined;
  test('of a first release it is told, and how often it was started again', async () => {
    const bad = await deploy(platform, fresh, await writeFiles(await scratch(), nodeApp(daemonising)));
    release = bad.toRelease;
    assert.match(await fallenOf(fresh, bad), /There is no release to go back to/);
    await fact(async () => {
      const { stdout } = await platform.berth(['ps', '-a', fresh]);
      return /\t[1-5]\+?, again in \d+ s\t.*exit 0/.test(stdout) ? true : undefined;
    }, 60_000);
  });

  test('it is started ever later, which is told, and is no change to the app', async () => {
    const paused = await fact(async () => {
      const { stdout } = await platform.berth(['events', '-a', fresh, '--json']);
      return stdout.split('\n').find((line) => line.includes(`"release":${release},"delayMs":10000`));
    }, 120_000);
    assert.match(paused, /service\.backing-off.*web keeps ending soon after its start/);
    const { stdout } = await platform.berth(['diff', '-a', fresh, '--json']);
    assert.doesNotMatch(stdout, /RestartPolicy|restart-delay/);
    await fact(async () => {
      const { stdout: status } = await platform.berth(['status', '-a', fresh]);
      return /restarts: \d\+?, again in \d+ s/.test(status) ? true : undefined;
    });
  });
});
