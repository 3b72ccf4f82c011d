import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memoryFiles } from './files.ts';
import { printIssue } from './issue.ts';
import { loadCompose } from './load.ts';
import { toAppSpec } from './translate.ts';

function translate(bindings: string, rest = '') {
  const text = `services:
  web:
    image: x
    environment: {REDIS_PORT: "1", REDIS_HOST: }
    x-berth:
      bindings: ${bindings}
  db: {image: y, expose: ["5432"]}
  redis: {image: z}
${rest}`;
  const loaded = loadCompose({ port: memoryFiles({ '/p/compose.yaml': text }), cwd: '/p' });
  assert.ok(loaded.kind === 'ok', JSON.stringify(loaded));
  return toAppSpec(loaded, { app: 'shop', contextRoot: '/p' });
}
const variables = (bindings: string, rest?: string) => {
  const result = translate(bindings, rest);
  assert.ok(result.kind === 'ok', JSON.stringify(result));
  return result.spec.services.find((one) => one.spec.name === 'web')?.spec.environment;
};
const refusal = (bindings: string, rest?: string) => {
  const result = translate(bindings, rest);
  assert.ok(result.kind === 'refused');
  return result.issues.map(printIssue);
};

describe('what a service needs', () => {
  it('is told by variables; what the manifest says itself wins', () => {
    assert.deepEqual(variables('{DB: db, REDIS: "redis:6379"}'), {
      DB_HOST: 'db',
      DB_PORT: '5432',
      DB_URL: 'postgres://db:5432',
      REDIS_HOST: 'redis',
      REDIS_PORT: '1',
      REDIS_URL: 'redis://redis:6379',
    });
  });

  it('is a link or an external service as well', () => {
    const rest = 'x-berth: {links: [{app: hr, service: api, as: people, port: 9}], externals: [mail]}\n';
    assert.deepEqual(variables('{P: people, M: {to: mail, port: 25, scheme: smtp, path: /x}}', rest), {
      P_HOST: 'people',
      P_PORT: '9',
      P_URL: 'tcp://people:9',
      M_HOST: 'mail',
      M_PORT: '25',
      M_URL: 'smtp://mail:25/x',
      REDIS_HOST: null,
      REDIS_PORT: '1',
    });
  });

  for (const [what, bindings, expected] of [
    ['is nowhere', '{A: dbs}', 'there is no service, link or external service `dbs` (did you mean `db`?)'],
    [
      'has no port that is said',
      '{R: redis}',
      'the port of `redis` is not said (write it like `R: redis:5432`)',
    ],
  ] as const)
    it(`is refused when it ${what}`, () =>
      assert.match(refusal(bindings).join(), new RegExp(expected.replace(/[()?]/g, '.'))));

  it('is refused when nothing leads to it', () => {
    const rest = '  far: {image: f, networks: [away], expose: ["1"]}\nnetworks: {away: }\n';
    assert.match(refusal('{F: far}', rest).join(), /`far` and `web` have no network in common/);
  });
});
