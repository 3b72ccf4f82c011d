import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ask, deploy, fact, removeApp } from './deploying.ts';
import { openPlatform, type PlatformUnderTest } from './platform.ts';
import { answering, nodeApp, scratch, writeFiles } from './sources.ts';

const app = 'e2e-fallen';
const fresh = 'e2e-fallen-first';

/** Answers its probe, and then ends with success as one does that leaves its work to a background process. */
const daemonising = `${answering('for a moment')}
setTimeout(() => { console.log('started, pid 7'); process.exit(0); }, 700);
`;

describe('what answers and ends at once is not left to serve', { timeout: 120_000 }, () => {
  let platform: PlatformUnderTest;

  before(async () => {
    platform = await openPlatform();
  });
  after(async () => {
    await removeApp(platform, app);
    await removeApp(platform, fresh);
  });

  const fallenOf = (name: string) =>
    fact(async () => {
      const { stdout } = await platform.berth(['events', '-a', name, '--json']);
      return stdout.split('\n').find((line) => line.includes('"release.fell"'));
    }, 30_000);

  test('the release before serves again, and why is told', async () => {
    await deploy(platform, app, await writeFiles(await scratch(), nodeApp(answering('good'))));
    await deploy(platform, app, await writeFiles(await scratch(), nodeApp(daemonising)));
    assert.match(
      await fallenOf(app),
      /ended by itself with exit code 0.*Going back to release 1.*background/,
    );
    await fact(async () => {
      const { release, state } = await platform.client.call('getApp', { params: { app } });
      return release === 1 && state === 'running' ? true : undefined;
    });
    assert.deepEqual(await ask(platform, platform.hostOf(app)), { status: 200, text: 'good' });
    assert.match(
      (await platform.berth(['status', '-a', app])).stdout,
      /rollback.*berth.*release 2 went live and/,
    );
  });

  test('of a first release it is told, and how often it was started again', async () => {
    await deploy(platform, fresh, await writeFiles(await scratch(), nodeApp(daemonising)));
    assert.match(await fallenOf(fresh), /There is no release to go back to/);
    await fact(async () => {
      const { stdout } = await platform.berth(['ps', '-a', fresh]);
      return /\t[1-5]\+?, again in \d+ s\t.*exit 0/.test(stdout) ? true : undefined;
    }, 60_000);
  });
});
