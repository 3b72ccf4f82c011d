import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AppNetwork } from '@berth/domain/release';
import { attachmentsOf, edgeNetworkOf, engineNetworkName } from './names.ts';

const network = (over: Partial<AppNetwork> = {}): AppNetwork => ({
  name: 'default',
  internal: false,
  encrypted: false,
  labels: {},
  ...over,
});

test('no two networks have one name on the engine', () => {
  const name = (app: string, over: Partial<AppNetwork>) => engineNetworkName('berth', app, network(over));
  assert.equal(name('shop', {}), 'berth-app-shop');
  assert.equal(name('shop', { name: 'back' }), 'berth-app-shop_back');
  assert.notEqual(name('shop', { name: 'a-b' }), name('shop-a', { name: 'b' }));
  assert.notEqual(name('shop', { name: 'a' }), name('shop-a', {}));
  assert.notEqual(name('shop', { name: 'a.b' }), name('shop', { name: 'a-b' }));
  assert.match(name('shop', { name: 'x..' }), /^berth-app-shop_x-[0-9a-f]{6}$/);
  assert.match(name('shop', { name: 'back', internal: true }), /^berth-app-shop_back-[0-9a-f]{6}$/);
  assert.notEqual(name('shop', { subnet: '10.1.0.0/24' }), name('shop', { subnet: '10.2.0.0/24' }));
  assert.equal(
    name('shop', { name: 'x', shared: 'backbone' }),
    name('crm', { name: 'y', shared: 'backbone' }),
  );
});

test('a service answers to its name, its aliases and one that no other app has', () => {
  const spec = { name: 'db', networks: [{ network: 'back', aliases: ['database', 'db'] }] };
  const [attachment] = attachmentsOf({
    platform: 'berth',
    app: 'shop',
    spec,
    networks: [network({ name: 'back' })],
  });
  assert.deepEqual(attachment?.aliases, ['db', 'database', 'db.shop']);
});

test('edges join one network: the app’s own, with a way out, where there is one', () => {
  const networks = [
    network({ name: 'inner', internal: true }),
    network({ name: 'shared', shared: 'backbone' }),
    network({ name: 'front' }),
    network(),
  ];
  const edgeOf = (...names: string[]) =>
    edgeNetworkOf(
      attachmentsOf({
        platform: 'berth',
        app: 'shop',
        spec: { name: 'web', networks: names.map((name) => ({ network: name, aliases: [] })) },
        networks,
      }),
    );
  assert.equal(edgeOf('inner', 'shared', 'front', 'default'), 'berth-app-shop');
  assert.equal(edgeOf('inner', 'shared', 'front'), 'berth-app-shop_front');
  assert.match(edgeOf('shared', 'inner') ?? '', /^berth-app-shop_inner-/);
  assert.equal(edgeOf('shared'), 'berth-net-backbone');
  assert.equal(edgeOf(), undefined);
});
