import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutSecretSources } from './secret-sources.ts';

const files = [
  { kind: 'secret', from: { kind: 'variable', variable: 'TOKEN' } },
  { kind: 'config', from: { kind: 'variable', variable: 'MODE' } },
  { kind: 'secret', from: { kind: 'stored' } },
] as const;
const services = [
  { name: 'web', environment: {} },
  { name: 'old', environment: { TOKEN: '' } },
];

test('the content of a secret is no variable of a service that does not ask for it', () => {
  assert.deepEqual(
    withoutSecretSources(
      { variables: { TOKEN: 's', MODE: 'm', A: 'a' }, serviceVariables: { web: { B: 'b' } } },
      services,
      files,
    ),
    { variables: { MODE: 'm', A: 'a' }, serviceVariables: { web: { B: 'b' }, old: { TOKEN: 's' } } },
  );
});

test('what is said for a service alone stays', () => {
  const effective = { variables: {}, serviceVariables: { web: { TOKEN: 'own' } } };
  assert.deepEqual(withoutSecretSources(effective, services, files), effective);
});
