import assert from 'node:assert/strict';
import { chmod, copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { type CommandResult, tryCommand } from '@berth/runtime/command';
import { temporaryDirectory } from './testing/run-berth.ts';

const script = new URL('../../../berth', import.meta.url).pathname;

/** A checkout whose npm waits for the file `go` before it has installed. */
async function checkout(t: Parameters<typeof temporaryDirectory>[0]) {
  const root = await temporaryDirectory(t);
  await copyFile(script, join(root, 'berth'));
  await writeFile(join(root, 'package-lock.json'), '{}');
  await mkdir(join(root, 'bin'));
  await symlink(process.execPath, join(root, 'bin/node'));
  await writeFile(
    join(root, 'bin/npm'),
    `#!/bin/sh
echo "$@" >> ${root}/calls
mkdir ${root}/node_modules || exit 1
until [ -e ${root}/go ]; do sleep 0.02; done
mkdir ${root}/node_modules/.bin
printf '#!/bin/sh\\necho ran\\n' > ${root}/node_modules/.bin/node
chmod +x ${root}/node_modules/.bin/node
`,
  );
  await chmod(join(root, 'bin/npm'), 0o755);
  return root;
}

/** Runs `./berth`; `onSaid` gets what it says while it runs. */
const run = (root: string, onSaid?: (line: string) => void): Promise<CommandResult> =>
  tryCommand('/bin/sh', [join(root, 'berth'), 'version'], {
    cwd: dirname(root),
    env: { PATH: `${join(root, 'bin')}:/usr/bin:/bin` },
    signal: AbortSignal.timeout(20_000),
    ...(onSaid === undefined ? {} : { onLine: onSaid }),
  });
const go = (root: string) => writeFile(join(root, 'go'), '');

test('two at once install once: the second says what it waits for', async (t) => {
  const root = await checkout(t);
  const installing = Promise.withResolvers<void>();
  const first = run(root, (line) => line.includes('installing the npm') && installing.resolve());
  await installing.promise;
  const second = await run(root, (line) => {
    if (line.includes('waiting for another ./berth that installs')) void go(root);
  });
  for (const { code, stdout, stderr } of [await first, second]) {
    assert.equal(code, 0, stderr);
    assert.match(stdout, /ran/);
  }
  assert.equal(
    await readFile(join(root, 'calls'), 'utf8'),
    'ci --omit=dev --no-audit --no-fund --loglevel=error\n',
  );
});

test('an `npm ci` by hand in the same checkout is waited for', async (t) => {
  const root = await checkout(t);
  const byHand = new AbortController();
  const titled = Promise.withResolvers<void>();
  // npm names its process so.
  const npm = tryCommand(
    process.execPath,
    ['-e', "process.title = 'npm ci'; console.log('named'); setInterval(() => {}, 1000)"],
    { cwd: root, signal: byHand.signal, onLine: () => titled.resolve() },
  ).catch(() => undefined);
  await titled.promise;
  const ran = await run(root, (line) => {
    if (!/waiting for npm \(process \d+\), which installs/.test(line)) return;
    byHand.abort();
    void go(root);
  });
  await npm;
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stderr, /waiting for npm/);
});
