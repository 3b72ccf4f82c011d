import assert from 'node:assert/strict';
import { test } from 'node:test';
import { releaseDefaults, type AppSpec } from '@berth/domain/release';
import { safeDefaults } from '@berth/domain/service';
import { systemClock } from '@berth/runtime/clock';
import type { Deployment } from '../deployments/store.ts';
import type { BuildOutcome, BuildRequest, Builds } from './ports.ts';
import { createImageSupply, sayEvent } from './supply.ts';

const image = { kind: 'build', context: 'web', args: { MODE: 'x' } } as const;
const spec: AppSpec = {
  app: 'shop',
  services: [
    { image, spec: { ...safeDefaults, name: 'web', port: 8080, environment: { TOKEN: 'secret-value' } } },
    { image, spec: { ...safeDefaults, name: 'worker' } },
    {
      image: { ...image, context: 'other', dockerfile: 'x.Dockerfile' },
      spec: { ...safeDefaults, name: 'other' },
    },
    { image: { kind: 'image', reference: 'redis:8' }, spec: { ...safeDefaults, name: 'cache' } },
  ],
  routes: [],
  redirects: [],
  hooks: {},
  ...releaseDefaults,
};
const deployment = { id: 'd1', app: 'shop', from: { kind: 'source', id: 's1' } } as unknown as Deployment;

function supply(outcome: (request: BuildRequest) => BuildOutcome) {
  const built: BuildRequest[] = [];
  const said: string[] = [];
  const builds: Pick<Builds, 'build' | 'keepImage'> = {
    async build(request, hooks) {
      built.push(request);
      hooks.onEvent({ kind: 'step', text: '[1/2] RUN x', state: 'started' });
      hooks.onEvent({ kind: 'log', step: '[1/2] RUN x', text: 'hello' });
      return outcome(request);
    },
    keepImage: async ({ reference, imageRepository }) => ({
      image: `r/${imageRepository}@sha256:1`,
      imageId: 'sha256:2',
      ports: [6379],
      warnings: [`about ${reference}`],
    }),
  };
  const images = createImageSupply({ builds, sourceDirOf: (id) => `/sources/${id}`, clock: systemClock });
  const provide = (service: string, signal = new AbortController().signal) =>
    images.provide(
      { deployment, spec, service, dockerfile: service === 'other' ? 'FROM own' : 'FROM generated' },
      {
        signal,
        build: async (text) => void said.push(text),
        progress: async (text) => void said.push(`… ${text}`),
      },
    );
  return { provide, built, said };
}

const ok = (request: BuildRequest): BuildOutcome => ({
  kind: 'built',
  image: `r/${request.imageRepository}@sha256:1`,
  imageId: 'sha256:0123456789abcdef',
  steps: [],
  dockerfile: '',
  ports: [8080, 9229],
  warnings: ['a warning'],
});

test('a service is built from its context; services of the same image share one build', async () => {
  const { provide, built, said } = supply(ok);
  assert.deepEqual(await provide('web'), {
    image: 'r/shop/web@sha256:1',
    imageLabel: 'built from source as 0123456789ab',
    warnings: ['a warning'],
    port: 8080,
  });
  const worker = await provide('worker');
  assert.deepEqual([worker.image, worker.warnings], ['r/shop/web@sha256:1', []]);
  await provide('other');
  assert.deepEqual(
    built.map(({ contextDir, dockerfile, assumedPort }) => ({ contextDir, dockerfile, assumedPort })),
    [
      {
        contextDir: '/sources/s1/web',
        dockerfile: { kind: 'text', text: 'FROM generated' },
        assumedPort: 8080,
      },
      {
        contextDir: '/sources/s1/other',
        dockerfile: { kind: 'path', path: 'x.Dockerfile' },
        assumedPort: undefined,
      },
    ],
  );
  assert.equal(said[0], '[1/2] RUN x\n  hello');
  assert.ok(!JSON.stringify(built).includes('secret-value'));
});

test('an image of somebody else is kept, and called as it was named', async () => {
  const { provide } = supply(ok);
  assert.deepEqual(await provide('cache'), {
    image: 'r/shop/cache@sha256:1',
    imageLabel: 'redis:8',
    warnings: ['about redis:8'],
    port: 6379,
  });
});

test('a failed build is refused with the step, the exit code and its last lines', async () => {
  const failed = (exitCode: number) =>
    supply(() => ({ kind: 'failed', step: '[2/2] RUN make', exitCode, because: 'x', lastLines: ['boom'] }));
  await assert.rejects(failed(2).provide('web'), (error: Error & { code?: string; evidence?: unknown }) => {
    assert.equal(error.code, 'build_failed');
    assert.equal(error.message, 'The build of web failed at [2/2] RUN make with exit code 2.');
    assert.deepEqual(error.evidence, ['boom']);
    return true;
  });
  await assert.rejects(failed(137).provide('web'), /memory limit of builds/);
});

test('a cancelled build gives the reason it was cancelled for', async () => {
  const { provide } = supply(() => ({ kind: 'cancelled' }));
  await assert.rejects(provide('web', AbortSignal.abort(new Error('deadline'))), /deadline/);
});

test('events in words', () => {
  assert.deepEqual(sayEvent({ kind: 'queued', position: 2 }), {
    kind: 'progress',
    text: 'waiting for another build: 2 in the queue',
  });
  assert.equal(
    sayEvent({ kind: 'step', text: '[2/4] RUN npm ci', state: 'done', durationMs: 3210 }).text,
    '[2/4] RUN npm ci: done in 3.2 s',
  );
  assert.equal(
    sayEvent({ kind: 'step', text: '[1/4] FROM x', state: 'cached' }).text,
    '[1/4] FROM x: cached',
  );
});
