import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { diskFiles, sourceFiles } from './disk.ts';
import { printIssue } from './issue.ts';
import { loadCompose } from './load.ts';
import { toAppSpec } from './translate.ts';

const made: string[] = [];
after(() => {
  for (const dir of made) rmSync(dir, { recursive: true });
});

function translate(volumes: string, files: Readonly<Record<string, string>>) {
  const dir = mkdtempSync(join(tmpdir(), 'berth-binds-'));
  made.push(dir);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
    if (path.endsWith('.sh')) chmodSync(join(dir, path), 0o750);
  }
  symlinkSync('.', join(dir, 'loop'));
  symlinkSync('/etc/passwd', join(dir, 'passwd'));
  writeFileSync(join(dir, 'compose.yaml'), `services:\n  web:\n    image: x\n    volumes: [${volumes}]\n`);
  const loaded = loadCompose({ port: diskFiles({ within: dir }), cwd: dir });
  assert.ok(loaded.kind === 'ok', JSON.stringify(loaded));
  const result = toAppSpec(loaded, { app: 'shop', contextRoot: dir, readSource: sourceFiles(dir) });
  return result.kind === 'ok'
    ? { ok: result, web: result.spec.services[0]!.spec }
    : { refused: result.issues.map((issue) => printIssue(issue).replace(`${dir}/`, '')) };
}

