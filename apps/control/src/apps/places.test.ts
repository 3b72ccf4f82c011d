import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '@berth/contract/errors';
import { httpRig } from '../http/fixtures/rig.ts';
import { createAppStore, type Placing } from './store.ts';

test('an app is one environment of a family in one project; a name that means another app is refused', async (t) => {
  const rig = await httpRig(t);
  const apps = createAppStore(rig.db, [8100, 8110]);
  const ensure = (name: string, placing?: Placing) => apps.ensure(name, 'test', 1, placing);
  const shop = await ensure('shop', { family: 'shop', environment: 'production', project: 'store' });
  assert.deepEqual([shop.family, shop.environment, shop.project], ['shop', 'production', 'store']);
  const staging = await ensure('shop-staging', { family: 'shop', environment: 'staging' });
  assert.equal(staging.project, 'store', 'the project of its family');
  assert.equal((await ensure('shop-staging')).environment, 'staging', 'by its whole name it is itself');
  await ensure('blog-staging');
  const refusals = [
    [
      'blog-staging',
      { family: 'blog', environment: 'staging' },
      /blog-staging is taken: it is the environment production of blog-staging/,
    ],
    ['shop', { family: 'shop', environment: 'production', project: 'other' }, /an app keeps its project/],
    [
      'shop-test',
      { family: 'shop', environment: 'test', project: 'other' },
      /shop is in the project store|shop-staging is in the project store/,
    ],
  ] as const;
  for (const [name, placing, words] of refusals)
    await assert.rejects(ensure(name, placing), (error) => {
      assert.ok(error instanceof AppError);
      assert.equal(error.code, 'conflict');
      assert.match(error.message, words);
      return true;
    });
});

test('apps are listed by project and by environment', async (t) => {
  const rig = await httpRig(t);
  const apps = createAppStore(rig.db, [8100, 8110]);
  await apps.ensure('shop', 'test', 1, { family: 'shop', environment: 'production', project: 'store' });
  await apps.ensure('shop-staging', 'test', 1, { family: 'shop', environment: 'staging' });
  await apps.ensure('blog', 'test', 1);
  const names = async (by: object) => (await apps.list(by)).map(({ name }) => name);
  assert.deepEqual(await names({ project: 'store' }), ['shop', 'shop-staging']);
  assert.deepEqual(await names({ environment: 'production' }), ['blog', 'shop']);
  assert.deepEqual(await names({ project: 'store', environment: 'staging' }), ['shop-staging']);
});
