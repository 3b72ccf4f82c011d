import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ask, beginDeploy, deploy, endOf, removeApp } from './deploying.ts';
import { upArguments } from './place.ts';
import { openPlatform, type PlatformUnderTest, testPlatform } from './platform.ts';
import { nodeApp, scratch, writeFiles } from './sources.ts';

const app = 'e2e-grants';
const bit = { CHOWN: 0, NET_ADMIN: 12, NET_RAW: 13, MKNOD: 27, AUDIT_WRITE: 29 } as const;

/** Tells what its container may at most be given, whether root may make a user, and what is in /films. */
const script = `import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
const of = (read) => { try { return read(); } catch (error) { return error.code ?? String(error.status); } };
const answer = JSON.stringify({
  bound: /^CapBnd:\\s*(\\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1],
  user: of(() => { execFileSync('useradd', ['--create-home', 'ann'], { stdio: 'ignore' }); return 'done'; }),
  film: of(() => readFileSync('/films/one', 'utf8')),
  write: of(() => { execFileSync('touch', ['/films/two'], { stdio: 'ignore' }); return 'done'; }),
});
const server = createServer((request, response) => response.end(answer));
server.listen(Number(process.env.PORT ?? 8080));
process.on('SIGTERM', () => server.close(() => process.exit(0)));
`;
const files = (keys: string) => hostFiles(`    ports: ["8080"]\n${keys}`);
const hostFiles = (keys: string) => ({
  ...nodeApp(script, `services:\n  web:\n    build: .\n${keys}`),
  Dockerfile: 'FROM berth/node\nWORKDIR /app\nCOPY app.mjs .\nUSER 0\nCMD ["node", "app.mjs"]\n',
});

describe('more than every task has', { timeout: 300_000 }, () => {
  let platform: PlatformUnderTest;
  let films: string;
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await platform.berth(args, { timeoutMs: 120_000 });
    return { code, text: `${stdout}${stderr}` };
  };
  const deployed = async (keys: string) => {
    await deploy(platform, app, await writeFiles(await scratch(), files(keys)));
    const { text } = await ask(platform, platform.hostOf(app));
    const told = JSON.parse(text) as { bound: string; user: string; film: string; write: string };
    const has = (name: keyof typeof bit) => ((BigInt(`0x${told.bound}`) >> BigInt(bit[name])) & 1n) === 1n;
    return { ...told, has };
  };
  const refused = async (keys: string) => {
    const { id } = await beginDeploy(platform, app, await writeFiles(await scratch(), files(keys)));
    return (await endOf(platform, id)).failure;
  };

  before(async () => {
    platform = await openPlatform();
    films = await scratch();
    await writeFile(join(films, 'one'), 'a film');
  });
  after(async () => {
    await removeApp(platform, app);
    await removeApp(platform, `${app}-other`);
    await platform.berth([...upArguments(testPlatform), '--allow', 'none'], { timeoutMs: 300_000 });
  });

  test('a task has what hardly any image needs only if it asks', async () => {
    const plain = await deployed('    cap_drop: [SYS_CHROOT]\n');
    assert.deepEqual(
      (Object.keys(bit) as (keyof typeof bit)[]).filter((name) => plain.has(name)),
      ['CHOWN'],
    );
    assert.equal(plain.user, 'done');
    const other = await deployed('    cap_add: [NET_RAW]\n    cap_drop: [CHOWN]\n');
    assert.deepEqual([other.has('NET_RAW'), other.has('CHOWN')], [true, false]);
    assert.notEqual(other.user, 'done', 'root without CHOWN makes no home for a user');
  });

  test('NET_ADMIN is refused by name, granted for a time, and refused again when it is taken back', async () => {
    const keys = '    cap_add: [NET_ADMIN]\n';
    const failure = await refused(keys);
    assert.equal(failure?.code, 'grant_needed');
    assert.match(
      JSON.stringify(failure),
      /compose\.yaml:5:15.*needs a grant of `cap:NET_ADMIN`.*berth grants add e2e-grants\/web cap:NET_ADMIN/,
    );
    const added = await run('grants', 'add', `${app}/web`, 'cap:NET_ADMIN', '--reason', 'a test', '--json');
    assert.equal(added.code, 0, added.text);
    assert.equal((await deployed(keys)).has('NET_ADMIN'), true);
    const listed = await platform.client.list('listGrants', {});
    const [grant] = listed.filter((one) => one.app === app);
    assert.deepEqual(grant?.usedBy, ['web']);
    const revoked = await run('grants', 'revoke', grant?.id ?? '', '--json');
    assert.equal(revoked.code, 0, revoked.text);
    assert.equal((await refused(keys))?.code, 'grant_needed');
    const once = await run('run', '-a', app, '--', 'true');
    assert.match(once.text, /Nobody granted e2e-grants cap:NET_ADMIN for web/);
    const audit = await platform.client.list('listAudit', {});
    const about = audit.filter(({ object }) => object.startsWith('grant')).map(({ action }) => action);
    assert.ok(about.includes('createGrant') && about.includes('deleteGrant'), about.join());
  });

  test('a directory of the machine takes a grant and the word of the machine, and is read-only', async () => {
    const keys = `    volumes: ["${films}:/films:ro"]\n`;
    const granted = await run('grants', 'add', app, `bind:${films}`, '--reason', 'the films', '--json');
    assert.equal(granted.code, 0, granted.text);
    assert.equal((await refused(keys))?.code, 'node_disallows');
    const up = await platform.berth([...upArguments(testPlatform), '--allow', `bind:${films}`], {
      timeoutMs: 300_000,
    });
    assert.equal(up.code, 0, up.stderr);
    const told = await deployed(keys);
    assert.deepEqual([told.film, told.write], ['a film', '1']);
    assert.equal((await refused(keys.replace(':ro', '')))?.code, 'grant_needed', 'to write is another grant');
  });

  test('the network of the node takes both, too; what it listens on is kept for it', async () => {
    const port = testPlatform.appPorts[1] + 1;
    const keys = `    network_mode: host\n    expose: ["${port}"]\n    environment: {PORT: "${port}"}\n`;
    const granted = await run('grants', 'add', app, 'network:host', '--reason', 'a test', '--json');
    assert.equal(granted.code, 0, granted.text);
    // The one before runs with a directory that is not on the list any more: it can still be stopped.
    const up = await platform.berth([...upArguments(testPlatform), '--allow', 'network:host'], {
      timeoutMs: 300_000,
    });
    assert.equal(up.code, 0, up.stderr);
    const source = await writeFiles(await scratch(), hostFiles(keys));
    await deploy(platform, app, source);
    const answer = await fetch(`http://127.0.0.1:${port}`);
    assert.equal(answer.status, 200);
    const { progress } = await deploy(platform, app, source);
    assert.equal(typeof progress, 'string', 'its own port is not in its way');
    const other = await writeFiles(
      await scratch(),
      nodeApp(script, `services:\n  db:\n    build: .\n    ports: ["${port}:5432"]\n`),
    );
    const { id } = await beginDeploy(platform, `${app}-other`, other);
    const failure = (await endOf(platform, id)).failure;
    assert.equal(failure?.code, 'port_taken');
    assert.match(failure?.message ?? '', /app e2e-grants, service web/);
  });
});
