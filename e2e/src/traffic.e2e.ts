import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Load, startLoad } from '@berth/load/load';
import { ask, deploy, endOf, fact, removeApp, succeeded } from './deploying.ts';
import { killRole } from './killing.ts';
import { openPlatform, type PlatformUnderTest } from './platform.ts';
import { helloSource, scratch, setVersion } from './sources.ts';

const app = 'e2e-traffic';

/**
 * Everything an operator does to a serving app, one after the other, while requests arrive the whole time.
 * Each phase must have had its requests, and none may have failed.
 */
describe('an app serves through everything that is done to it', { timeout: 600_000 }, () => {
  let platform: PlatformUnderTest;
  let load: Load;
  let dir: string;
  const seen = new Set<string>();

  before(async () => {
    platform = await openPlatform();
    dir = await helloSource(await scratch(), '1');
    await deploy(platform, app, dir);
    load = startLoad({
      url: `${platform.edgeUrl}/`,
      host: platform.hostOf(app),
      ratePerMinute: 12_000,
      mode: 'mixed',
      durationMaxMs: 570_000,
      phase: 'steady',
      inspect: ({ body }) => {
        const { version } = JSON.parse(body.toString('utf8')) as { version: string };
        seen.add(version);
        return undefined;
      },
    });
  });
  after(async () => {
    await load?.stop();
    await removeApp(platform, app);
  });

  /** Runs one phase, and a second of load after it, and looks at what the load saw. */
  async function phase(name: string, work: () => Promise<unknown>): Promise<void> {
    load.mark(name);
    const before = load.report().requests;
    await work();
    await fact(() => (load.report().requests > before + 200 ? true : undefined));
    const report = load.report().phases.find((one) => one.name === name)!;
    assert.ok(report.requests > 0, 'the load ran');
    assert.equal(report.failed, 0, `${name}: ${report.failed} failed: ${report.reasons.join('; ')}`);
  }
  const live = async (): Promise<string> =>
    (JSON.parse((await ask(platform, platform.hostOf(app))).text) as { version: string }).version;
  const running = async (count: number): Promise<void> => {
    await fact(async () => {
      const view = await platform.client.call('getApp', { params: { app } });
      const [service] = view.services;
      return service?.healthy === count && service.running === count ? true : undefined;
    }, 60_000);
  };

  test('a new release', () =>
    phase('deploy', async () => {
      await setVersion(dir, '2');
      await deploy(platform, app, dir);
      assert.equal(await live(), '2');
    }));

  test('a rollback to the warm release', () =>
    phase('rollback', async () => {
      const { id } = await platform.client.call('rollback', { params: { app }, body: {} });
      succeeded(await endOf(platform, id));
      assert.equal(await live(), '1');
    }));

  test('scaling up', () =>
    phase('scale up', async () => {
      await platform.client.call('scale', { params: { app }, body: { services: { web: 4 } } });
      await running(4);
    }));

  test('scaling down', () =>
    phase('scale down', async () => {
      await platform.client.call('scale', { params: { app }, body: { services: { web: 2 } } });
      await running(2);
    }));

  test('a restart of its tasks', () =>
    phase('restart', async () => {
      const { id } = await platform.client.call('restart', { params: { app } });
      succeeded(await endOf(platform, id));
    }));

  test('a new domain, which makes the edge reload', () =>
    phase('edge reload', async () => {
      await platform.client.call('addDomain', {
        params: { app },
        body: { domain: 'e2e-traffic.example.com' },
      });
      await fact(async () =>
        (await ask(platform, 'e2e-traffic.example.com')).status === 200 ? true : undefined,
      );
    }));

  for (const role of ['control', 'agent'] as const) {
    test(`a kill -9 of ${role}`, () =>
      phase(`kill ${role}`, async () => {
        await killRole(platform, role);
        await fact(async () => {
          const ready = await platform.client.call('getReady', { retriesMax: 0 }).catch(() => undefined);
          return ready?.ok === true ? true : undefined;
        }, 60_000);
      }));
  }

  test('and another release after all that', () =>
    phase('deploy again', async () => {
      await setVersion(dir, '3');
      await deploy(platform, app, dir);
      assert.equal(await live(), '3');
      assert.deepEqual([...seen].sort(), ['1', '2', '3']);
    }));
});
