import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memoryFiles } from './files.ts';
import { printIssue } from './issue.ts';
import { loadCompose } from './load.ts';
import { toAppSpec } from './translate.ts';
import type { SourceFile } from './translate-files.ts';

const disk: Readonly<Record<string, SourceFile>> = {
  '/p/key.der': { kind: 'file', bytes: Uint8Array.of(0, 255, 10), mode: 0o600 },
  '/p/dir': { kind: 'directory', entries: [] },
  '/p/huge': { kind: 'too-large', size: 700_000 },
  '/p/none-in-it': { kind: 'file', bytes: new Uint8Array(), mode: 0o644 },
  '/etc/shadow': { kind: 'outside' },
};

function translate(text: string, environment: Record<string, string> = {}) {
  const loaded = loadCompose({ port: memoryFiles({ '/p/compose.yaml': text }), cwd: '/p', environment });
  assert.ok(loaded.kind === 'ok', JSON.stringify(loaded));
  return toAppSpec(loaded, {
    app: 'shop',
    contextRoot: '/p',
    readSource: (path) => disk[path] ?? { kind: 'absent' },
  });
}
function spec(text: string, environment: Record<string, string> = {}) {
  const result = translate(text, environment);
  assert.ok(result.kind === 'ok', JSON.stringify(result));
  return result.spec;
}
function refusals(text: string): string[] {
  const result = translate(text);
  return result.kind === 'refused' ? result.issues.map(printIssue) : [];
}
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('configs and secrets of a manifest', () => {
  it('keep their labels; those of Berth’s own prefix are refused by name', () => {
    const text = (label: string) =>
      `services: {web: {image: x, configs: [c], secrets: [s]}}
configs: {c: {content: a, labels: {${label}: web}}}
secrets: {s: {file: key.der, labels: ["a=b"]}}
`;
    assert.deepEqual(
      spec(text('tier')).files.map(({ labels }) => labels),
      [{ tier: 'web' }, { a: 'b' }],
    );
    assert.deepEqual(refusals(text('berth.app')), [
      '/p/compose.yaml:2:36: configs.c.labels.berth.app: the label berth.app is one of Berth’s own (give it another prefix)',
    ]);
  });
  it('of networks and volumes are Berth’s own as well', () => {
    assert.deepEqual(
      refusals(
        'services: {web: {image: x, networks: [n], volumes: ["vol:/v"]}}\nnetworks: {n: {labels: {berth.a: b}}}\nvolumes: {vol: {labels: [berth.c]}}\n',
      ).map((line) => line.split(': ')[1] ?? ''),
      ['networks.n.labels.berth.a', 'volumes.vol.labels.berth.c'],
    );
  });

  it('are files of the services that name them, where Compose puts them', () => {
    const app = spec(
      `
services:
  web:
    image: x
    secrets:
      - key
      - {source: token, target: api, uid: "103", gid: "104", mode: 0440}
      - {source: kept, target: /etc/kept}
    configs: [plain, {source: plain, target: etc/plain.conf}]
  other: {image: y}
secrets:
  key: {file: key.der}
  token: {environment: TOKEN}
  kept: {external: true, name: shared-kept}
  unused: {file: missing}
configs:
  plain: {content: "a=\${A}\\nb=$\${B}\\n"}
`,
      { A: 'one', TOKEN: 'hunter2' },
    );
    const { files } = app.services.find(({ spec: service }) => service.name === 'web')!.spec;
    const standard = { uid: '0', gid: '0', mode: 0o444 };
    assert.deepEqual(files, [
      { kind: 'config', source: 'plain', target: '/plain', ...standard },
      { kind: 'config', source: 'plain', target: '/etc/plain.conf', ...standard },
      { kind: 'secret', source: 'key', target: '/run/secrets/key', ...standard },
      { kind: 'secret', source: 'token', target: '/run/secrets/api', uid: '103', gid: '104', mode: 0o440 },
      { kind: 'secret', source: 'kept', target: '/etc/kept', ...standard },
    ]);
    assert.deepEqual(app.services.find(({ spec: service }) => service.name === 'other')!.spec.files, []);
    assert.deepEqual(app.files, [
      { kind: 'config', name: 'plain', source: { kind: 'content', base64: base64('a=one\nb=${B}\n') } },
      { kind: 'secret', name: 'key', source: { kind: 'content', base64: 'AP8K' } },
      { kind: 'secret', name: 'token', source: { kind: 'variable', variable: 'TOKEN' } },
      { kind: 'secret', name: 'kept', source: { kind: 'stored', name: 'shared-kept' } },
    ]);
  });

  it('a secret can be asked for as a variable', () => {
    const app = spec(`
services:
  web: {image: x, x-berth: {secret_variables: {DB_PASSWORD: db}}}
secrets:
  db: {external: true}
`);
    assert.deepEqual(app.services[0]!.spec.secretVariables, { DB_PASSWORD: 'db' });
    assert.deepEqual(app.files, [{ kind: 'secret', name: 'db', source: { kind: 'stored', name: 'db' } }]);
  });

  it('faults are refused by name and place', () => {
    assert.deepEqual(
      refusals(`
services:
  web:
    image: x
    secrets: [a, b, c, d, e]
    x-berth: {secret_variables: {DB: dd}}
secrets:
  a: {file: ./absent}
  b: {file: dir}
  c: {file: huge}
  d: {file: none-in-it}
  e: {file: /etc/shadow}
`),
      [
        '/p/compose.yaml:6:34: services.web.x-berth.secret_variables.DB: refers to the undefined secret `dd` (did you mean `d`?)',
        '/p/compose.yaml:8:7: secrets.a.file: the file of secret `a` is not in the source (add it, or mind .dockerignore; one that must not be in the source is `external: true` and set with `berth secret set a`)',
        '/p/compose.yaml:9:7: secrets.b.file: the file of secret `b` is a directory (name one file)',
        '/p/compose.yaml:10:7: secrets.c.file: secret `c` has 700000 bytes; the most is 511999 (500 KB) (put what is larger into the image or on a volume)',
        '/p/compose.yaml:11:3: secrets.d: secret `d` is empty (the engine keeps none without content)',
        '/p/compose.yaml:12:7: secrets.e.file: the file of secret `e` is outside the source (move it inside, or make it `external: true` and set it with `berth secret set e`)',
      ],
    );
    assert.deepEqual(
      refusals(`
services:
  web:
    image: x
    secrets:
      - {source: a, uid: app}
      - {source: b, target: a}
secrets:
  a: {external: true}
  b: {environment: B}
`),
      [
        '/p/compose.yaml:6:21: services.web.secrets[0].uid: `uid: app` is not a number (the names of users are known only inside the image: give the number)',
        '/p/compose.yaml:7:9: services.web.secrets[1]: secret `b` would be at /run/secrets/a, where secret `a` is already (give one of them another `target`)',
      ],
    );
  });
});
