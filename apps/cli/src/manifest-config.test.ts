import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ConfigList } from '@berth/compose/config-view';
import { AppError } from '@berth/contract/errors';
import { asksForManifest, findsManifest, renderManifest } from './manifest-config.ts';
import { runBerth } from './testing/run-berth.ts';

test('a manifest is found where Compose finds it', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'berth-found-'));
  t.after(() => rmSync(root, { recursive: true }));
  const cwd = join(root, 'inner');
  mkdirSync(cwd);
  const finds = (env: Record<string, string> = {}) => findsManifest({ cwd, env });
  assert.equal(finds(), false);
  assert.equal(finds({ COMPOSE_FILE: 'other.yaml' }), true);
  writeFileSync(join(cwd, '.env'), 'COMPOSE_FILE=other.yaml\n');
  assert.equal(finds(), true);
  writeFileSync(join(cwd, '.env'), 'A="unclosed\n');
  assert.equal(finds(), false);
  writeFileSync(join(root, 'docker-compose.yml'), 'services: {}\n');
  assert.equal(finds(), true);
});

test('the manifest is printed as docker compose prints it, with the same options', (t) => {
  const cwd = mkdtempSync(join(tmpdir(), 'berth-config-'));
  t.after(() => rmSync(cwd, { recursive: true }));
  assert.equal(findsManifest({ cwd, env: {} }), false);
  writeFileSync(join(cwd, 'compose.yaml'), 'services:\n  web: {build: ., environment: {A: $A, B: }}\n');
  writeFileSync(join(cwd, 'over.yaml'), 'services:\n  web: {profiles: [p], ports: ["80:80"]}\n');
  assert.equal(findsManifest({ cwd, env: {} }), true);
  const { text } = renderManifest(
    { cwd, env: { A: '1', B: undefined } },
    { file: ['compose.yaml', 'over.yaml'], projectName: 'shop', profile: ['p'], pathResolution: false },
  );
  assert.equal(
    text,
    `name: shop
services:
  web:
    profiles:
      - p
    build:
      context: .
      dockerfile: Dockerfile
    environment:
      A: "1"
      B: null
    networks:
      default: null
    ports:
      - mode: ingress
        target: 80
        published: "80"
        protocol: tcp
networks:
  default:
    name: shop_default
`,
  );
  assert.equal(
    JSON.parse(renderManifest({ cwd, env: {} }, { format: 'json', projectName: 's' }).text).name,
    's',
  );
});

test('a fault of the manifest is told with its file and line', (t) => {
  const cwd = mkdtempSync(join(tmpdir(), 'berth-config-'));
  t.after(() => rmSync(cwd, { recursive: true }));
  writeFileSync(join(cwd, 'compose.yaml'), 'services:\n  web:\n    imgae: x\n');
  assert.throws(
    () => renderManifest({ cwd, env: {} }, {}),
    (error) =>
      error instanceof AppError &&
      error.code === 'invalid_manifest' &&
      error.issues[0]?.at === 'compose.yaml:3:5 (services.web.imgae)' &&
      error.issues[0].suggestion === 'did you mean `image`?',
  );
});

test('services of a manifest that is found are asked for by name alone', async (t) => {
  const cwd = mkdtempSync(join(tmpdir(), 'berth-config-'));
  t.after(() => rmSync(cwd, { recursive: true }));
  writeFileSync(join(cwd, 'compose.yaml'), 'name: shop\nservices:\n  a: {image: x}\n  b: {image: y}\n');
  const of = async (...words: string[]) => runBerth(t, ['config', ...words], { cwd });
  assert.match((await of('b')).stdout, /^name: shop\nservices:\n {2}b:\n {4}image: "y"\n/);
  assert.match((await of('c')).stderr, /there is no service `c`/);
  // Ends as Compose ends it, and on a terminal with the line.
  assert.match((await of('--format', 'json')).stdout, /\}$/);
  const seen = await runBerth(t, ['config', '--format', 'json'], { cwd, isTerminal: true });
  assert.match(seen.stdout, /\}\n$/);
});

