import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ask, deploy, removeApp, removeVolumes } from './deploying.ts';
import { openPlatform, type PlatformUnderTest } from './platform.ts';
import { nodeApp, scratch, writeFiles } from './sources.ts';

const app = 'e2e-eject';
const copy = 'e2e-eject-copy';
const script = `import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
const answer = [process.env.WORD, process.env.SET, readFileSync('/run/secrets/key', 'utf8')].join('|');
createServer((request, response) => response.end(answer)).listen(8080);
process.on('SIGTERM', () => process.exit(0));
`;
const compose = `services:
  web:
    build: .
    ports: ["80:8080"]
    environment: {WORD: "a $$1 'word'"}
    secrets: [key]
    volumes: ["data:/data"]
volumes: {data: }
secrets: {key: {file: ./key}}
`;

describe('an app taken along', { timeout: 300_000 }, () => {
  let platform: PlatformUnderTest;
  before(async () => {
    platform = await openPlatform();
    await platform.client.call('createApp', { body: { name: app } });
    await platform.berth(['env', 'set', 'SET=set here', '-a', app]);
    const files = { ...nodeApp(script, compose), key: 'of the sea' };
    await deploy(platform, app, await writeFiles(await scratch(), files));
  });
  after(async () => {
    for (const name of [app, copy]) await removeApp(platform, name);
    await removeVolumes(platform, (name) => name.startsWith(app));
  });

  test('is a Compose project that asks for its values, and says where images and data are', async () => {
    const { code, stdout, stderr } = await platform.berth(['eject', '-a', app]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /WORD: \$\{WORD\?\}/);
    assert.doesNotMatch(stdout + stderr, /of the sea|set here|'word'/);
    assert.match(stderr, /berth export \d+ -a e2e-eject -o e2e-eject-\d+\.tar/);
    assert.match(stderr, /berth cp -a e2e-eject web:\/data \.\/data\/data/);
  });

  test('is the same app when it comes back: no task is touched', async () => {
    const directory = join(await scratch(), 'back');
    const { code, stderr } = await platform.berth(['eject', '-a', app, '-o', directory, '--reveal']);
    assert.equal(code, 0, stderr);
    const plan = await platform.berth(['plan', '-a', app, directory]);
    assert.match(plan.stdout + plan.stderr, /web\s+is not touched/);
  });

  test('runs as another app from what was written', async () => {
    const directory = join(await scratch(), 'taken');
    const { code, stderr } = await platform.berth(['eject', '-a', app, '-o', directory, '--reveal']);
    assert.equal(code, 0, stderr);
    assert.equal((await stat(join(directory, '.env'))).mode & 0o777, 0o600);
    assert.match(await readFile(join(directory, '.env'), 'utf8'), /SET="set here"/);
    // The registry of the platform has the image already.
    await deploy(platform, copy, directory);
    const [one, other] = [
      await ask(platform, platform.hostOf(app)),
      await ask(platform, platform.hostOf(copy)),
    ];
    assert.equal(one.text, "a $1 'word'|set here|of the sea");
    assert.equal(other.text, one.text);
    const again = await platform.berth(['eject', '-a', app, '-o', directory]);
    assert.notEqual(again.code, 0, 'nothing is written over');
  });
});
