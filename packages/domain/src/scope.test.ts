import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type AppPlace, appNameIn, parseScope, printScope, reaches, type Scope, scopesOf } from './scope.ts';

const name = fc.stringMatching(/^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$/);
const scope: fc.Arbitrary<Scope> = fc.oneof(
  fc.record({ kind: fc.constant('project' as const), project: name }),
  fc.record({ kind: fc.constant('environment' as const), project: name, environment: name }),
  fc.record({ kind: fc.constant('app' as const), app: name }),
  fc.record({ kind: fc.constant('service' as const), app: name, service: name }),
);
const place: AppPlace = {
  app: 'web-staging',
  family: 'web',
  environment: 'staging',
  project: 'shop',
};

test('a scope that is printed is read as the same', () => {
  fc.assert(fc.property(scope, (one) => assert.deepEqual(parseScope(printScope(one)), { ...one })));
});

test('what no scope prints as is no scope', () => {
  const wrong = [
    '',
    'app:',
    'app:a/b',
    'project:a/b',
    'environment:a',
    'service:a',
    'service:a/b/c',
    'app:Shop',
    'service:a/',
    'node:a',
    `app:${'a'.repeat(31)}`,
  ];
  for (const text of wrong) assert.equal(parseScope(text), undefined, text);
});

test('the scopes of a service stand weakest first, and each reaches its app', () => {
  const scopes = scopesOf(place, 'worker');
  assert.deepEqual(scopes.map(printScope), [
    'project:shop',
    'environment:shop/staging',
    'app:web-staging',
    'service:web-staging/worker',
  ]);
  assert.deepEqual(scopesOf(place), scopes.slice(0, 3));
  assert.ok(scopes.every((one) => reaches(one, place)));
  const others = [
    'project:blog',
    'environment:shop/production',
    'environment:blog/staging',
    'app:web',
    'service:web/worker',
  ];
  for (const text of others) assert.equal(reaches(parseScope(text) as Scope, place), false, text);
});

test('production has the name of the family, any other environment adds its own', () => {
  assert.equal(appNameIn('shop', 'production'), 'shop');
  assert.equal(appNameIn('shop', 'staging'), 'shop-staging');
});
