import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startLoad } from '@berth/load/load';
import { WebSocket } from 'ws';
import { deploy, fact, removeApp } from './deploying.ts';
import { openPlatform, type PlatformUnderTest, testPlatform } from './platform.ts';
import { answering, helloSource, nodeApp, scratch, setVersion, writeFiles } from './sources.ts';

const app = 'e2e-connections';

describe('what goes through the edge', { timeout: 300_000 }, () => {
  let platform: PlatformUnderTest;
  let dir: string;

  before(async () => {
    platform = await openPlatform();
    dir = await helloSource(await scratch(), '1');
    await deploy(platform, app, dir);
  });
  after(() => removeApp(platform, app));

  test('a websocket lives through a deployment until its close window', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${testPlatform.httpPort}/ws`, {
      headers: { host: platform.hostOf(app) },
    });
    const echoed: string[] = [];
    let isClosed = false;
    socket.on('message', (data) => echoed.push(String(data)));
    socket.on('close', () => {
      isClosed = true;
    });
    await new Promise((resolve, reject) => {
      socket.on('open', resolve);
      socket.on('error', reject);
    });
    socket.send('before');
    await fact(() => (echoed.includes('before') ? true : undefined));
    await setVersion(dir, '2');
    await deploy(platform, app, dir);
    assert.equal(isClosed, false, 'it is still open when the new release has all traffic');
    socket.send('after');
    await fact(() => (echoed.includes('after') ? true : undefined));
    socket.close();
  });

  test('a slow request that began before the switch is answered by the release it began with', async () => {
    const headers = { host: platform.hostOf(app) };
    const { request } = await import('node:http');
    const answer = new Promise<string>((resolve, reject) => {
      const outgoing = request(`${platform.edgeUrl}/slow?ms=6000`, { headers, agent: false }, (incoming) => {
        let text = '';
        incoming.on('data', (chunk) => {
          text += String(chunk);
        });
        incoming.on('end', () => resolve(text));
        incoming.on('error', reject);
      });
      outgoing.on('error', reject);
      outgoing.end();
    });
    await setVersion(dir, '3');
    await deploy(platform, app, dir);
    assert.equal((JSON.parse(await answer) as { version: string }).version, '2');
  });

  test('the client’s address reaches the app', async () => {
    const text = await new Promise<string>((resolve, reject) => {
      import('node:http').then(({ get }) =>
        get(`${platform.edgeUrl}/`, { headers: { host: platform.hostOf(app) }, agent: false }, (incoming) => {
          let all = '';
          incoming.on('data', (chunk) => {
            all += String(chunk);
          });
          incoming.on('end', () => resolve(all));
        }).on('error', reject),
      );
    });
    const { client } = JSON.parse(text) as { client: string };
    assert.match(client, /^\d+\.\d+\.\d+\.\d+$|:/);
  });

  test('HTTP/2 over TLS', async () => {
    const { connect } = await import('node:http2');
    const session = connect(`https://127.0.0.1:${testPlatform.httpsPort}`, {
      rejectUnauthorized: false,
      servername: platform.hostOf(app),
    });
    const status = await new Promise<number>((resolve, reject) => {
      session.on('error', reject);
      const stream = session.request({ ':path': '/', ':authority': platform.hostOf(app) });
      stream.on('response', (headers) => resolve(Number(headers[':status'])));
      stream.on('error', reject);
      stream.end();
    });
    session.close();
    assert.equal(status, 200);
  });

  test('a path goes to another service, without its prefix', async () => {
    const name = 'e2e-paths';
    const script = `import { createServer } from 'node:http';
createServer((request, response) => response.end(process.env.WHO + ' ' + request.url)).listen(8080);`;
    const compose = `services:
  web:
    build: .
    environment: { WHO: web }
    ports: ["8080"]
  api:
    build: .
    environment: { WHO: api }
    expose: ["8080"]
x-berth:
  routes:
    - service: web
      path: /
    - service: api
      path: /api
      stripPrefix: true
`;
    try {
      await deploy(platform, name, await writeFiles(await scratch(), nodeApp(script, compose)));
      const { ask } = await import('./deploying.ts');
      assert.equal((await ask(platform, platform.hostOf(name), '/x')).text, 'web /x');
      assert.equal((await ask(platform, platform.hostOf(name), '/api/users')).text, 'api /users');
      assert.equal((await ask(platform, platform.hostOf(name), '/apix')).text, 'web /apix');
    } finally {
      await removeApp(platform, name);
    }
  });

  test('an unknown name is answered in words, not with another app', async () => {
    const { ask } = await import('./deploying.ts');
    const answer = await ask(platform, 'nobody.example.com');
    assert.equal(answer.status, 404);
    assert.doesNotMatch(answer.text, /"app":"hello"/);
  });

  test('an app without a name that resolves has a port of its own', async () => {
    const view = await platform.client.call('getApp', { params: { app } });
    const url = view.urls.find((one) => /:\d+\/?$/.test(one) && !one.includes(platform.domain));
    const port = Number(/:(\d+)\/?$/.exec(url ?? '')?.[1]);
    assert.ok(
      port >= testPlatform.appPorts[0] && port <= testPlatform.appPorts[1],
      JSON.stringify(view.urls),
    );
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(10_000) });
    assert.equal(await answer.text(), 'ok\n');
  });

  test('two releases share the traffic as told, without a reload', async () => {
    const name = 'e2e-weights';
    try {
      await deploy(platform, name, await writeFiles(await scratch(), nodeApp(answering('one'))));
      const second = await deploy(
        platform,
        name,
        await writeFiles(await scratch(), nodeApp(answering('two'))),
      );
      const { fromRelease, toRelease } = second;
      await platform.client.call('setWeights', {
        params: { app: name },
        body: { service: 'web', weights: { [fromRelease!]: 95, [toRelease!]: 5 } },
      });
      const seen = { one: 0, two: 0 };
      const load = startLoad({
        url: platform.edgeUrl,
        host: platform.hostOf(name),
        ratePerMinute: 120_000,
        mode: 'keep-alive',
        durationMaxMs: 60_000,
        inspect: ({ body }) => {
          seen[body.toString() as 'one' | 'two'] += 1;
          return undefined;
        },
      });
      await fact(async () => (seen.one + seen.two >= 10_000 ? true : undefined), 60_000);
      assert.equal((await load.stop()).failed, 0);
      const share = (seen.two / (seen.one + seen.two)) * 100;
      assert.ok(share > 4 && share < 6, `${share.toFixed(2)} % of ${seen.one + seen.two} instead of 5 %`);
    } finally {
      await removeApp(platform, name);
    }
  });
});
