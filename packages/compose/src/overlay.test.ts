import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manifestsOf } from './overlay.ts';

const of = (environment: string, paths: string[], more: { named?: string[]; isForeign?: boolean } = {}) =>
  manifestsOf({ found: paths.find((path) => /^compose\.ya?ml$/.test(path)), environment, paths, ...more });

test('the manifest of the environment is merged, else the override; named ones are taken as they are', () => {
  const all = ['compose.yaml', 'compose.override.yaml', 'compose.staging.yaml', 'compose.production.yml'];
  assert.deepEqual(of('staging', all), ['compose.yaml', 'compose.staging.yaml']);
  assert.deepEqual(of('production', all), ['compose.yaml', 'compose.production.yml']);
  assert.deepEqual(of('test', all), ['compose.yaml', 'compose.override.yaml']);
  assert.deepEqual(of('test', ['compose.yml']), ['compose.yml']);
  assert.equal(of('test', ['package.json']), undefined);
  const named = ['deploy/base.yaml'];
  assert.deepEqual(of('staging', ['deploy/base.yaml', 'deploy/base.staging.yaml'], { named }), named);
});

test('what was named for another environment gets the manifest of this one', () => {
  const named = ['deploy/base.yaml', 'deploy/web.yaml'];
  const paths = [...named, 'deploy/base.staging.yaml', 'deploy/base.production.yaml'];
  assert.deepEqual(of('production', paths, { named, isForeign: true }), [
    ...named,
    'deploy/base.production.yaml',
  ]);
  assert.deepEqual(of('test', paths, { named, isForeign: true }), named);
});
