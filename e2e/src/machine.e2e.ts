import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createEngine } from '@berth/engine/engine';
import { socketTransport } from '@berth/engine/transport';
import { copyImages, type Machine, startMachine, whyNoMachines } from '@berth/testkit/machine';
import { fact } from './deploying.ts';
import { berthOn } from './machine.ts';
import { answering, nodeApp, rowsApp, scratch, writeFiles } from './sources.ts';

const app = 'shop';
const domain = 'apps.localhost';

interface DeploymentJson {
  readonly id: string;
  readonly state: string;
  readonly failure?: {
    readonly code: string;
    readonly message: string;
    readonly evidence: readonly string[];
  };
}

/**
 * A machine with an engine and a disk of its own, made for this test: what would harm everything else on a
 * shared one. All is done with the command line, as its user would.
 */
describe('a machine in trouble', { timeout: 600_000, skip: whyNoMachines() ?? false }, () => {
  let machine: Machine;
  let dir: string;
  const address = '10.213.77.2';

  const berth = (args: readonly string[], timeoutMs = 180_000) =>
    berthOn(machine, args, { cwd: dir, timeoutMs });
  const json = async <T>(...args: string[]): Promise<T> => {
    const result = await berth([...args, '--json']);
    return JSON.parse(result.stdout.trim().split('\n').at(-1)!) as T;
  };
  const serves = async (name = app, path = '/'): Promise<string | undefined> => {
    try {
      const { get } = await import('node:http');
      return await new Promise((resolve, reject) => {
        const outgoing = get(
          `http://${address}${path}`,
          { headers: { host: `${name}.${domain}` }, agent: false, timeout: 2_000 },
          (incoming) => {
            let text = '';
            incoming.on('data', (chunk) => {
              text += String(chunk);
            });
            incoming.on('end', () => resolve(incoming.statusCode === 200 ? text : undefined));
            incoming.on('error', reject);
          },
        );
        outgoing.on('timeout', () => outgoing.destroy(new Error('late')));
        outgoing.on('error', reject);
      });
    } catch {
      // The edge is on its way up: asked again until the deadline.
      return undefined;
    }
  };
  const write = (files: Record<string, string>): Promise<string> => writeFiles(dir, files);

  before(async () => {
    dir = await scratch();
    machine = await startMachine({ name: 'berthe2e', subnet: 77, diskMegabytes: 3_000 });
    const here = createEngine(socketTransport('/var/run/docker.sock'));
    const images = (await here.listImages())
      .flatMap((image) => image.RepoTags ?? [])
      .filter((tag) => /^berth\/(base|node|static|edge|registry|volume|system):latest$/.test(tag));
    // With its recipe as a second tag, so that `up` finds it to be the one it would bake.
    const recipes = (await here.listImages())
      .filter((image) => (image.RepoTags ?? []).some((tag) => images.includes(tag)))
      .flatMap((image) => image.RepoTags ?? []);
    await copyImages(here, machine.engine, recipes);
    const up = await berth(['up', '--data-dir', join(machine.dir, 'berth'), '--domain', domain], 400_000);
    assert.equal(up.code, 0, `${up.stdout}\n${up.stderr}`);
    await write(nodeApp(answering('one')));
    const deployed = await berth(['deploy', '-a', app]);
    assert.equal(deployed.code, 0, `${deployed.stdout}\n${deployed.stderr}`);
    assert.equal(await serves(), 'one');
  });
  after(async () => {
    await machine?.destroy();
  });

  test('a disk that fills up during a build: the reason, and the old release serves', async () => {
    await write({
      Dockerfile: 'FROM berth/node\nRUN dd if=/dev/zero of=/big bs=1M count=20000\n',
    });
    const result = await berth(['deploy', '-a', app]);
    assert.notEqual(result.code, 0);
    assert.match(`${result.stdout}\n${result.stderr}`, /no space left|disk is full/i);
    assert.equal(await serves(), 'one');
  });

  test('and a deployment after it goes through', async () => {
    await write(nodeApp(answering('two')));
    const result = await berth(['deploy', '-a', app]);
    assert.equal(result.code, 0, `${result.stdout}\n${result.stderr}`);
    assert.equal(await serves(), 'two');
  });

  test('an engine that restarts during a deployment: it goes on and ends', async () => {
    await write(nodeApp(answering('three')));
    const { id } = await json<DeploymentJson>('deploy', '-a', app, '--detach');
    await machine.stopEngine();
    await machine.startEngine();
    await fact(async () => ((await serves()) === undefined ? undefined : true), 120_000);
    const attached = await berth(['deploy', '-a', app, '--attach', id]);
    assert.equal(attached.code, 0, `${attached.stdout}\n${attached.stderr}`);
    assert.equal(await serves(), 'three');
  });

  test('an engine that is killed: volumes, limited or not, are there again with their data', async () => {
    const rows = await writeFiles(await scratch(), rowsApp);
    const deployed = await berthOn(machine, ['deploy', '-a', 'rows'], { cwd: rows });
    assert.equal(deployed.code, 0, `${deployed.stdout}\n${deployed.stderr}`);
    assert.equal(await fact(() => serves('rows', '/add?row=one'), 30_000), 'one\none\n');

    await machine.killEngine();
    await machine.startEngine();
    assert.equal(await fact(() => serves('rows'), 120_000), 'one\none\n');
    assert.equal(await fact(() => serves('rows', '/add?row=two'), 30_000), 'one\ntwo\none\ntwo\n');
    const volumes = await json<{ name: string; fault?: string; bytesTotal?: number }[]>('volume', 'ls');
    assert.deepEqual(
      volumes.map(({ name, fault }) => [name, fault]),
      [
        ['rows_data', undefined],
        ['rows_limited', undefined],
      ],
    );
    assert.ok((volumes[1]?.bytesTotal ?? Number.POSITIVE_INFINITY) < 64 * 2 ** 20, 'still a disk of its own');
  });
});
