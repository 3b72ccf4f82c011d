import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCommand } from '@berth/runtime/command';
import { directoryOfCaller, variablesOfCaller } from './caller.ts';
import { runBerth, temporaryDirectory } from './testing/run-berth.ts';

test('variables are those of the caller, before the script that starts berth', () => {
  const of = (env: Record<string, string>) => variablesOfCaller({ env });
  assert.deepEqual(of({ PATH: '/a', PWD: '/b' }), { PATH: '/a', PWD: '/b' });
  const env = { PATH: '/more:/a', BERTH_CALLER_PATH: '/a', PWD: '/set', A: '1' };
  assert.deepEqual(of({ ...env, BERTH_CALLER_PWD: 'PWD=/b' }), { A: '1', PATH: '/a', PWD: '/b' });
  assert.deepEqual(of({ ...env, BERTH_CALLER_PWD: '' }), { A: '1', PATH: '/a' });
});

test('a directory behind a symbolic link has the name it was entered by', async (t) => {
  const root = await temporaryDirectory(t);
  const [cwd, link] = [join(root, 'real'), join(root, 'link')];
  await mkdir(cwd);
  await symlink('real', link);
  const of = (PWD?: string) => directoryOfCaller({ cwd, env: PWD === undefined ? {} : { PWD } });
  assert.equal(of(link), link);
  for (const other of [undefined, root, join(root, 'gone'), 'link']) assert.equal(of(other), cwd);
  await writeFile(join(cwd, 'compose.yaml'), 'services: {a: {build: .}}');
  const { stdout } = await runBerth(t, ['config'], { cwd, env: { PWD: link } });
  assert.match(stdout, new RegExp(`^name: link\n.*context: ${link}\n`, 's'));
});

test('the script passes on what PATH and PWD were', async (t) => {
  const cwd = await temporaryDirectory(t);
  await writeFile(join(cwd, 'compose.yaml'), 'services: {a: {image: x, environment: [PATH, PWD]}}');
  const script = new URL('../../../berth', import.meta.url).pathname;
  const PATH = '/usr/local/bin:/usr/bin:/bin';
  const printed = async (env: Record<string, string>) => {
    const { stdout } = await runCommand('/bin/sh', [script, 'config'], {
      cwd,
      env: { PATH, HOME: cwd, ...env },
      signal: AbortSignal.timeout(60_000),
    });
    return /environment:\n *(.*)\n *(.*)\n/.exec(stdout)?.slice(1);
  };
  assert.deepEqual(await printed({ PWD: '/elsewhere' }), [`PATH: ${PATH}`, 'PWD: /elsewhere']);
  assert.deepEqual(await printed({}), [`PATH: ${PATH}`, 'PWD: null']);
});
