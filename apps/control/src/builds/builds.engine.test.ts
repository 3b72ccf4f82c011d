import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { label } from '@berth/domain/label';
import { isAbsent } from '@berth/engine/engine';
import type { Clock } from '@berth/runtime/clock';
import { systemClock } from '@berth/runtime/clock';
import { newId } from '@berth/runtime/ids';
import { Secret } from '@berth/runtime/secret';
import { directoryTree } from '@berth/source/directory-tree';
import { recognise } from '@berth/source/recognise';
import { type Generated, renderDockerfile } from '@berth/source/render';
import { type SandboxEngine, sandboxEngine } from '@berth/testkit/sandbox-engine';
import { sandboxRegistry } from '@berth/testkit/sandbox-registry';
import type { NodeLink } from '../nodes/ports.ts';
import { createBuilds } from './builds.ts';
import type { BuildEvent, Builder, BuildOutcome, BuildRequest, Builds } from './ports.ts';
import { createRegistryClient, type RegistryAccess } from './registry-client.ts';

const helloDir = join(import.meta.dirname, '../../../../examples/hello');
interface Sandbox {
  readonly box: SandboxEngine;
  readonly registry: RegistryAccess;
  readonly platform: string;
  readonly dir: string;
  builds(over?: { builder?: Builder; clock?: Clock; dataDir?: string }): Builds;
  /** A context of these files. */
  context(files: Record<string, string>): Promise<string>;
  request(over: Partial<BuildRequest> & Pick<BuildRequest, 'contextDir' | 'dockerfile'>): BuildRequest;
}

