import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import type { RouteSpec } from '@berth/contract/route-spec';
import { type OperationId, routes } from '@berth/contract/routes';
import { openPlatform, type PlatformUnderTest, testPlatform } from './platform.ts';

const ranks = { public: 0, read: 1, deploy: 2, admin: 3 } as const;

describe('nobody gets in who may not', { timeout: 300_000 }, () => {
  let platform: PlatformUnderTest;
  const tokens = new Map<'read' | 'deploy' | 'admin', string>();

  before(async () => {
    platform = await openPlatform();
    for (const token of await platform.client.list('listTokens'))
      if (token.name.startsWith('e2e '))
        await platform.client.call('deleteToken', { params: { id: token.id } });
    for (const scope of ['read', 'deploy', 'admin'] as const) {
      const { secret } = await platform.client.call('createToken', {
        body: { name: `e2e ${scope}`, scope, expiresInSeconds: 3600 },
      });
      tokens.set(scope, secret);
    }
  });

  /** Status and error code of a bare request: parameters name nothing that exists, and bodies are empty. */
  async function knock(
    route: RouteSpec,
    token: string | undefined,
  ): Promise<{ status: number; code: string | undefined }> {
    const path = route.path.replace(/\{[^}]+\}/g, 'e2e-none');
    const response = await fetch(`${platform.apiUrl}${path}`, {
      method: route.method,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(10_000),
    });
    if (response.status < 400) {
      await response.body?.cancel();
      return { status: response.status, code: undefined };
    }
    const body = (await response.json()) as { code?: string };
    return { status: response.status, code: body.code };
  }

  for (const [id, route] of Object.entries(routes) as [OperationId, RouteSpec][]) {
    if (route.scope === 'public') continue;
    test(`${id} needs the scope ${route.scope}`, async () => {
      turnedAway(await knock(route, undefined));
      turnedAway(await knock(route, 'berth_nobody_0000'));
      for (const [scope, token] of tokens) {
        if (ranks[scope] >= ranks[route.scope]) continue;
        assert.deepEqual(await knock(route, token), { status: 403, code: 'forbidden' }, scope);
      }
    });
  }

  test('a token may not do more after its name is known: only its secret counts', async () => {
    const token = tokens.get('admin')!;
    const wrong = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
    turnedAway(await knock(routes.listApps, wrong));
  });

  test('who guesses is slowed down, and who has a token is not', async () => {
    for (let guess = 0; guess < 40; guess++) turnedAway(await knock(routes.listApps, `berth_x_${guess}`));
    assert.equal((await knock(routes.listApps, 'berth_x_last')).code, 'rate_limited');
    assert.equal((await knock(routes.listApps, tokens.get('read'))).status, 200);
  });

  test('a revoked token is refused at once', async () => {
    const { id, secret } = await platform.client.call('createToken', {
      body: { name: 'e2e revoked', scope: 'read' },
    });
    assert.equal((await knock(routes.listApps, secret)).status, 200);
    await platform.client.call('deleteToken', { params: { id } });
    turnedAway(await knock(routes.listApps, secret));
  });

  test('refusals and changes are in the audit log, and no secret is', async () => {
    const token = tokens.get('read')!;
    await knock(routes.createToken, token);
    const { items } = await platform.client.call('listAudit', { query: { limit: 100 } });
    assert.ok(
      items.some((entry) => entry.actor.includes('e2e read') && entry.result === 'forbidden'),
      'the refusal is recorded',
    );
    assert.ok(items.some((entry) => entry.action === 'createToken' && entry.result === 'ok'));
    const text = JSON.stringify(items);
    for (const secret of tokens.values()) assert.equal(text.includes(secret), false);
  });

  test('the API listens on loopback only', async () => {
    const { networkInterfaces } = await import('node:os');
    const outside = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter((one) => one.family === 'IPv4' && !one.internal)
      .map((one) => one.address);
    for (const address of outside)
      assert.equal(await opens(address, testPlatform.apiPort), false, `${address}:${testPlatform.apiPort}`);
    assert.equal(await opens('127.0.0.1', testPlatform.apiPort), true);
  });

  test('the engine has no open port', async () => {
    for (const port of [2375, 2376]) assert.equal(await opens('127.0.0.1', port), false, String(port));
  });

  test('control has no engine socket and no root', async () => {
    const control = await platform.engine.inspectContainer(await platform.containerOf('control'));
    assert.notEqual(control.Config.User, '');
    assert.doesNotMatch(control.Config.User, /^(0|root)(:|$)/);
    for (const mount of control.Mounts) assert.doesNotMatch(mount.Source, /docker(\.sock)?$/);
    assert.equal(control.HostConfig.Privileged, false);
    const status = await readFile(`/proc/${control.State.Pid}/status`, 'utf8');
    assert.doesNotMatch(/^Uid:\s+(\d+)/m.exec(status)![1]!, /^0$/);
    assert.match(/^CapEff:\s+(\S+)/m.exec(status)![1]!, /^0+$/);
  });

  test('no secret is in the arguments or the environment of a platform process', async () => {
    for (const role of ['control', 'agent', 'edge', 'registry'] as const) {
      const { Config } = await platform.engine.inspectContainer(await platform.containerOf(role));
      const text = JSON.stringify([Config.Env, Config.Cmd, Config.Entrypoint]);
      assert.doesNotMatch(text, /berth_[a-z0-9]+_|BEGIN [A-Z ]*PRIVATE|password=|secret=/i, role);
      assert.equal(text.includes(platform.adminToken), false, role);
    }
  });

  test('files with secrets are readable by their owner only', async () => {
    const config = join(testPlatform.dir, 'config', 'berth', 'config.json');
    assert.equal((await stat(config)).mode & 0o077, 0, config);
    for (const path of ['control/keys', 'control/ca']) {
      const full = join(platform.dataDir, path);
      assert.equal((await stat(full)).mode & 0o007, 0, full);
    }
  });

  test('the agent link takes nobody without a certificate of the platform', async () => {
    const { connect: connectTls } = await import('node:tls');
    const outcome = await new Promise<string>((resolve) => {
      const socket = connectTls({
        host: '127.0.0.1',
        port: testPlatform.linkPort,
        ALPNProtocols: ['h2'],
        rejectUnauthorized: false,
        timeout: 5_000,
      });
      socket.on('data', (chunk) => resolve(`data ${chunk.length}`));
      socket.on('error', () => resolve('refused'));
      socket.on('close', () => resolve('refused'));
      socket.on('timeout', () => resolve('silent'));
    });
    assert.equal(outcome, 'refused');
  });
});

/** 401, or 429 for an address with too many wrong tokens lately. */
function turnedAway(answer: { status: number; code: string | undefined }): void {
  assert.ok(
    (answer.status === 401 && answer.code === 'unauthenticated') ||
      (answer.status === 429 && answer.code === 'rate_limited'),
    JSON.stringify(answer),
  );
}

function opens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2_000 });
    const end = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.on('connect', () => end(true));
    socket.on('timeout', () => end(false));
    socket.on('error', () => end(false));
  });
}