test('options Compose had before mean what they meant', async (t) => {
  const cwd = mkdtempSync(join(tmpdir(), 'berth-config-'));
  t.after(() => rmSync(cwd, { recursive: true }));
  writeFileSync(join(cwd, 'compose.yaml'), 'name: shop\nservices:\n  a: {build: ./a}\n');
  const of = async (...words: string[]) => (await runBerth(t, ['config', ...words], { cwd })).stdout;
  assert.equal(await of('--compatibility'), await of('--no-normalize'));
  assert.equal(await of('--compatibility', '--images'), 'shop_a\n');
  assert.match(await of('--workdir', '/elsewhere', '-f', 'compose.yaml'), /context: \/elsewhere\/a\n/);
});

test('only options of Compose ask for the manifest', () => {
  assert.equal(asksForManifest({}), false);
  assert.equal(asksForManifest({ pathResolution: true }), false);
  assert.equal(asksForManifest({ pathResolution: false }), true);
  assert.equal(asksForManifest({ file: ['compose.yaml'] }), true);
});

test('names of services, volumes, images and profiles are listed one a line', (t) => {
  const cwd = mkdtempSync(join(tmpdir(), 'berth-config-'));
  t.after(() => rmSync(cwd, { recursive: true }));
  writeFileSync(
    join(cwd, 'compose.yaml'),
    'name: shop\nservices:\n  a: {build: ., depends_on: [b], volumes: ["data:/d"]}\n  b: {image: x}\n  c: {image: y, profiles: [q, p]}\nvolumes: {data: }\n',
  );
  const listed = (list: ConfigList) => renderManifest({ cwd, env: {} }, { list }).text;
  assert.equal(listed('services'), 'b\na\n');
  assert.equal(listed('volumes'), 'data\n');
  assert.equal(listed('images'), 'shop-a\nx\n');
  assert.equal(listed('profiles'), 'p\nq\n');
});

test('env files are read for lists of services that are named, and else not', (t) => {
  const cwd = mkdtempSync(join(tmpdir(), 'berth-config-'));
  t.after(() => rmSync(cwd, { recursive: true }));
  writeFileSync(
    join(cwd, 'compose.yaml'),
    'services:\n  a: {image: x}\n  b: {image: y, env_file: gone.env}\n',
  );
  const listed = (...services: string[]) =>
    renderManifest({ cwd, env: {} }, { list: 'images', ...(services.length === 0 ? {} : { services }) }).text;
  assert.equal(listed(), 'x\ny\n');
  assert.throws(() => listed('a'), /The Compose project cannot be used/);
});

test('hashes, variables and what is not interpolated are printed as docker compose prints them', async (t) => {
  const cwd = mkdtempSync(join(tmpdir(), 'berth-config-'));
  t.after(() => rmSync(cwd, { recursive: true }));
  const manifest = 'name: shop\nservices:\n  a: {image: "x:${TAG:-1}"}\n  b: {image: y, profiles: [p]}\n';
  writeFileSync(join(cwd, 'compose.yaml'), manifest);
  const of = (options: Parameters<typeof renderManifest>[1]) =>
    renderManifest({ cwd, env: {} }, options).text;
  // As docker-compose 2.26.1 prints it.
  const hash = 'a b8948ddbd18fe45bb75af3506c843c5042ac4ab2dab526d00e97168a5e841abe\n';
  assert.equal(of({ hash: '*' }), hash);
  assert.equal(of({ hash: 'a' }), hash);
  assert.throws(() => of({ hash: 'a,b' }), /There is no service "b"; there is a\./);
  assert.match(of({ interpolate: false }), /image: x:\$\{TAG:-1\}\n/);
  assert.equal(of({ normalize: false }), 'name: shop\nservices:\n  a:\n    image: x:1\n');
  const variables = await runBerth(t, ['config', '--variables'], { cwd });
  assert.equal(
    variables.stdout,
    'NAME                REQUIRED            DEFAULT VALUE       ALTERNATE VALUE\nTAG                 false               1                   \n',
  );
  const written = await runBerth(t, ['config', '-o', 'out.yaml', '--no-normalize', '--dry-run'], { cwd });
  assert.equal(written.stdout, '');
  assert.equal(readFileSync(join(cwd, 'out.yaml'), 'utf8'), of({ normalize: false }));
  const pinned = await runBerth(t, ['config', '--resolve-image-digests'], { cwd });
  assert.equal(pinned.code, 2);
  assert.match(pinned.stderr, /--resolve-image-digests would ask a registry, and `berth config` asks none/);
});
