import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { DeploymentState } from '@berth/domain/deployment';
import { type Load, startLoad } from '@berth/load/load';
import { ask, beginDeploy, deploy, endOf, fact, removeApp, succeeded } from './deploying.ts';
import { killRole, ready } from './killing.ts';
import { openPlatform, type PlatformUnderTest } from './platform.ts';
import { helloSource, scratch, setVersion } from './sources.ts';

const app = 'e2e-crash';
/** Each is left by a kill right after the deployment says that it has begun. */
const points: readonly DeploymentState[] = [
  'building',
  'releasing',
  'preparing',
  'starting',
  'proving',
  'switching',
];

describe('a deployment outlives kill -9', { timeout: 900_000 }, () => {
  let platform: PlatformUnderTest;
  let load: Load;
  let dir: string;
  let version = 1;

  before(async () => {
    platform = await openPlatform();
    dir = await helloSource(await scratch(), String(version));
    await deploy(platform, app, dir);
    load = startLoad({
      url: `${platform.edgeUrl}/`,
      host: platform.hostOf(app),
      ratePerMinute: 6_000,
      mode: 'mixed',
      durationMaxMs: 870_000,
    });
  });
  after(async () => {
    await load?.stop();
    await removeApp(platform, app);
  });

  /** Resolves once the deployment is in the state or past it. */
  async function reached(id: string, state: DeploymentState): Promise<void> {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(120_000)]);
    for await (const event of platform.client.stream('watchDeployment', { params: { id }, signal }))
      if ((event.kind === 'state' && event.state === state) || event.kind === 'end') break;
    stop.abort();
  }

  for (const role of ['control', 'agent'] as const)
    for (const state of points)
      test(`${role} is killed when ${state} begins`, async () => {
        load.mark(`${role} ${state}`);
        version += 1;
        await setVersion(dir, String(version));
        const { id } = await beginDeploy(platform, app, dir);
        await reached(id, state);
        await killRole(platform, role);
        succeeded(await endOf(platform, id));
        await ready(platform);

        const answer = JSON.parse((await ask(platform, platform.hostOf(app))).text) as { version: string };
        assert.equal(answer.version, String(version));
        // One Swarm service with traffic, at most two warm ones, none half-made.
        await fact(async () => {
          const { items } = await platform.client.call('listReleases', { params: { app } });
          return items.filter((release) => release.state === 'live').length === 1 ? true : undefined;
        });
        const phase = load.report().phases.at(-1)!;
        assert.equal(phase.failed, 0, phase.reasons.join('; '));
      });

  test('both are killed at once', async () => {
    load.mark('both');
    version += 1;
    await setVersion(dir, String(version));
    const { id } = await beginDeploy(platform, app, dir);
    await reached(id, 'starting');
    await Promise.all([killRole(platform, 'control'), killRole(platform, 'agent')]);
    succeeded(await endOf(platform, id));
    assert.equal(load.report().phases.at(-1)!.failed, 0);
  });
});
