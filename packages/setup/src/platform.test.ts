import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { AppError } from '@berth/contract/errors';
import { parseRoutes, pickAddress, pickAddressPool } from './address.ts';
import { removeData } from './data-dir.ts';
import { choosePlatform, layoutOf } from './platform.ts';
import { readPlatformFromDisk } from './up.ts';

const detectedAddress = '192.0.2.7';
const choose = (request: object, stored: object = {}) => choosePlatform({ request, stored, detectedAddress });

test('defaults: the usual ports, a name that resolves, a directory by the platform’s name', () => {
  const platform = choose({});
  assert.equal(platform.name, 'berth');
  assert.equal(platform.domain, '192-0-2-7.sslip.io');
  assert.equal(platform.dataDir, '/var/lib/berth');
  assert.equal(layoutOf(platform).containers.edge, 'berth-edge');
  assert.equal(choose({ name: 'two' }).dataDir, '/var/lib/two');
});

test('what was given before stays, what is given now wins', () => {
  const first = choose({ httpPort: 8080, domain: 'apps.example.com' });
  const second = choose({ apiPort: 7800 }, first);
  assert.deepEqual([second.httpPort, second.apiPort, second.domain], [8080, 7800, 'apps.example.com']);
});

test('a domain made from the address follows the address; one that was chosen stays', () => {
  assert.equal(choose({ publicAddress: '198.51.100.4' }, choose({})).domain, '198-51-100-4.sslip.io');
  const chosen = choose({ domain: 'apps.example.com' });
  assert.equal(choose({ publicAddress: '198.51.100.4' }, chosen).domain, 'apps.example.com');
});

test('every wrong value is named at once', () => {
  assert.throws(
    () =>
      choose({
        name: 'My Platform',
        httpPort: 443,
        appPorts: [9000, 8000],
        dataDir: 'data',
        publicAddress: '300.1.1.1',
      }),
    (error) => {
      assert.ok(error instanceof AppError);
      assert.deepEqual(
        error.issues.map((issue) => issue.at),
        ['--platform', '--data-dir', '--public-address', '--app-ports', '--https-port'],
      );
      return true;
    },
  );
});

test('a registry for the base images is named as in an image, and kept', () => {
  for (const baseRegistry of [
    'registry.example.com/mirror',
    'mirror:5000',
    '127.0.0.1:5009/a/b',
    'localhost',
  ])
    assert.equal(choose({ apiPort: 7800 }, choose({ baseRegistry })).baseRegistry, baseRegistry);
  for (const baseRegistry of ['https://registry.example.com', 'mirror', 'registry.example.com/', 'a b'])
    assert.throws(
      () => choose({ baseRegistry }),
      /--base-registry: ".*" is not a registry as images name it/,
    );
});

const routes =
  parseRoutes(`Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
vpn0\t0000D00A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
`);

test('the address is that of the default route', () => {
  const addresses = [
    { device: 'docker0', address: '172.17.0.1' },
    { device: 'eth1', address: '10.1.1.1' },
    { device: 'eth0', address: '192.0.2.2' },
  ];
  assert.equal(pickAddress(routes, addresses), '192.0.2.2');
  assert.equal(pickAddress([], addresses), '10.1.1.1');
  assert.equal(pickAddress([], []), '127.0.0.1');
});

test('the pool overlaps no route: 10.208.0.0/16 on a VPN moves it', () => {
  assert.equal(pickAddressPool([]), '10.208.0.0/12');
  assert.equal(pickAddressPool(routes), '10.96.0.0/12');
});

test('a directory that is another platform’s is refused: its keys and apps would be lost', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'berth-setup-'));
  t.after(() => rm(dataDir, { recursive: true }));
  await writeFile(join(dataDir, 'platform.json'), JSON.stringify(choose({ name: 'first', dataDir })));
  assert.equal((await readPlatformFromDisk({ name: 'first', dataDir: `${dataDir}/` })).dataDir, dataDir);
  await assert.rejects(readPlatformFromDisk({ name: 'second', dataDir }), /is that of the platform first/);
});

test('a purge leaves what is not Berth’s in the directory', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'berth-setup-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  for (const path of ['control/keys', 'agent', 'photos']) await mkdir(join(dir, path), { recursive: true });
  await writeFile(join(dir, 'platform.json'), '{}');
  await removeData(dir);
  assert.deepEqual(await readdir(dir), ['photos']);
  await rm(join(dir, 'photos'), { recursive: true });
  await removeData(dir);
  await assert.rejects(readdir(dir), { code: 'ENOENT' });
});
