import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { findWeakness, type GuardedService, guardSecrets } from './weak-secret.ts';

const service = (over: Partial<GuardedService> = {}): GuardedService => ({
  name: 'db',
  image: 'db',
  environment: {},
  variables: {},
  secretVariables: {},
  ...over,
});
const guard = (services: GuardedService[], more: Partial<Parameters<typeof guardSecrets>[0]> = {}) =>
  guardSecrets({ app: 'shop', services, secrets: [], allowed: [], ...more });

describe('weak values', () => {
  test('those everybody tries are known, however they are spelled', () => {
    for (const value of [
      ...[
        'password',
        'Password',
        'P@ssw0rd',
        'passw0rd1',
        'changeme',
        'CHANGE_ME',
        'change-me-please',
        'example',
      ],
      ...[
        'postgres',
        'root',
        '123456',
        'secret',
        'my-secret-pw',
        'yourStrongPassword',
        '<password>',
        'xxxxxxxx',
      ],
      ...['admin123', 'aaaaaaaaaaaa', 'password\n', 'your-secret-key-here', 'wordpress', 'minioadmin'],
    ])
      assert.notEqual(findWeakness(value), undefined, value);
  });
  test('others are not', () => {
    for (const value of [
      '',
      'correct-horse-battery-staple',
      'kX83jfa9',
      'a1b2c3d4e5',
      'postgres://u:p@h/db',
      'true',
    ])
      assert.equal(findWeakness(value), undefined, value);
  });
  test('what Berth makes up never is', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(...'ABCDEFGHJKabcdefghijk23456789'),
          minLength: 32,
          maxLength: 64,
        }),
        (value) => {
          assert.ok(findWeakness(value) === undefined || /^(.)\1*$/.test(value));
        },
      ),
    );
  });
});

describe('a deployment', () => {
  test('is stopped for weak values of variables that look like passwords, by name and never by value', () => {
    const { faults } = guard([
      service({ environment: { POSTGRES_PASSWORD: 'postgres', POSTGRES_USER: 'shop', SORT: 'password' } }),
      service({
        name: 'web',
        environment: { DB_PASSWORD: 'shop', DB_USER: 'shop' },
        variables: { JWT_KEY: 'changeme' },
      }),
    ]);
    assert.deepEqual(faults, [
      {
        kind: 'weak',
        at: 'services.db.environment.POSTGRES_PASSWORD',
        message: 'the value of POSTGRES_PASSWORD is one of the first an attacker tries',
        suggestion:
          '`berth env generate POSTGRES_PASSWORD -a shop` makes a random one; `x-berth: {allow_weak: [POSTGRES_PASSWORD]}` keeps it',
      },
      {
        kind: 'weak',
        at: 'services.web.environment.DB_PASSWORD',
        message: 'the value of DB_PASSWORD is the same as its user or name',
        suggestion:
          '`berth env generate DB_PASSWORD -a shop` makes a random one; `x-berth: {allow_weak: [DB_PASSWORD]}` keeps it',
      },
      {
        kind: 'weak',
        at: 'variables.JWT_KEY',
        message: 'the value of JWT_KEY is one of the first an attacker tries',
        suggestion:
          '`berth env generate JWT_KEY -a shop --replace` makes a random one; `x-berth: {allow_weak: [JWT_KEY]}` keeps it',
      },
    ]);
  });

  test('looks at what tasks get: a variable of the app replaces what the manifest says', () => {
    const written = { environment: { DB_PASSWORD: 'password' } };
    assert.deepEqual(guard([service({ ...written, variables: { DB_PASSWORD: 'kX83jfa9' } })]).faults, []);
    assert.deepEqual(guard([service({ ...written, variables: { DB_PASSWORD: null } })]).faults, []);
    assert.deepEqual(guard([service({ ...written, secretVariables: { DB_PASSWORD: 'db' } })]).faults, []);
  });

  test('is stopped for what an official image needs', () => {
    const { faults } = guard([
      service({ image: 'docker.io/library/postgres:16' }),
      service({ name: 'my', image: 'mysql:8', environment: { MYSQL_ROOT_PASSWORD_FILE: '/run/secrets/x' } }),
      service({ name: 'maria', image: 'mariadb', environment: { MYSQL_RANDOM_ROOT_PASSWORD: 'yes' } }),
      service({ name: 'pg', image: 'postgres', secretVariables: { POSTGRES_PASSWORD: 'db' } }),
      service({ name: 'own', image: 'registry.example.com/team/postgres' }),
    ]);
    assert.deepEqual(faults, [
      {
        kind: 'missing',
        at: 'services.db',
        message: 'the image docker.io/library/postgres:16 needs POSTGRES_PASSWORD, which is not set',
        suggestion: '`berth env generate POSTGRES_PASSWORD -a shop` makes a random one',
      },
    ]);
  });

  test('is stopped for a secret with such a content', () => {
    const { faults } = guard([], {
      secrets: [
        { name: 'db', text: 'changeme\n', stored: 'shop-db' },
        { name: 'key', text: '-----BEGIN KEY-----\npassword\n' },
      ],
    });
    assert.deepEqual(
      faults.map(({ at, suggestion }) => [at, suggestion]),
      [
        [
          'secrets.db',
          '`berth secret generate shop-db -a shop --replace` makes a random one; `x-berth: {allow_weak: [db]}` keeps it',
        ],
      ],
    );
  });

  test('goes on where a person said so, and says that', () => {
    const { faults, warnings } = guard([service({ environment: { DB_PASSWORD: 'password' } })], {
      allowed: ['DB_PASSWORD', 'UNUSED'],
    });
    assert.deepEqual(faults, []);
    assert.deepEqual(warnings, ['DB_PASSWORD is weak or missing; x-berth.allow_weak says that it may be']);
  });

  test('warns of a password in the manifest, unless the manifest took it from a variable', () => {
    assert.deepEqual(guard([service({ environment: { API_TOKEN: 'kX83jfa9' } })]).warnings, [
      'services.db: API_TOKEN is written in the manifest, where everybody who reads the source reads it; take it out and `berth env set API_TOKEN=- -a shop`, or make it a secret',
    ]);
    const interpolated = service({
      environment: { API_TOKEN: 'kX83jfa9' },
      variables: { TOKEN_OF_API: 'kX83jfa9' },
    });
    assert.deepEqual(guard([interpolated]).warnings, []);
  });
});
