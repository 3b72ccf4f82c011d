/**
 * `node e2e/src/soak.ts [--minutes 20] [--seed 1]`: two apps are deployed, cancelled, rolled back, scaled and
 * restarted at random under load, while control and agent are killed at random. In the end: no request failed, each
 * app serves what its last operation said, the audit log is whole, and nothing is left of what was removed. Exits
 * with 1 and says what was otherwise.
 */
import { parseArgs } from 'node:util';
import { RemoteError } from '@berth/client/problem';
import { startLoad } from '@berth/load/load';
import { systemClock } from '@berth/runtime/clock';
import { residentMegabytes } from './bench/footprint.ts';
import { Chance } from './chance.ts';
import { ask, beginDeploy, deploy, endOf, fact, removeApp } from './deploying.ts';
import { killRole, ready } from './killing.ts';
import { openPlatform, type PlatformUnderTest } from './platform.ts';
import { helloSource, scratch, setVersion } from './sources.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } });
const durationMs = Number(values.minutes ?? 20) * 60_000;
const seed = Number(values.seed ?? 1);

const wrong: string[] = [];
const counts = new Map<string, number>();
const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);
const tell = (line: string): void => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);

/** Tries until control, which may just have been killed, takes it. */
async function persist<T>(work: () => Promise<T>): Promise<T> {
  return await fact(async () => {
    try {
      return await work();
    } catch (cause) {
      // A refusal is an answer; that nobody answers is none.
      if (cause instanceof RemoteError && cause.status < 500) throw cause;
      return undefined;
    }
  }, 120_000);
}

/** One app and what is done to it, one operation after the other. */
async function operate(platform: PlatformUnderTest, app: string, chance: Chance, until: AbortSignal) {
  const { client } = platform;
  const dir = await helloSource(await scratch(), '1');
  await deploy(platform, app, dir);
  let version = 1;
  let serving = '1';
  const versions = new Map<number, string>();
  const liveRelease = async () =>
    (await persist(() => client.call('listReleases', { params: { app } }))).items.find(
      ({ state }) => state === 'live',
    );
  versions.set((await liveRelease())!.number, serving);

  const operations = {
    async deploy() {
      await setVersion(dir, String(++version));
      const view = await endOf(platform, (await persist(() => beginDeploy(platform, app, dir))).id);
      if (view.state === 'succeeded') serving = String(version);
      else wrong.push(`${app}: deployment ${view.id} ${view.state}: ${view.failure?.message}`);
    },
    async cancel() {
      await setVersion(dir, String(++version));
      const { id } = await persist(() => beginDeploy(platform, app, dir));
      await systemClock.sleep(chance.below(4_000));
      await persist(() => client.call('cancelDeployment', { params: { id } })).catch((cause: unknown) => {
        if (!(cause instanceof RemoteError)) throw cause;
        // It had ended, or could not be cancelled any more.
        count(`cancel refused: ${cause.code}`);
      });
      const view = await endOf(platform, id);
      if (view.state === 'succeeded') serving = String(version);
      else if (view.state !== 'cancelled')
        wrong.push(`${app}: cancelled ${id} ${view.state}: ${view.failure?.message}`);
    },
    async rollback() {
      const { items } = await persist(() => client.call('listReleases', { params: { app } }));
      const known = items.filter(({ number, state }) => state !== 'live' && versions.has(number));
      if (known.length === 0) return;
      const { number } = chance.pick(known);
      const { id } = await persist(() =>
        client.call('rollback', { params: { app }, body: { release: number } }),
      );
      const view = await endOf(platform, id);
      if (view.state === 'succeeded') serving = versions.get(number)!;
      else wrong.push(`${app}: rollback to ${number} ${view.state}: ${view.failure?.message}`);
    },
    async scale() {
      const replicas = chance.pick([1, 2, 3]);
      await persist(() => client.call('scale', { params: { app }, body: { services: { web: replicas } } }));
      await fact(async () => {
        const view = await client.call('getApp', { params: { app } }).catch(() => undefined);
        const web = view?.services.find(({ name }) => name === 'web');
        return web !== undefined && web.healthy === replicas ? true : undefined;
      }, 120_000);
    },
    async restart() {
      const { id } = await persist(() => client.call('restart', { params: { app } }));
      const view = await endOf(platform, id);
      if (view.state !== 'succeeded') wrong.push(`${app}: restart ${view.state}: ${view.failure?.message}`);
    },
  };

  while (!until.aborted) {
    const what = chance.pick(['deploy', 'deploy', 'cancel', 'rollback', 'scale', 'restart'] as const);
    const startedAt = performance.now();
    await operations[what]();
    count(what);
    const live = await liveRelease();
    if (live !== undefined) versions.set(live.number, serving);
    const { status, text } = await ask(platform, platform.hostOf(app));
    const answered = status === 200 ? (JSON.parse(text) as { version: string }).version : `status ${status}`;
    tell(
      `${app}: ${what} ${((performance.now() - startedAt) / 1000).toFixed(1)} s, release ${live?.number} answers ${answered}`,
    );
    if (answered !== serving) wrong.push(`${app}: ${what}: answers ${answered} instead of ${serving}`);
  }
}

