import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { debianSuite } from '@berth/bakery/suite';
import { createEngine } from '@berth/engine/engine';
import { pushOnce } from '@berth/engine/push';
import { demux } from '@berth/engine/streams';
import { socketTransport } from '@berth/engine/transport';
import { prepareImages } from '@berth/setup/images';
import { copyImages, type Machine, startMachine, whyNoMachines } from '@berth/testkit/machine';
import { fact } from './deploying.ts';

const port = 5009;
const mirror = `127.0.0.1:${port}/mirror`;

const config = `version: 0.1
storage:
  filesystem: { rootdirectory: /data }
http: { addr: ':5000' }
`;

/**
 * An engine of its own, so that `berth/base:latest` of this machine stays what it is, with CNCF Distribution on
 * it as the registry a company has.
 */
describe('base images from a registry', { timeout: 300_000, skip: whyNoMachines() ?? false }, () => {
  let machine: Machine;
  let dir: string;
  const signal = AbortSignal.timeout(280_000);

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'berth-mirror-'));
    await chmod(dir, 0o755);
    await writeFile(join(dir, 'registry.yml'), config);
    machine = await startMachine({ name: 'berthreg', subnet: 78 });
    const { engine } = machine;
    const here = createEngine(socketTransport('/var/run/docker.sock'));
    // Debian as it was made of its packages stands in for the one of Docker Hub.
    await copyImages(here, engine, ['berth/registry:latest', 'berth/debian:latest']);
    const { Id } = await engine.createContainer('mirror', {
      Image: 'berth/registry:latest',
      ExposedPorts: { '5000/tcp': {} },
      HostConfig: {
        Binds: [`${dir}:/etc/berth:ro`],
        Tmpfs: { '/data': 'uid=10001' },
        PortBindings: { '5000/tcp': [{ HostIp: '127.0.0.1', HostPort: String(port) }] },
      },
    });
    await engine.startContainer(Id);
  });
  after(async () => {
    await machine?.destroy();
    await rm(dir, { recursive: true, force: true });
  });

  /** Bakes as `up --base-registry` does, and gives what was said and what came of it. */
  async function bake(baseRegistry: string) {
    const { engine } = machine;
    const words: { kind: string; text: string }[] = [];
    const [base] = await prepareImages({
      engine,
      signal,
      baseRegistry,
      wanted: ['base'],
      onProgress: ({ kind, text }) => words.push({ kind, text }),
    });
    const { Config, RootFS } = await engine.inspectImage(base!.reference);
    const { Id } = await engine.createContainer('look', {
      Image: base!.reference,
      Cmd: ['cat', '/usr/share/berth/base/recipe', '/etc/debian_version'],
    });
    await engine.startContainer(Id);
    await engine.waitContainer(Id);
    let record = '';
    for await (const frame of demux(await engine.containerLogs(Id, {}))) record += String(frame.data);
    await engine.removeContainer(Id, { force: true });
    const latest = await engine.inspectImage('berth/base:latest');
    assert.equal(latest.Id, base!.id, 'under the same name as always');
    return {
      words,
      record,
      labels: Config.Labels ?? {},
      layers: RootFS.Layers,
      warnings: words.filter(({ kind }) => kind === 'warning').map(({ text }) => text),
    };
  }

  test('where it answers, Debian is pulled from it, and the image says so', async () => {
    const { engine } = machine;
    const [repository, tag] = [`${mirror}/debian`, `${debianSuite}-slim`];
    const debian = await engine.inspectImage('berth/debian:latest');
    await engine.tagImage('berth/debian:latest', repository, tag);
    const auth = { username: '', password: '', serveraddress: `127.0.0.1:${port}` };
    const digest = await fact(async () => {
      const pushed = await pushOnce(engine, { repository, tag }, { auth, signal, onProgress: () => {} });
      // The registry may not listen yet.
      return pushed.kind === 'pushed' ? pushed.digest : undefined;
    }, 30_000);
    await engine.removeImage(`${repository}:${tag}`);
    await engine.removeImage('berth/debian:latest', { force: true });

    const { labels, record, layers, words, warnings } = await bake(mirror);
    assert.deepEqual(warnings, []);
    assert.ok(
      words.some(({ text }) => /Pulling from mirror\/debian/.test(text)),
      JSON.stringify(words),
    );
    assert.equal(labels['berth.source'], 'registry');
    assert.equal(labels['berth.digest'], `${repository}@${digest}`);
    assert.match(labels['berth.recipe'] ?? '', /^[0-9a-f]{16}$/);
    assert.ok(record.includes(`from registry ${repository}@${digest}\n`), record);
    assert.equal(layers[0], debian.RootFS.Layers[0], 'it stands on the very layer of the registry');

    const again = await bake(mirror);
    assert.deepEqual(again.words, [], 'nothing is baked a second time');
  });

  test('where none answers, it is made from packages, and the reason is said in words', async () => {
    const stopped = new AbortController();
    const words: { kind: string; text: string }[] = [];
    const baking = prepareImages({
      engine: machine.engine,
      signal: AbortSignal.any([signal, stopped.signal]),
      baseRegistry: '127.0.0.1:1',
      wanted: ['base'],
      onProgress: ({ kind, text }) => {
        words.push({ kind, text });
        // Its packages are on their way: all images of this machine show that they come to an end.
        if (/^(chroot|installing|extracting|running) .*/.test(text)) stopped.abort(new Error('seen enough'));
      },
    });
    await assert.rejects(baking, /seen enough/);
    const warnings = words.filter(({ kind }) => kind === 'warning').map(({ text }) => text);
    assert.equal(warnings.length, 1);
    assert.match(
      warnings[0]!,
      /^127\.0\.0\.1:1\/debian:trixie-slim cannot be pulled \(.*connection refused.*\); Debian is made from its packages at https?:\/\//,
    );
    const here = createEngine(socketTransport('/var/run/docker.sock'));
    const { Config } = await here.inspectImage('berth/debian:latest');
    assert.match(Config.Labels?.['berth.source'] ?? '', /^(distribution|registry)$/);
  });
});
