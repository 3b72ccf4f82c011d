import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { ask, beginDeploy, deploy, endOf, fact, removeApp } from './deploying.ts';
import { openPlatform, type PlatformUnderTest } from './platform.ts';
import { probeApp } from './probe-app.ts';
import { scratch, writeFiles } from './sources.ts';

const shop = 'e2e-link-shop';
const crm = 'e2e-link-crm';
const external = 'e2e-legacy';
const dns = 'e2e-dns';
const backbone = 'e2e-backbone';

const web = (reach = '', more = '') => `services:
  web:
    build: .
    environment: {NAME: web}
    ports: ["80:8080"]
${more}${reach}`;

/** Of this machine, where containers reach it. */
const ownAddress = (): string | undefined =>
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

/** Something outside the platform, on this machine, that answers with a word. */
async function endpoint(word: string) {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(word);
  }).listen(0);
  await fact(() => (server.listening ? true : undefined));
  const address = ownAddress();
  const bound = server.address();
  assert.ok(address !== undefined && typeof bound === 'object' && bound !== null);
  return { target: `${address}:${bound.port}`, close: () => server.close() };
}

/** Two apps: what one may reach of the other, through links, shared networks and external services. */
describe('apps reach each other only by declaration', { timeout: 300_000 }, () => {
  let platform: PlatformUnderTest;
  const source = async (compose: string) => writeFiles(await scratch(), probeApp(compose));
  const deployed = async (app: string, compose: string) => deploy(platform, app, await source(compose));
  const refusalOf = async (app: string, compose: string) => {
    const { failure } = await endOf(platform, (await beginDeploy(platform, app, await source(compose))).id);
    return `${failure?.code}: ${failure?.message}`;
  };
  const reach = async (app: string, host: string, port = 5432) =>
    (await ask(platform, platform.hostOf(app), `/reach?host=${host}&port=${port}`)).text;
  const reaches = (app: string, host: string, answer: string, port = 5432) =>
    fact(async () => ((await reach(app, host, port)) === answer ? true : undefined));
  const startedAt = async (app: string) => {
    const tasks = await platform.client.list('listTasks', { params: { app } });
    return tasks.map((task) => `${task.id} ${task.startedAt}`).sort();
  };
  const crmCompose = (expose: string) =>
    `${web(expose)}`.replace(
      'services:\n',
      `services:
  db:
    build: .
    environment: {NAME: customers}
    networks: [back]
`,
    );
  const berth = async (...args: string[]) => {
    const result = await platform.berth(args);
    assert.equal(result.code, 0, result.stderr);
    return result.stdout;
  };

  before(async () => {
    platform = await openPlatform();
    await deployed(crm, crmCompose('networks: {back: {internal: true}}\n'));
  });
  after(async () => {
    await removeApp(platform, shop);
    await removeApp(platform, crm);
    for (const [call, name] of [
      ['deleteExternal', external],
      ['deleteExternal', dns],
      ['deleteNetwork', backbone],
    ] as const)
      await fact(async () =>
        platform.client.call(call, { params: { name } }).then(
          () => true,
          (error: { status?: number }) => (error.status === 404 ? true : undefined),
        ),
      );
  });

  test('a link that the other app does not allow is refused', async () => {
    const link = `x-berth: {links: [{app: ${crm}, service: db, as: database}]}\n`;
    assert.equal(
      await refusalOf(shop, web(link)),
      `link_refused: The link to db of ${crm}: ${crm} does not expose it to ${shop}.`,
    );
  });

  test('one that is allowed opens exactly the service and port it names, and touches no task of the other', async () => {
    const expose = `networks: {back: {internal: true}}\nx-berth: {expose: [{service: db, ports: [5432], to: [${shop}]}]}\n`;
    await deployed(crm, crmCompose(expose));
    const before = await startedAt(crm);
    await deployed(shop, web(`x-berth: {links: [{app: ${crm}, service: db, as: database}]}\n`));
    await reaches(shop, 'database', 'customers');
    assert.match(await reach(shop, 'database', 8080), /ECONNREFUSED/);
    assert.match(await reach(shop, 'db'), /ENOTFOUND|EAI_AGAIN/);
    assert.deepEqual(await startedAt(crm), before);
    const removal = await platform.berth(['destroy', '-a', crm, '--confirm', crm]);
    assert.match(removal.stderr, new RegExp(`${shop} links to ${crm}`));
  });

  test('a link follows releases of the other app', async () => {
    const tasks = await startedAt(shop);
    const expose = `networks: {back: {internal: true}}\nx-berth: {expose: [{service: db, ports: [5432], to: [${shop}]}]}\n`;
    await deployed(crm, crmCompose(expose).replace('NAME: customers', 'NAME: renewed'));
    await reaches(shop, 'database', 'renewed');
    assert.deepEqual(await startedAt(shop), tasks);
  });

  test('an external service leads to its target, and moves without a touch of those who use it', async () => {
    assert.equal(
      await refusalOf(shop, web(`x-berth: {externals: [${external}]}\n`)),
      `external_not_found: The app declares the external service "${external}", which is not there.`,
    );
    const [old, moved] = await Promise.all([endpoint('old'), endpoint('moved')]);
    try {
      await berth('externals', 'add', external, '--to', old.target, '--port', '7000');
      await deployed(shop, web(`x-berth: {externals: [${external}]}\n`));
      const tasks = await startedAt(shop);
      await reaches(shop, external, 'old', 7000);
      await berth('externals', 'retarget', external, '--to', moved.target);
      await reaches(shop, external, 'moved', 7000);
      assert.deepEqual(await startedAt(shop), tasks);
      assert.match(
        await berth('externals'),
        new RegExp(`${external}:7000\\s+${moved.target}\\s+any app\\s+${shop}`),
      );
    } finally {
      old.close();
      moved.close();
    }
    const removal = await platform.berth(['externals', 'rm', external]);
    assert.match(removal.stderr, new RegExp(`is declared by ${shop}`));
  });

  test('both carry UDP, too', async () => {
    const expose = `networks: {back: {internal: true}}\nx-berth: {expose: [{service: db, ports: [5432, 5353/udp], to: [${shop}]}]}\n`;
    await deployed(crm, crmCompose(expose));
    // Bound to it: an answer from another address of the machine would not be the target's.
    const socket = createSocket('udp4').bind(0, ownAddress());
    try {
      await once(socket, 'listening');
      socket.on('message', (_data, from) => socket.send('outside', from.port, from.address));
      await berth(
        'externals',
        'add',
        dns,
        '--to',
        `${ownAddress()}:${socket.address().port}`,
        '--port',
        '53',
        '--protocol',
        'udp',
      );
      await deployed(
        shop,
        web(`x-berth: {externals: [${dns}], links: [{app: ${crm}, service: db, as: database}]}\n`),
      );
      const asks = (host: string, port: number, answer: string) =>
        fact(async () =>
          (await ask(platform, platform.hostOf(shop), `/ask?host=${host}&port=${port}`)).text === answer
            ? true
            : undefined,
        );
      await asks('database', 5353, 'customers');
      await reaches(shop, 'database', 'customers');
      await asks(dns, 53, 'outside');
      assert.match(await berth('externals'), new RegExp(`${dns}:53/udp`));
    } finally {
      socket.close();
    }
  });

  test('a shared network joins those who declare it, and only them', async () => {
    const joining = `networks:\n  s: {external: true, name: ${backbone}}\n`;
    assert.equal(
      await refusalOf(shop, web(joining, '    networks: [s, default]\n')),
      `network_not_found: The app declares the shared network "${backbone}", which is not there.`,
    );
    await berth('networks', 'create', backbone, '--for', shop, '--for', crm);
    await deployed(shop, web(joining, '    networks: [s, default]\n'));
    await deployed(
      crm,
      `services:\n  web:\n    build: .\n    environment: {NAME: crm-web}\n    ports: ["80:8080"]\n    networks: [s]\n${joining}`,
    );
    await reaches(shop, `web.${crm}`, 'crm-web');
    assert.equal(
      await refusalOf('e2e-link-other', web(joining, '    networks: [s]\n')),
      `network_not_found: The shared network "${backbone}" is not for e2e-link-other.`,
    );
    await removeApp(platform, 'e2e-link-other');
    const removal = await platform.berth(['networks', 'rm', backbone]);
    assert.match(removal.stderr, new RegExp(`is joined by ${crm}/web, ${shop}/web`));
  });

  test('a declared subnet that is taken is refused by the name of what has it', async () => {
    const subnet = (text: string) => `networks:\n  n: {ipam: {config: [{subnet: ${text}}]}}\n`;
    const refused = await refusalOf('e2e-link-other', web(subnet('172.16.0.0/12'), '    networks: [n]\n'));
    assert.match(
      refused,
      /^subnet_taken: The subnet 172\.16\.0\.0\/12 of the network n overlaps with the (network|route to)/,
    );
    await removeApp(platform, 'e2e-link-other');
    assert.match(await berth('networks'), new RegExp(`${backbone}\\s+shared\\s+\\d+\\.`));
  });
});
