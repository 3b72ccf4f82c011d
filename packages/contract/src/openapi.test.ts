import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { renderOpenapi } from './openapi.ts';
import type { RouteSpec } from './route-spec.ts';
import { routes } from './routes.ts';

const document = renderOpenapi() as {
  paths: Record<string, Record<string, { operationId: string; parameters?: { name: string; in: string }[] }>>;
  components: { schemas: Record<string, unknown> };
};
const text = JSON.stringify(document);

test('the checked-in description is the one the contract gives (npm run docs)', () => {
  const checkedIn = readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8');
  assert.equal(checkedIn, `${JSON.stringify(document, null, 2)}\n`);
});

test('every operation is described once, with all parameters of its path', () => {
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  assert.deepEqual(
    described.map(({ operation }) => operation.operationId).sort(),
    Object.keys(routes).sort(),
  );
  for (const { path, method, operation } of described) {
    const spec = (routes as Record<string, RouteSpec>)[operation.operationId];
    assert.equal(spec?.method, method);
    const named = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
    assert.deepEqual(
      named.map((parameter) => parameter.name),
      [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]),
      operation.operationId,
    );
  }
});

test('every reference leads somewhere, and nothing of the generator is left', () => {
  for (const [, name] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g))
    assert.ok(name !== undefined && name in document.components.schemas, name);
  assert.ok(!text.includes('$defs') && !text.includes('"$schema"'));
});

test('no schema that answers shows a secret but the one made for it', () => {
  const answers = Object.entries<RouteSpec>(routes)
    .filter(([id]) => id !== 'createToken')
    .map(
      ([, spec]) =>
        spec.response?.def.type === 'object' &&
        JSON.stringify(Object.keys((spec.response as never as { shape: object }).shape)),
    );
  for (const keys of answers) assert.doesNotMatch(String(keys), /secret|password|sha256|sealed/i);
});
