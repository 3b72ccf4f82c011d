import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { startLoad } from '@berth/load/load';
import { ask, beginDeploy, deploy, endOf, fact, removeApp } from './deploying.ts';
import { openPlatform, type PlatformUnderTest } from './platform.ts';
import { scratch } from './sources.ts';
import { makeStandIn } from './stand-in.ts';

const cases = new URL('../compose-apps', import.meta.url).pathname;

/** Compose files written like the ones people publish, each deployed as it is. */
describe('published Compose files', () => {
  let platform: PlatformUnderTest;
  before(async () => {
    platform = await openPlatform();
    await makeStandIn(platform.engine);
  });

  /** Through the edge, or where the app has bound its port to. */
  const check = async (app: string): Promise<{ status: number; text: string }> => {
    const bound = (await platform.client.list('listPorts')).find(
      ({ owner, address }) => owner.startsWith(`app ${app},`) && address !== undefined,
    );
    if (bound === undefined) return ask(platform, platform.hostOf(app), '/check');
    return fetch(`http://${bound.address}:${bound.port}/check`).then(
      async (response) => ({ status: response.status, text: await response.text() }),
      (error: Error) => ({ status: 0, text: String(error.cause ?? error) }),
    );
  };
  /** Answers for itself and for all it needs: services, files, secrets. */
  const isWhole = async (app: string): Promise<void> => {
    let last = '';
    await fact(async () => {
      const { status, text } = await check(app);
      last = `${status} ${text}`;
      return status === 200 ? true : undefined;
    }, 20_000).catch((cause: unknown) => {
      throw new Error(`${app} is not whole: ${last}`, { cause });
    });
  };
  /** Once those that were replaced are gone: one task per place. */
  const startedAt = async (app: string): Promise<Map<string, string>> =>
    fact(async () => {
      const tasks = (await platform.client.list('listTasks', { params: { app } })).filter(
        (task) => task.state === 'running',
      );
      const places = new Map(
        tasks.map((task) => [`${task.service}.${task.slot}`, `${task.id} ${task.startedAt}`]),
      );
      return places.size === tasks.length ? places : undefined;
    });

  // A deployment mostly waits: some at a time.
  describe('as they are', { concurrency: 2 }, () => {
    for (const name of readdirSync(cases).sort()) {
      it(`${name}: every service answers, and the same again changes nothing`, async (t) => {
        const app = `e2e-${name}`;
        t.after(() => removeApp(platform, app));
        const dir = join(await scratch(), name);
        await cp(join(cases, name), dir, { recursive: true });
        const first = await deploy(platform, app, dir);
        await isWhole(app);
        const before = await startedAt(app);
        const again = await deploy(platform, app, dir);
        assert.equal(again.toRelease, first.toRelease);
        assert.deepEqual(await startedAt(app), before);
      });
    }
  });

  it('a change to one service touches one service; a broken one leaves all as it was; no request fails', async (t) => {
    const app = 'e2e-shop-changes';
    t.after(() => removeApp(platform, app));
    const dir = join(await scratch(), 'shop');
    await cp(join(cases, 'shop'), dir, { recursive: true });
    await deploy(platform, app, dir);
    await isWhole(app);
    const manifest = join(dir, 'compose.yaml');
    const text = await readFile(manifest, 'utf8');
    const load = startLoad({
      url: `${platform.edgeUrl}/`,
      host: platform.hostOf(app),
      ratePerMinute: 6_000,
      mode: 'mixed',
      durationMaxMs: 120_000,
    });

    const before = await startedAt(app);
    await writeFile(manifest, text.replace('command: ["work"]', 'command: ["work", "harder"]'));
    await deploy(platform, app, dir);
    const after = await startedAt(app);
    for (const [task, id] of before)
      if (task.startsWith('worker.')) assert.notEqual(after.get(task), id);
      else assert.equal(after.get(task), id, task);

    await writeFile(manifest, text.replace('command: ["work"]', 'command: ["fail"]'));
    const broken = await endOf(platform, (await beginDeploy(platform, app, dir)).id);
    assert.equal(broken.state, 'failed');
    assert.match(broken.failure?.message ?? '', /worker exited with code 5/);
    assert.deepEqual(await startedAt(app), after);

    const report = await load.stop();
    assert.ok(report.requests > 100);
    assert.equal(report.failed, 0, JSON.stringify(report));
  });
});
