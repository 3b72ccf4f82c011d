import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { AppError } from '@berth/contract/errors';
import { asksForManifest, hasManifest, type ManifestList, renderManifest } from './manifest-config.ts';

test('the manifest is printed as docker compose prints it, with the same options', (t) => {
  const cwd = mkdtempSync(join(tmpdir(), 'berth-config-'));
  t.after(() => rmSync(cwd, { recursive: true }));
  assert.equal(hasManifest(cwd), false);
  writeFileSync(join(cwd, 'compose.yaml'), 'services:\n  web: {build: ., environment: {A: $A, B: }}\n');
  writeFileSync(join(cwd, 'over.yaml'), 'services:\n  web: {profiles: [p], ports: ["80:80"]}\n');
  assert.equal(hasManifest(cwd), true);
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
  const listed = (list: ManifestList) => renderManifest({ cwd, env: {} }, { list }).text;
  assert.equal(listed('services'), 'b\na\n');
  assert.equal(listed('volumes'), 'data\n');
  assert.equal(listed('images'), 'shop-a\nx\n');
  assert.equal(listed('profiles'), 'p\nq\n');
});
