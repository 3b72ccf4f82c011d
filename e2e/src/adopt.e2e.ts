import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isAbsent } from '@berth/engine/engine';
import { ask, deploy, fact, removeApp, removeVolumes } from './deploying.ts';
import { openPlatform, type PlatformUnderTest } from './platform.ts';
import { nodeApp, scratch, writeFiles } from './sources.ts';

const app = 'e2e-adopter';
const rival = 'e2e-rival';
/** As `docker compose` names the volume `data` of a project of this name. */
const volume = `${app}_data`;

const script = `import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
createServer((request, response) => response.end(readFileSync('/data/rows', 'utf8'))).listen(8080);
`;
const compose = (definition: string) => `services:
  web:
    build: .
    user: "0:0"
    ports: ["8080"]
    volumes: ["data:/data"]
volumes:
  data: ${definition}
`;

describe('a volume from before Berth', { timeout: 200_000 }, () => {
  let platform: PlatformUnderTest;

  const source = async (definition: string) =>
    writeFiles(await scratch(), nodeApp(script, compose(definition)));
  const external = `{external: true, name: ${volume}}`;
  /** Runs a script with the engine's volume at /data, as its user would with docker. */
  const inVolume = async (text: string): Promise<number> => {
    const { engine } = platform;
    const { Id } = await engine.createContainer(`${app}-by-hand`, {
      Image: 'berth/base',
      Cmd: ['sh', '-euc', text],
      User: '0:0',
      HostConfig: { Mounts: [{ Type: 'volume', Source: volume, Target: '/data' }] },
    });
    await engine.startContainer(Id);
    const { StatusCode } = await engine.waitContainer(Id);
    await engine.removeContainer(Id, { force: true });
    return StatusCode;
  };
  const cleanUp = async () => {
    for (const name of [rival, app]) await removeApp(platform, name);
    await removeVolumes(platform, (name) => name === volume);
    // A task that has just ended still holds it.
    await fact(
      () =>
        platform.engine.removeVolume(volume).then(
          () => true,
          (cause: unknown) => (isAbsent(cause) ? true : undefined),
        ),
      60_000,
    );
  };

  before(async () => {
    platform = await openPlatform();
    await cleanUp();
    await platform.engine.createVolume({
      Name: volume,
      Labels: { 'com.docker.compose.project': app, 'com.docker.compose.volume': 'data' },
    });
    assert.equal(await inVolume('echo from before >/data/rows'), 0);
  });
  after(cleanUp);

  test('it is not taken by itself, and the words say how', async () => {
    await assert.rejects(deploy(platform, app, await source(external)), (cause: Error) =>
      cause.message.includes(`berth volume adopt ${volume}`),
    );
  });

  test('adopted, it is a volume of the app, with its data; no other app gets it', async () => {
    const adopted = await platform.berth(['volume', 'adopt', volume, '-a', app]);
    assert.equal(adopted.code, 0, adopted.stderr);
    assert.match(adopted.stderr, /its data stays where it is/);
    await deploy(platform, app, await source(external));
    const answer = await fact(async () => {
      const { status, text } = await ask(platform, platform.hostOf(app));
      return status === 200 ? text : undefined;
    });
    assert.equal(answer, 'from before\n');
    const shown = await platform.berth(['volume', 'inspect', volume]);
    assert.match(shown.stdout, /driver: +local, adopted/);
    assert.match(shown.stdout, new RegExp(`users: +${app}/web`));
    const again = await platform.berth(['volume', 'adopt', volume, '-a', rival]);
    assert.notEqual(again.code, 0);
    assert.match(again.stderr, new RegExp(`There is a volume "${volume}" already, of the app ${app}`));
  });

  test('removed from Berth, and from its trash, the engine still has it with its data', async () => {
    await removeApp(platform, app);
    const removed = await fact(async () => {
      const result = await platform.berth(['volume', 'rm', volume, '--confirm', volume]);
      return result.code === 0 ? result : undefined;
    }, 60_000);
    assert.match(removed.stderr, /trash/);
    const purged = await platform.berth(['volume', 'rm', volume, '--trash', '--confirm', volume]);
    assert.equal(purged.code, 0, purged.stderr);
    assert.equal(await inVolume('test "$(cat /data/rows)" = "from before"'), 0);
  });
});
