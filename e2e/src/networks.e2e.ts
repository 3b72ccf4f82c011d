import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ask, deploy, fact, removeApp } from './deploying.ts';
import { openPlatform, type PlatformUnderTest } from './platform.ts';
import { probeApp } from './probe-app.ts';
import { scratch, writeFiles } from './sources.ts';

const shop = 'e2e-net-shop';
const crm = 'e2e-net-crm';

const web = (more = '') => `  web:
    build: .
    environment: {NAME: web}
    ports: ["80:8080"]
${more}`;
const service = (name: string, more: string) => `  ${name}:
    build: .
    environment: {NAME: ${name}}
${more}`;

describe('networks', { timeout: 300_000 }, () => {
  let platform: PlatformUnderTest;
  const deployed = async (app: string, compose: string) =>
    deploy(platform, app, await writeFiles(await scratch(), probeApp(compose)));
  const asked = async (app: string, path: string) => (await ask(platform, platform.hostOf(app), path)).text;
  const reach = (app: string, host: string, port = 5432) => asked(app, `/reach?host=${host}&port=${port}`);
  const networksOf = async (app: string) =>
    (
      await platform.engine.listNetworks({
        filters: { label: [`berth.platform=${platform.name}`, `berth.app=${app}`] },
      })
    )
      .map(({ Name }) => Name.replace(`${platform.name}-app-${app}`, '').replace(/-[0-9a-f]{6}$/, ''))
      .sort();

  before(async () => {
    platform = await openPlatform();
    await deployed(
      shop,
      `services:
${web('    networks: [front]\n    links: ["cache:fast"]\n')}
${service('cache', '    networks: [front, back]\n')}
${service('db', '    networks: {back: {aliases: [database]}}\n')}
${service('inner', '    networks: [back]\n    x-berth: {port: 8080, routes: [{path: /inner, stripPrefix: true}]}\n')}
${service('alone', '    network_mode: none\n')}
networks:
  front: {}
  back: {internal: true}
x-berth: {routes: [{service: web}]}
`,
    );
    await deployed(crm, `services:\n${web()}\n`);
  });
  after(async () => {
    await removeApp(platform, shop);
    await removeApp(platform, crm);
    // A node knows a network until the last task in it has ended.
    await fact(async () => ((await networksOf(shop)).length === 0 ? true : undefined));
  });

  test('services reach those of their networks, by name, alias and link', async () => {
    assert.equal(await reach(shop, 'cache'), 'cache');
    assert.equal(await reach(shop, 'fast'), 'cache');
    assert.equal(await reach(shop, `cache.${shop}`), 'cache');
    assert.equal(await asked(shop, '/inner/reach?host=database&port=5432'), 'db');
    assert.match(await reach(shop, 'db'), /ENOTFOUND|EAI_AGAIN/);
  });

  test('an internal network has no way out, and its routed service answers through the edge', async () => {
    assert.equal(await asked(shop, '/inner'), 'inner');
    const { edge } = platform;
    assert.match(
      await asked(shop, `/inner/reach?host=${edge.host}&port=${edge.port}`),
      /ENETUNREACH|timeout/,
    );
    assert.doesNotMatch(await reach(shop, edge.host, edge.port), /ENETUNREACH/);
  });

  test('an app reaches nothing of another, not even by address', async () => {
    const address = await asked(crm, '/resolve?name=web');
    assert.match(address, /^10\.|^172\.|^192\./);
    assert.match(await reach(shop, address), /timeout|EHOSTUNREACH|ENETUNREACH/);
    assert.match(await reach(shop, `web.${crm}`), /ENOTFOUND|EAI_AGAIN/);
  });

  test('a service without a network has loopback alone', async () => {
    await fact(async () => {
      const { stdout } = await platform.berth([
        'exec',
        '-a',
        shop,
        '-s',
        'alone',
        '--',
        'cat',
        '/proc/net/dev',
      ]);
      const names = [...stdout.matchAll(/^ *(\S+):/gm)].map(([, name]) => name);
      return names.length === 1 && names[0] === 'lo' ? true : undefined;
    });
    const { stdout } = await platform.berth(['run', '-a', shop, '-s', 'alone', '--', 'cat', '/proc/net/dev']);
    assert.match(stdout, /lo:/);
    assert.doesNotMatch(stdout, /eth/);
  });

  test('each network is one of the engine, and only those that are joined', async () => {
    assert.deepEqual(await networksOf(shop), ['_back', '_front', '_none-alone']);
    const { stdout } = await platform.berth(['networks', '--json']);
    const { networks } = JSON.parse(stdout) as {
      networks: { app?: string; addresses: number; addressesUsed: number }[];
    };
    const own = networks.filter((network) => network.app === shop);
    assert.equal(own.length, 3);
    for (const { addresses, addressesUsed } of own)
      assert.ok(addressesUsed > 0 && addresses > addressesUsed, `${addressesUsed} of ${addresses}`);
  });
});