describe('a bind mount of the source', () => {
  it('of a file becomes a config at its target, executable if it was', () => {
    const { ok, web } = translate('"./nginx.conf:/etc/nginx/nginx.conf:ro", "./run.sh:/run.sh"', {
      'nginx.conf': 'events {}\n',
      'run.sh': '#!/bin/sh\n',
    });
    assert.deepEqual(web?.files, [
      {
        kind: 'config',
        source: './nginx.conf',
        target: '/etc/nginx/nginx.conf',
        uid: '0',
        gid: '0',
        mode: 0o444,
      },
      { kind: 'config', source: './run.sh', target: '/run.sh', uid: '0', gid: '0', mode: 0o554 },
    ]);
    assert.deepEqual(ok?.spec.files[0], {
      kind: 'config',
      name: './nginx.conf',
      source: { kind: 'content', base64: Buffer.from('events {}\n').toString('base64') },
    });
    assert.deepEqual(web?.mounts, []);
    assert.deepEqual(ok?.notes, [
      'services.web: /etc/nginx/nginx.conf is a file of the source, shipped with the release, read-only',
      'services.web: /run.sh is a file of the source, shipped with the release, read-only; what a task writes there is lost with it, so data needs a named volume',
    ]);
  });

  it('of a small directory hides what the image has there and has its files', () => {
    const { ok, web } = translate('"./conf:/etc/nginx/conf.d:ro"', {
      'conf/a.conf': 'a',
      'conf/sub/b.conf': 'b',
      'conf/.gitkeep': '',
    });
    assert.deepEqual(web?.mounts, [
      { kind: 'tmpfs', target: '/etc/nginx/conf.d', mode: 0o755, readOnly: true },
    ]);
    assert.deepEqual(
      web?.files.map(({ source, target }) => [source, target]),
      [
        ['./conf/a.conf', '/etc/nginx/conf.d/a.conf'],
        ['./conf/sub/b.conf', '/etc/nginx/conf.d/sub/b.conf'],
      ],
    );
    assert.equal(ok?.spec.files.length, 2);
  });

  it('of a place for data that is empty or not there becomes a volume, not filled by the image', () => {
    const { ok, web } = translate('"./data/db:/var/lib/db", "./uploads:/uploads"', {
      'uploads/.gitkeep': '',
    });
    assert.deepEqual(web?.mounts, [
      { kind: 'volume', source: 'data-db', target: '/var/lib/db', readOnly: false, copy: false },
      { kind: 'volume', source: 'uploads', target: '/uploads', readOnly: false, copy: false },
    ]);
    assert.deepEqual(ok?.notes, [
      'services.web: /var/lib/db is kept in the volume data-db: the source has nothing in ./data/db',
      'services.web: /uploads is kept in the volume uploads: the source has nothing in ./uploads',
    ]);
  });

  const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`many/${index}`, 'x']));
  const refused: readonly (readonly [string, string, Readonly<Record<string, string>>, string])[] = [
    [
      'not there, and a file by its name',
      './no.conf:/c',
      {},
      'mounts ./no.conf at /c, and it is not in the source (add it, or mind .dockerignore; for data use a named volume)',
    ],
    [
      'not there, and only to be read',
      './no:/c:ro',
      {},
      'mounts ./no at /c, and it is not in the source (add it, or mind .dockerignore; for data use a named volume)',
    ],
    [
      'too many files',
      './many:/m:ro',
      many,
      'cannot ship ./many to /m: it has more than 100 files (copy it into the image (`COPY` in a Dockerfile), or use a named volume)',
    ],
    [
      'a large file',
      './big:/b',
      { big: 'x'.repeat(600_000) },
      'cannot ship ./big to /b: ./big has 600000 bytes; the most is 500 KB (copy it into the image (`COPY` in a Dockerfile), or use a named volume)',
    ],
    [
      'too much',
      './fat:/f',
      Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`fat/${index}`, 'x'.repeat(400_000)])),
      'cannot ship ./fat to /f: it has more than 2 MB (copy it into the image (`COPY` in a Dockerfile), or use a named volume)',
    ],
    [
      'an empty file',
      './d:/d',
      { 'd/none': '' },
      'cannot ship ./d to /d: ./d/none is empty, and the engine ships no empty file (copy it into the image (`COPY` in a Dockerfile), or use a named volume)',
    ],
    [
      'a link to a file of the host',
      './passwd:/p:ro',
      {},
      'cannot ship ./passwd to /p: ./passwd leads nowhere in the source (copy it into the image (`COPY` in a Dockerfile), or use a named volume)',
    ],
    [
      'a directory that belongs to the node itself',
      '/etc/ssl:/d',
      {},
      'mounts /etc/ssl of the host at /d: /etc belongs to the node itself (copy the files into the image, or use a named volume)',
    ],
    [
      'the engine',
      '/var/run/docker.sock:/s',
      {},
      'mounts /var/run/docker.sock of the host at /s: /var/run belongs to the node itself (remove it: no task gets the engine; Berth’s API gives scoped tokens)',
    ],
  ];
  for (const [what, volume, files, expected] of refused)
    it(`is refused: ${what}`, () => {
      assert.deepEqual(translate(`"${volume}"`, files).refused, [
        `compose.yaml:4:15: services.web.volumes[0]: ${expected}`,
      ]);
    });

  it('of a directory of the node is mounted where it is granted', () => {
    const { ok, web } = translate('"/srv/data/:/d:ro"', {});
    assert.deepEqual(web?.mounts, [{ kind: 'bind', source: '/srv/data', target: '/d', readOnly: true }]);
    assert.deepEqual(
      ok?.asks.map(({ issue }) => printIssue(issue).replace(/^.*\/compose/, 'compose')),
      [
        'compose.yaml:4:15: services.web.volumes[0]: needs a grant of `bind:/srv/data`: it reads what of the node is there (an admin may give it: `berth grants add shop/web bind:/srv/data --reason TEXT`; or remove it)',
      ],
    );
  });

  it('of a directory of the node says what of it Swarm cannot do', () => {
    const option = (text: string) =>
      translate(`{type: bind, source: /srv/data, target: /d, bind: ${text}}`, {});
    assert.match(
      option('{propagation: rshared}').refused?.join() ?? '',
      /^compose.yaml:4:15: services.web.volumes\[0\]: `bind.propagation: rshared` is not supported for a directory of the node \(remove it\)$/,
    );
    assert.equal(option('{propagation: rprivate, create_host_path: true}').refused, undefined);
    assert.match(option('{selinux: z}').ok?.notes.join() ?? '', /`z` of \/d changes nothing: Swarm gives/);
  });

  it('that leads into itself is refused and read to no end', () => {
    assert.match(translate('"./loop:/l"', {}).refused?.join() ?? '', /cannot ship \.\/loop to \/l/);
  });
});
