import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { isAbsent } from '@berth/engine/engine';
import { demux } from '@berth/engine/streams';
import type { ContainerCreate } from '@berth/engine/types';
import { type SandboxEngine, sandboxEngine } from '@berth/testkit/sandbox-engine';
import { buildFromDockerfile } from './build.ts';
import { environment } from './environment.ts';
import { SOURCE_DATE_EPOCH } from './epoch.ts';
import { readHostSettings } from './host.ts';

async function withImage(t: TestContext, image: string): Promise<SandboxEngine | undefined> {
  const sandbox = await sandboxEngine(t);
  if (sandbox === undefined) return undefined;
  try {
    await sandbox.engine.inspectImage(image);
    return sandbox;
  } catch (cause) {
    if (!isAbsent(cause)) throw cause;
    t.skip(`no image ${image}: run \`./berth up\``);
    return undefined;
  }
}

async function output(sandbox: SandboxEngine, spec: ContainerCreate): Promise<string> {
  const { engine, labels, name } = sandbox;
  const { Id } = await engine.createContainer(name('run'), { ...spec, Labels: labels });
  await engine.startContainer(Id);
  const { StatusCode } = await engine.waitContainer(Id);
  const text: string[] = [];
  for await (const frame of demux(await engine.containerLogs(Id, {}))) text.push(frame.data.toString('utf8'));
  await engine.removeContainer(Id, { force: true });
  assert.equal(StatusCode, 0, text.join(''));
  return text.join('');
}

test('the same recipe gives the same layers, whatever the time of day', async (t) => {
  const sandbox = await withImage(t, 'berth/base:latest');
  if (sandbox === undefined) return;
  const { engine, labels } = sandbox;
  const bake = async (which: string): Promise<readonly string[]> => {
    const tag = `${sandbox.name(which)}:1`;
    t.after(() => engine.removeImage(tag, { force: true }));
    await buildFromDockerfile({
      engine,
      dockerfile: `FROM berth/base:latest
ARG SOURCE_DATE_EPOCH
RUN useradd --system worker && date > /tmp/now && date > /var/log/now && ldconfig && /usr/share/berth/seal test
`,
      entries: [],
      tag,
      labels,
      buildArgs: { SOURCE_DATE_EPOCH: String(SOURCE_DATE_EPOCH) },
      signal: AbortSignal.timeout(60_000),
      onLine: () => {},
    });
    return (await engine.inspectImage(tag)).RootFS.Layers;
  };
  assert.deepEqual(await bake('two'), await bake('one'));
});

test('a failed build quotes the step and its words', async (t) => {
  const sandbox = await withImage(t, 'berth/base:latest');
  if (sandbox === undefined) return;
  await assert.rejects(
    buildFromDockerfile({
      engine: sandbox.engine,
      dockerfile: 'FROM berth/base:latest\nRUN echo the reason why && exit 7\n',
      entries: [],
      tag: `${sandbox.name('fails')}:1`,
      labels: sandbox.labels,
      buildArgs: {},
      signal: AbortSignal.timeout(60_000),
      onLine: () => {},
    }),
    /the reason why[\s\S]*|code: 7/,
  );
});

test('authorities of the machine are trusted by the system’s bundle, Node.js and Python alike', async (t) => {
  const sandbox = await withImage(t, 'berth/node:latest');
  if (sandbox === undefined) return;
  const { extraAuthorities } = await readHostSettings(environment());
  if (extraAuthorities.length === 0) return t.skip('this machine was given no authorities');
  const script = `const { X509Certificate } = require('node:crypto');
const { readFileSync } = require('node:fs');
const blocks = (text) => text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
const prints = (all) => all.map((pem) => new X509Certificate(pem).fingerprint256);
console.log(JSON.stringify({
  system: prints(blocks(readFileSync('/etc/ssl/certs/ca-certificates.crt', 'utf8'))),
  node: prints(require('node:tls').getCACertificates('default')),
  python: [process.env.SSL_CERT_FILE, process.env.REQUESTS_CA_BUNDLE, process.env.PIP_CERT],
}));`;
  const seen = JSON.parse(
    await output(sandbox, { Image: 'berth/node:latest', Cmd: ['node', '-e', script] }),
  ) as {
    system: string[];
    node: string[];
    python: string[];
  };
  const { X509Certificate } = await import('node:crypto');
  for (const pem of extraAuthorities) {
    const { fingerprint256 } = new X509Certificate(pem);
    assert.ok(seen.system.includes(fingerprint256), 'curl, git and apt read the system’s bundle');
    assert.ok(seen.node.includes(fingerprint256), 'Node.js');
  }
  assert.deepEqual(new Set(seen.python), new Set(['/etc/ssl/certs/ca-certificates.crt']));
});

test('what an image holds is recorded in it', async (t) => {
  const sandbox = await withImage(t, 'berth/edge:latest');
  if (sandbox === undefined) return;
  const text = await output(sandbox, {
    Image: 'berth/edge:latest',
    Cmd: [
      'sh',
      '-c',
      'cd /usr/share/berth && sha256sum --check edge/packages.sha256 && cat edge/recipe edge/packages edge/Dockerfile',
    ],
  });
  assert.match(text, /edge\/packages: OK/);
  assert.match(text, /^haproxy 3\./m);
  assert.match(text, /^parent base [0-9a-f]{16}$/m);
});

test('static files are served by an ordinary user from a read-only root, and SIGQUIT ends it in order', async (t) => {
  const sandbox = await withImage(t, 'berth/static:latest');
  if (sandbox === undefined) return;
  const { engine } = sandbox;
  const { Id } = await engine.createContainer(sandbox.name('static'), {
    Image: 'berth/static:latest',
    Labels: sandbox.labels,
    ExposedPorts: { '8080/tcp': {} },
    HostConfig: {
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      Init: true,
      Tmpfs: { '/tmp': 'mode=1777', '/srv/www': 'mode=0755,uid=10001' },
      PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] },
    },
  });
  await engine.startContainer(Id);
  const write = await engine.createExec(Id, {
    Cmd: [
      'sh',
      '-c',
      'mkdir /srv/www/docs && echo hello > /srv/www/index.html && echo more > /srv/www/docs/index.html',
    ],
    AttachStdout: true,
  });
  const socket = await engine.startExec(write.Id, { tty: true });
  socket.resume();
  await once(socket, 'end');
  const port = (await engine.inspectContainer(Id)).NetworkSettings.Ports['8080/tcp']![0]!.HostPort;
  const url = `http://127.0.0.1:${port}`;
  const first = await sandbox.until(() => fetch(url).catch(() => undefined));
  assert.equal(await first.text(), 'hello\n');
  assert.equal((await fetch(`${url}/nowhere`)).status, 404);
  assert.equal((await fetch(`${url}/.env`)).status, 404);
  const redirect = await fetch(`${url}/docs`, { redirect: 'manual' });
  assert.ok(!(redirect.headers.get('location') ?? '').includes('8080'), 'no port of its own in a redirect');
  await engine.stopContainer(Id, { graceSeconds: 10 });
  assert.equal((await engine.inspectContainer(Id)).State.ExitCode, 0);
});
