import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAuthority } from '@berth/pki/authority';
import { pickExtraAuthorities, pickMirror, pickNpmRegistry } from './host.ts';

const make = async (commonName: string): Promise<string> =>
  (await createAuthority({ commonName, nowMs: Date.now() })).certificatePem;
const [company, proxy, mozilla] = await Promise.all(['company', 'proxy', 'mozilla'].map(make));

test('authorities: those of the machine, each once, without what the distribution brings', () => {
  const picked = pickExtraAuthorities({
    local: [company!],
    named: [`# a bundle\n${mozilla}${company}${proxy}`, ''],
    distribution: [mozilla!],
  });
  assert.equal(picked.length, 2);
  assert.ok(picked.every((pem) => pem.startsWith('-----BEGIN CERTIFICATE-----')));
  const again = pickExtraAuthorities({ local: [proxy!], named: [company!], distribution: [mozilla!] });
  assert.deepEqual(again, picked, 'the order does not depend on where they were found');
});

test('authorities: what is no certificate is left out', () => {
  const rubbish = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
  assert.deepEqual(pickExtraAuthorities({ local: [rubbish], named: [], distribution: [] }), []);
});

test('mirror: from either format of apt sources, without credentials, else the public one', () => {
  assert.deepEqual(
    pickMirror([
      'Types: deb\nURIs: http://user:secret@mirror.test/debian/\nSuites: bookworm\n',
      'deb [arch=amd64 signed-by=/x] https://mirror.test/debian-security bookworm-security main\n',
      'deb https://packages.example.com/other stable main\n',
    ]),
    { main: 'http://mirror.test/debian', security: 'https://mirror.test/debian-security' },
  );
  assert.deepEqual(pickMirror(['# deb http://no.test/debian x main\ndeb cdrom:[Debian]/ bookworm main\n']), {
    main: 'http://deb.debian.org/debian',
    security: 'http://deb.debian.org/debian-security',
  });
});

test('npm registry: only another than the public one, without credentials', () => {
  assert.equal(pickNpmRegistry({}, ''), undefined);
  assert.equal(pickNpmRegistry({}, 'registry=https://registry.npmjs.org/\n'), undefined);
  assert.equal(
    pickNpmRegistry({}, 'fund=false\nregistry = https://u:p@npm.test/x/\n'),
    'https://npm.test/x/',
  );
  assert.equal(
    pickNpmRegistry({ npm_config_registry: 'https://a.test/' }, 'registry=https://b.test/'),
    'https://a.test/',
  );
});
