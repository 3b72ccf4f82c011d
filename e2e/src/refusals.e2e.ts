import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { RemoteError } from '@berth/client/problem';
import { ask, beginDeploy, type DeploymentView, deploy, endOf, fact, removeApp } from './deploying.ts';
import { openPlatform, type PlatformUnderTest } from './platform.ts';
import { answering, nodeApp, scratch, writeFiles } from './sources.ts';

const app = 'e2e-refusals';

/** What a user can get wrong: a clear answer, the old release serves on, and nothing half-made stays. */
describe('what is wrong is refused in words', { timeout: 600_000 }, () => {
  let platform: PlatformUnderTest;
  let good: string;

  before(async () => {
    platform = await openPlatform();
    good = await writeFiles(await scratch(), nodeApp(answering('good')));
    await deploy(platform, app, good);
  });
  after(() => removeApp(platform, app));

  /** The old release serves, and no task or service of the failed one is left. */
  async function unharmed(): Promise<void> {
    assert.deepEqual(await ask(platform, platform.hostOf(app)), { status: 200, text: 'good' });
    await fact(async () => {
      const services = await platform.engine.listServices({
        filters: { label: [`berth.app=${app}`, `berth.platform=${platform.name}`] },
        status: true,
      });
      return services.filter((one) => one.ServiceStatus!.DesiredTasks > 0).length === 1 ? true : undefined;
    });
  }
  async function failing(files: Record<string, string>): Promise<DeploymentView> {
    const dir = await writeFiles(await scratch(), files);
    const { id } = await beginDeploy(platform, app, dir);
    const view = await endOf(platform, id);
    assert.equal(view.state, 'failed', JSON.stringify(view));
    await unharmed();
    return view;
  }
  /** Text of a failure: what a user sees. */
  const words = (view: DeploymentView): string =>
    [view.failure?.code, view.failure?.message, view.failure?.hint, ...(view.failure?.evidence ?? [])].join(
      '\n',
    );
  const scenario = (name: string, body: () => Promise<void>): void => {
    test(name, body);
  };
  const compose = (more: string): string => `services:\n  web:\n    build: .\n${more}`;
  const deadline = 'x-berth:\n  strategy:\n    deadline: 30s\n';

  scenario('an unknown manifest key is named, with the line and the nearest known key', async () => {
    const dir = await writeFiles(
      await scratch(),
      nodeApp(answering('x'), compose('    enviroment:\n      A: b\n')),
    );
    await assert.rejects(
      async () => {
        const view = await endOf(platform, (await beginDeploy(platform, app, dir)).id);
        if (view.state === 'failed') throw new Error(words(view));
      },
      (cause: Error) => {
        const text = cause instanceof RemoteError ? JSON.stringify(cause.issues) : cause.message;
        assert.match(text, /enviroment/);
        assert.match(text, /environment/);
        assert.match(text, /compose\.yaml:4/);
        return true;
      },
    );
    await unharmed();
  });

  scenario('a port that nothing listens on: the probe and its answer are quoted', async () => {
    const view = await failing({
      ...nodeApp(answering('x', 3333), compose('    ports: ["8080"]\n') + deadline),
    });
    assert.match(view.failure!.code, /release_unhealthy|deadline_exceeded/);
    assert.match(words(view), /8080/);
    assert.match(words(view), /refused/i);
  });

  scenario('an app that exits at once: its exit code and last lines are quoted', async () => {
    const view = await failing(nodeApp("console.error('no database at db:5432'); process.exit(7);"));
    assert.equal(view.failure?.code, 'release_unhealthy');
    assert.match(words(view), /\b7\b/);
    assert.match(words(view), /no database at db:5432/);
  });

  scenario('an app that never becomes healthy: the answer to the probe is quoted', async () => {
    const script = `import { createServer } from 'node:http';
createServer((request, response) => { response.statusCode = 503; response.end('warming up'); }).listen(8080);`;
    const view = await failing(nodeApp(script, compose('    ports: ["8080"]\n') + deadline));
    assert.match(words(view), /503/);
  });

  scenario('an app that goes to the background is told to stay in the foreground', async () => {
    const script = `import { spawn } from 'node:child_process';
spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { detached: true, stdio: 'ignore' }).unref();
console.log('started in the background');`;
    const view = await failing(nodeApp(script));
    assert.equal(view.failure?.code, 'release_unhealthy');
    assert.match(words(view), /foreground/i);
  });

  scenario('a build that fails: the failed step and its output are quoted', async () => {
    const view = await failing({
      Dockerfile: 'FROM berth/node\nRUN echo about to fail && exit 9\n',
    });
    assert.equal(view.failure?.code, 'build_failed');
    assert.match(words(view), /about to fail/);
    assert.match(words(view), /9/);
  });

  scenario('a missing variable is named', async () => {
    const dir = await writeFiles(
      await scratch(),
      nodeApp(answering('x'), compose(`    environment:\n      KEY: \${MISSING_KEY:?set it}\n`)),
    );
    await assert.rejects(async () => {
      const view = await endOf(platform, (await beginDeploy(platform, app, dir)).id);
      if (view.state === 'failed') throw new Error(words(view));
    }, /MISSING_KEY/);
    await unharmed();
  });

  scenario('memory that runs out is called by its name', async () => {
    const script = `const kept = []; setInterval(() => kept.push(Buffer.alloc(16 * 2 ** 20, 1)), 5);`;
    const view = await failing(nodeApp(script, compose('    ports: ["8080"]\n    mem_limit: 64m\n')));
    assert.match(words(view), /memory|OOM/i);
  });

  scenario('a release command that fails stops the deployment before any traffic', async () => {
    const view = await failing(
      nodeApp(
        answering('x'),
        compose('') +
          `x-berth:\n  hooks:\n    release:\n      service: web\n      command: ["node", "-e", "console.log('migration 12 failed'); process.exit(4)"]\n`,
      ),
    );
    assert.equal(view.failure?.code, 'hook_failed');
    assert.match(words(view), /migration 12 failed/);
    assert.match(words(view), /\b4\b/);
  });

  const refused = async (code: string, pattern: RegExp, call: () => Promise<unknown>): Promise<void> => {
    await assert.rejects(call, (cause: unknown) => {
      if (!(cause instanceof RemoteError)) throw cause;
      assert.equal(cause.remoteCode, code, cause.message);
      assert.match(`${cause.message}\n${cause.hint}\n${JSON.stringify(cause.issues)}`, pattern);
      return true;
    });
  };

  scenario('a name that is not a DNS label comes back with one that is', () =>
    refused('invalid_name', /my-shop/, () =>
      platform.client.call('createApp', { body: { name: 'My_Shop' } }),
    ),
  );

  scenario('a domain of another app is not taken away', async () => {
    const other = 'e2e-other';
    await platform.client.call('createApp', { body: { name: other } });
    try {
      await platform.client.call('addDomain', { params: { app }, body: { domain: 'taken.example.com' } });
      await refused('domain_taken', /taken\.example\.com/, () =>
        platform.client.call('addDomain', {
          params: { app: other },
          body: { domain: 'taken.example.com' },
        }),
      );
    } finally {
      await removeApp(platform, other);
    }
  });

  const raw = (path: string, init: RequestInit): Promise<Response> =>
    fetch(`${platform.apiUrl}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${platform.adminToken}`, ...init.headers },
      signal: AbortSignal.timeout(30_000),
    });
  const problem = async (response: Response): Promise<{ status: number; code: string; detail: string }> => {
    assert.match(response.headers.get('content-type') ?? '', /application\/problem\+json/);
    const { code, detail } = (await response.json()) as { code: string; detail: string };
    return { status: response.status, code, detail };
  };

  scenario('a body that is not JSON', async () => {
    const headers = { 'content-type': 'application/json' };
    const answer = await problem(await raw('/v1/apps', { method: 'POST', body: '{"name":', headers }));
    assert.deepEqual([answer.status, answer.code], [400, 'malformed_body']);
  });

  scenario('a gigantic body', async () => {
    const headers = { 'content-type': 'application/json' };
    const body = `{"name":"${'x'.repeat(5_000_000)}"}`;
    const answer = await problem(await raw('/v1/apps', { method: 'POST', body, headers }));
    assert.deepEqual([answer.status, answer.code], [413, 'body_too_large']);
  });

  scenario('a field nobody knows', async () => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ name: 'e2e-x', colour: 'red' });
    const answer = await problem(await raw('/v1/apps', { method: 'POST', body, headers }));
    assert.deepEqual([answer.status, answer.code], [422, 'invalid']);
  });

  scenario('a path and a method that are not there', async () => {
    assert.equal((await problem(await raw('/v1/nothing', {}))).code, 'not_found');
    assert.equal((await problem(await raw('/v1/apps', { method: 'DELETE' }))).code, 'method_not_allowed');
  });

  for (const entry of ['../outside.txt', '/etc/outside.txt', 'a/../../outside.txt']) {
    scenario(`an upload that writes to ${entry}`, async () => {
      const { pack } = await import('tar-stream');
      const { gzipSync } = await import('node:zlib');
      const tar = pack();
      tar.entry({ name: entry }, 'outside');
      tar.finalize();
      const chunks: Buffer[] = [];
      for await (const chunk of tar) chunks.push(chunk as Buffer);
      await refused('unsafe_archive', /outside\.txt/, () =>
        platform.client.call('uploadSource', {
          params: { app },
          body: new Uint8Array(gzipSync(Buffer.concat(chunks))),
        }),
      );
    });
  }

  scenario('a symbolic link out of the context is refused before anything is sent', async () => {
    const dir = await writeFiles(await scratch(), nodeApp(answering('x')));
    await symlink('/etc/passwd', join(dir, 'passwd'));
    const result = await platform.berth(['deploy', dir, '-a', app]);
    assert.notEqual(result.code, 0);
    assert.match(result.stderr + result.stdout, /passwd/);
    await unharmed();
  });

  scenario('a failed deployment gives the command line an exit code and the reason', async () => {
    const dir = await writeFiles(
      await scratch(),
      nodeApp("console.error('no licence file'); process.exit(3);"),
    );
    const result = await platform.berth(['deploy', dir, '-a', app]);
    assert.notEqual(result.code, 0);
    assert.match(result.stderr + result.stdout, /no licence file/);
    await unharmed();
  });
});