async function kill(platform: PlatformUnderTest, chance: Chance, until: AbortSignal) {
  while (!until.aborted) {
    await systemClock.sleep(5_000 + chance.below(25_000));
    const role = chance.pick(['control', 'agent'] as const);
    await killRole(platform, role);
    count(`${role} killed`);
    tell(`${role} was killed and runs again`);
    await ready(platform);
  }
}

/** What is left on the engine of an app. */
async function left(platform: PlatformUnderTest, apps: readonly string[]) {
  const found: string[] = [];
  for (const app of apps) {
    const filters = { label: [`berth.platform=${platform.name}`, `berth.app=${app}`] };
    const [services, containers, networks] = await Promise.all([
      platform.engine.listServices({ filters }),
      platform.engine.listContainers({ all: true, filters }),
      platform.engine.listNetworks({ filters }),
    ]);
    found.push(
      ...services.map(({ Spec }) => `service ${Spec.Name}`),
      ...containers.map(({ Names }) => `container ${Names.join()}`),
      ...networks.map(({ Name }) => `network ${Name}`),
    );
  }
  return found;
}

const platform = await openPlatform();
const apps = ['soak-left', 'soak-right'];
for (const app of apps) await removeApp(platform, app);
const memory = await residentMegabytes(platform);
const chance = new Chance(seed);
const until = AbortSignal.timeout(durationMs);
tell(`seed ${seed}, ${durationMs / 60_000} min; control + agent ${memory.system.toFixed(0)} MB`);
const loads = new Map<string, ReturnType<typeof startLoad>>();
try {
  await Promise.all([
    ...apps.map(async (app) => {
      const own = new Chance(chance.below(2 ** 32));
      const work = operate(platform, app, own, until);
      await Promise.race([
        work,
        fact(
          async () => ((await ask(platform, platform.hostOf(app))).status === 200 ? true : undefined),
          60_000,
        ),
      ]);
      loads.set(
        app,
        startLoad({
          url: `${platform.edgeUrl}/`,
          host: platform.hostOf(app),
          ratePerMinute: 3_000,
          mode: 'mixed',
          durationMaxMs: durationMs + 300_000,
        }),
      );
      await work;
    }),
    kill(platform, chance, until),
  ]);
  for (const [app, load] of loads) {
    const { requests, failed, phases } = await load.stop();
    tell(`${app}: ${requests} requests, ${failed} failed`);
    if (failed > 0) wrong.push(`${app}: ${failed} requests failed: ${phases[0]?.reasons.join('; ')}`);
  }
  const audit = await platform.client.call('verifyAudit', {});
  if (audit.kind === 'broken') wrong.push(`the audit log is not whole: ${JSON.stringify(audit)}`);
  const now = await residentMegabytes(platform);
  tell(`control + agent ${now.system.toFixed(0)} MB, edge ${now.edge.toFixed(0)} MB`);
} finally {
  for (const load of loads.values()) await load.stop();
  for (const app of apps) await removeApp(platform, app);
}
await fact(async () => ((await left(platform, apps)).length === 0 ? true : undefined), 60_000).catch(
  () => undefined,
);
for (const one of await left(platform, apps)) wrong.push(`left behind: ${one}`);
tell([...counts].map(([what, times]) => `${times} × ${what}`).join(', '));
for (const one of wrong) console.log(`wrong: ${one}`);
console.log(wrong.length === 0 ? 'all as it should be' : `${wrong.length} things were wrong`);
process.exit(wrong.length === 0 ? 0 : 1);