/** A registry of the test's own, and a platform whose images are removed when it ends. */
async function sandbox(t: TestContext): Promise<Sandbox | undefined> {
  const box = await sandboxEngine(t);
  if (box === undefined) return undefined;
  const { engine } = box;
  const platform = box.name('platform');
  const dir = await mkdtemp(join(tmpdir(), 'berth-builds-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  t.after(() => removeImages(box, platform));
  const registry: RegistryAccess = await sandboxRegistry(t, box, platform);
  const link = { name: 'n1', engine, facts: () => ({ diskBytesFree: 1e12 }) } as unknown as NodeLink;
  let contexts = 0;
  return {
    box,
    registry,
    platform,
    dir,
    builds: (over = {}) =>
      createBuilds({
        nodes: { manager: async () => link },
        registry,
        platform,
        build: { memoryBytesMax: 512 * 1024 * 1024, cpusMax: 1, concurrency: 1 },
        dataDir: over.dataDir ?? join(dir, 'control'),
        clock: over.clock ?? systemClock,
        log: { info: () => {}, warn: () => {} },
        ...(over.builder === undefined ? {} : { builder: over.builder }),
      }),
    async context(files) {
      contexts += 1;
      const contextDir = join(dir, `context-${contexts}`);
      for (const [path, text] of Object.entries(files)) {
        await mkdir(join(contextDir, dirname(path)), { recursive: true });
        await writeFile(join(contextDir, path), text);
      }
      return contextDir;
    },
    request: (over) => ({
      id: newId(Date.now()),
      app: 'hello',
      service: 'web',
      args: {},
      imageRepository: 'hello/web',
      ...over,
    }),
  };
}

async function removeImages({ engine }: SandboxEngine, platform: string): Promise<void> {
  const ignoreAbsent = (cause: unknown) => {
    if (!isAbsent(cause)) throw cause;
  };
  for (const image of await engine.listImages({ filters: { label: [`${label.platform}=${platform}`] } }))
    await engine.removeImage(image.Id, { force: true }).catch(ignoreAbsent);
}

async function run(
  builds: Builds,
  request: BuildRequest,
  options: { signal?: AbortSignal; onEvent?: (event: BuildEvent) => void } = {},
): Promise<{ outcome: BuildOutcome; events: BuildEvent[]; ms: number }> {
  const events: BuildEvent[] = [];
  const startedAt = Date.now();
  const outcome = await builds.build(request, {
    signal: options.signal ?? AbortSignal.timeout(120_000),
    onEvent: (event) => {
      events.push(event);
      options.onEvent?.(event);
    },
  });
  return { outcome, events, ms: Date.now() - startedAt };
}

function assertBuilt(outcome: BuildOutcome): Extract<BuildOutcome, { kind: 'built' }> {
  assert.equal(outcome.kind, 'built', JSON.stringify(outcome));
  return outcome as Extract<BuildOutcome, { kind: 'built' }>;
}

const text = (dockerfile: string) => ({ kind: 'text', text: dockerfile }) as const;

test('builds', async (shared) => {
  const it = await sandbox(shared);
  if (it === undefined) return;
  for (const builder of ['buildkit', 'classic'] as const) {
    await shared.test(`${builder}: hello is built from source, pushed, and pinned by digest`, async (t) => {
      const contextDir = join(it.dir, `hello-${builder}`);
      await cp(helloDir, contextDir, { recursive: true });
      const recognised = (await recognise(await directoryTree(contextDir))) as Generated;
      const dockerfile = text(renderDockerfile(recognised));
      const first = await run(
        it.builds({ builder }),
        it.request({ contextDir, dockerfile, assumedPort: 8080 }),
      );
      const built = assertBuilt(first.outcome);
      assert.match(built.image, /^127\.0\.0\.1:\d+\/hello\/web@sha256:[0-9a-f]{64}$/);
      assert.deepEqual([built.ports, built.warnings], [[8080], []]);
      assert.equal(await it.builds().inspectPort(built.image), 8080);
      assert.ok(built.steps.some((step) => step.text.includes('COPY')));

      const unchanged = await run(it.builds({ builder }), it.request({ contextDir, dockerfile }));
      assert.equal(assertBuilt(unchanged.outcome).image, built.image);
      assert.ok(unchanged.events.some((event) => event.kind === 'reused'));

      // Without the record, the builder's own cache gives the same image.
      const cached = await run(
        it.builds({ builder, dataDir: join(it.dir, `other-${builder}`) }),
        it.request({ contextDir, dockerfile }),
      );
      assert.equal(assertBuilt(cached.outcome).imageId, built.imageId);
      assert.ok(assertBuilt(cached.outcome).steps.some((step) => step.cached));
      t.diagnostic(
        `first ${first.ms} ms, unchanged ${unchanged.ms} ms, from the builder's cache ${cached.ms} ms`,
      );
      assert.ok(cached.ms < 15_000);
    });

    await shared.test(
      `${builder}: a failed step gives its exit code and last lines, and leaves nothing behind`,
      async () => {
        const contextDir = await it.context({ a: 'x' });
        const dockerfile = text('FROM berth/base\nRUN echo before\nRUN echo boom here >&2; exit 7\n');
        const { outcome, events } = await run(
          it.builds({ builder }),
          it.request({ contextDir, dockerfile, imageRepository: 'broken/web' }),
        );
        assert.ok(outcome.kind === 'failed', JSON.stringify(outcome));
        assert.match(outcome.step, /echo boom/);
        assert.deepEqual([outcome.exitCode, outcome.lastLines], [7, ['boom here']]);
        assert.ok(events.some((event) => event.kind === 'step' && event.state === 'failed'));
        assert.ok(!(await createRegistryClient(it.registry).listRepositories()).includes('broken/web'));
      },
    );

    await shared.test(`${builder}: a Dockerfile that cannot be read fails as such`, async () => {
      const contextDir = await it.context({ Dockerfile: 'FROM berth/base\nRUNN x\n' });
      const { outcome } = await run(
        it.builds({ builder }),
        it.request({ contextDir, dockerfile: { kind: 'path', path: 'Dockerfile' } }),
      );
      assert.ok(outcome.kind === 'failed', JSON.stringify(outcome));
      assert.equal(outcome.step, 'Dockerfile');
      assert.match(outcome.because, /unknown instruction: RUNN/i);
    });

    await shared.test(`${builder}: a base image that is nowhere fails with its name`, async () => {
      const contextDir = await it.context({ a: '' });
      const { outcome } = await run(
        it.builds({ builder }),
        it.request({ contextDir, dockerfile: text(`FROM ${it.registry.address}/no/such:1\n`) }),
      );
      assert.ok(outcome.kind === 'failed', JSON.stringify(outcome));
      assert.match(outcome.step, /^FROM .*no\/such:1$/);
      assert.match(outcome.because, /no basic auth credentials/);
    });

    await shared.test(
      `${builder}: cancelling ends this build and its processes, not the next one`,
      async () => {
        const contextDir = await it.context({ a: '' });
        const builds = it.builds({ builder });
        const seconds = `${100_000 + Math.floor(Math.random() * 900_000)}`;
        const cancel = new AbortController();
        const started = Promise.withResolvers<undefined>();
        const first = run(
          builds,
          it.request({
            contextDir,
            dockerfile: text(`FROM berth/base\nRUN echo sleeping; sleep ${seconds}\n`),
          }),
          {
            signal: cancel.signal,
            onEvent: (event) => {
              if (event.kind === 'log') started.resolve(undefined);
            },
          },
        );
        const queued = Promise.withResolvers<number>();
        const second = run(
          builds,
          it.request({ contextDir, dockerfile: text('FROM berth/base\nUSER app\n') }),
          {
            onEvent: (event) => {
              if (event.kind === 'queued') queued.resolve(event.position);
            },
          },
        );
        await started.promise;
        assert.equal(await queued.promise, 1);
        // Its output may be here before the process that follows it.
        await it.box.until(async () => ((await isRunning(seconds)) ? true : undefined));
        cancel.abort();
        assert.deepEqual((await first).outcome, { kind: 'cancelled' });
        await it.box.until(async () => ((await isRunning(seconds)) ? undefined : true));
        assertBuilt((await second).outcome);
      },
    );
  }

  await shared.test(
    "a syntax line whose reader cannot be had gives way to the engine's own, with a warning",
    async () => {
      const syntax = 'docker/dockerfile:1.99-not-there';
      const contextDir = await it.context({
        Dockerfile: `# syntax=${syntax}\nFROM berth/base\nUSER app\n`,
        a: '',
      });
      const { outcome } = await run(
        it.builds({ builder: 'buildkit' }),
        it.request({ contextDir, dockerfile: { kind: 'path', path: 'Dockerfile' } }),
      );
      const { dockerfile, warnings } = assertBuilt(outcome);
      assert.match(dockerfile, /^# syntax=/, 'what is kept is what was written');
      assert.match(warnings.join(), /1\.99-not-there cannot be pulled/);
    },
  );

  await shared.test(
    'a variable is never in the history; one written into the image is warned of by name',
    async () => {
      const value = `s3cret-${newId(Date.now())}`;
      const variables = { PAYMENT_KEY: new Secret(value), OTHER: new Secret('not-there-at-all') };
      const contextDir = await it.context({ 'index.js': '' });
      const dockerfile = text('FROM berth/base\nARG MODE\nRUN env\nUSER app\n');
      const clean = await run(
        it.builds(),
        it.request({ contextDir, dockerfile, variables, args: { MODE: 'production' } }),
      );
      const { imageId, warnings } = assertBuilt(clean.outcome);
      assert.deepEqual(warnings, []);
      const history = JSON.stringify(await it.box.engine.imageHistory(imageId));
      const image = JSON.stringify(await it.box.engine.inspectImage(imageId));
      assert.ok(
        !history.includes(value) && !image.includes(value) && !JSON.stringify(clean.events).includes(value),
      );

      const leaky = await run(
        it.builds(),
        it.request({
          contextDir,
          dockerfile: text(`FROM berth/base\nENV API_TOKEN=${value}\n`),
          variables,
          args: { NPM_TOKEN: 'x' },
        }),
      );
      const words = assertBuilt(leaky.outcome).warnings.join('\n');
      assert.match(words, /holds API_TOKEN[\s\S]*argument NPM_TOKEN[\s\S]*variable PAYMENT_KEY/);
      assert.match(words, /runs as root/);
      assert.ok(!words.includes(value));
    },
  );

  await shared.test('an image somebody else made is kept under a digest', async (t) => {
    const hooks = { signal: AbortSignal.timeout(60_000), onEvent: () => {} };
    const request = { id: newId(Date.now()), reference: 'berth/static:latest', imageRepository: 'site/web' };
    const kept = await it.builds().keepImage(request, hooks);
    t.after(() => it.box.engine.removeImage(`${it.registry.address}/site/web:${request.id}`));
    assert.match(kept.image, /\/site\/web@sha256:/);
    assert.deepEqual(kept.ports, [8080]);
    // The next deployment finds it there: nothing is pushed, which takes a large app most of a no-op's time.
    const events: BuildEvent[] = [];
    const again = await it
      .builds()
      .keepImage({ ...request, id: newId(Date.now()) }, { ...hooks, onEvent: (event) => events.push(event) });
    assert.deepEqual(again, kept);
    assert.ok(!events.some(({ kind }) => kind === 'pushing' || kind === 'pushed'));
    await assert.rejects(
      it.builds().keepImage({ ...request, reference: `${it.registry.address}/no/such:1` }, hooks),
      {
        code: 'image_denied',
      },
    );
  });
});

test('garbage goes, kept digests stay, and the next build can be pushed', async (t) => {
  const it = await sandbox(t);
  if (it === undefined) return;
  const contextDir = await it.context({ a: '1' });
  const make = async (n: number) =>
    assertBuilt(
      (
        await run(
          it.builds(),
          it.request({ contextDir, dockerfile: text(`FROM berth/base\nRUN echo ${n} > /n\nUSER app\n`) }),
        )
      ).outcome,
    );
  const [kept, dropped] = [await make(1), await make(2)];
  const digest = (image: string) => image.slice(image.indexOf('@') + 1);
  const client = createRegistryClient(it.registry);
  const keep = new Set([digest(kept.image)]);
  const young = await it.builds().collectGarbage({ keep });
  assert.deepEqual([young.manifestsDeleted, young.imagesRemoved], [0, 0], 'both are within the grace period');

  const report = await it.builds().collectGarbage({ keep, graceMs: -1000 });
  assert.deepEqual([report.manifestsDeleted, report.manifestsKept, report.imagesRemoved], [1, 1, 1]);
  assert.equal(await client.findDigest('hello/web', digest(kept.image)), digest(kept.image));
  assert.equal(await client.findDigest('hello/web', digest(dropped.image)), undefined);
  await it.box.engine.inspectImage(kept.image);
  await assert.rejects(it.box.engine.inspectImage(dropped.image), isAbsent);

  const request = { id: newId(Date.now()), reference: 'berth/static:latest', imageRepository: 'site/web' };
  const hooks = { signal: AbortSignal.timeout(60_000), onEvent: () => {} };
  const foreign = await it.builds().keepImage(request, hooks);
  await it.builds().collectGarbage({ keep, graceMs: -1000 });
  await assert.rejects(it.box.engine.inspectImage(foreign.image), isAbsent);
  await it.box.engine.inspectImage('berth/static:latest');

  const again = await make(2);
  assert.equal(await client.findDigest('hello/web', digest(again.image)), digest(again.image));
});

/** Is there a process that was given this argument? */
async function isRunning(argument: string): Promise<boolean> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
    if (words[0]?.endsWith('sleep') && words[1] === argument) return true;
  }
  return false;
}

for (const builder of ['buildkit', 'classic'] as const)
  test(`${builder}: a build of its own labels, hosts and no network`, async (t) => {
    const box = await sandbox(t);
    if (box === undefined) return;
    const { outcome } = await run(
      box.builds({ builder }),
      box.request({
        contextDir: await box.context({ a: 'a' }),
        dockerfile: text('FROM berth/base\nRUN grep tester /etc/hosts && [ "$(ls /sys/class/net)" = lo ]\n'),
        options: { isOffline: true, extraHosts: ['tester:192.0.2.7'], labels: { made: 'here' } },
      }),
    );
    const { Config } = await box.box.engine.inspectImage(assertBuilt(outcome).imageId);
    assert.equal(Config.Labels?.made, 'here');
  });
