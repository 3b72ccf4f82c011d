import { beginDeploy, deploy, endOf, removeApp, succeeded } from '../deploying.ts';
import { answering, nodeApp, scratch, writeFiles } from '../sources.ts';
import type { Bench } from './bench.ts';
import { figure, format, inRounds } from './measure.ts';

const app = 'bench-many';
const count = 50;

/** One routed service, and 49 without tasks: what is measured is control's, not the engine's. */
const compose = `services:
${Array.from(
  { length: count },
  (_, index) => `  s${index}:
    build: .
    environment: {N: "${index}"}
    ${index === 0 ? 'ports: ["80:8080"]' : 'deploy: {replicas: 0}'}
${index === 0 ? '' : `    depends_on: [s${Math.floor((index - 1) / 2)}]\n`}`,
).join('')}`;

/** Plan and no-op deployment of an app of 50 services. */
export const manyServices: Bench = {
  name: 'many-services',
  async run({ platform, runs, tell }) {
    const dir = await writeFiles(await scratch(), nodeApp(answering('many'), compose));
    try {
      await deploy(platform, app, dir);
      const results = await inRounds(
        runs,
        {
          plan: async () => {
            const source = await upload();
            const began = performance.now();
            const plan = await platform.client.call('planDeployment', {
              params: { app },
              body: { from: { kind: 'source', id: source } },
            });
            const ms = performance.now() - began;
            if (plan.changes) throw new Error(`the plan is not empty: ${JSON.stringify(plan)}`);
            return ms;
          },
          'no-op deploy': async () => {
            const began = performance.now();
            const { id } = await beginDeploy(platform, app, dir);
            const view = succeeded(await endOf(platform, id));
            if (view.toRelease !== view.fromRelease) throw new Error(`release ${view.toRelease} was made`);
            return performance.now() - began;
          },
        },
        tell,
      );
      const plan = figure('plan, 50 services', 'ms', results.plan ?? []);
      const noop = figure('no-op deploy, 50 services', 'ms', results['no-op deploy'] ?? []);
      return {
        name: 'many-services',
        title: 'An app of 50 services',
        method: [
          'One routed service and 49 with `replicas: 0`, each depending on another, built from one Dockerfile. The plan is the API call `POST /v1/apps/{app}/plan` of an upload that equals what runs. The deployment is the upload and all that follows, to its end, with the same files; it makes no release.',
        ],
        rows: [
          {
            what: 'plan of an app of 50 services',
            berth: `${format(plan.median)} ms`,
            baseline: '',
            wanted: '< 300 ms',
            isMet: plan.median < 300,
          },
          {
            what: 'no-op deploy of an app of 50 services',
            berth: `${format(noop.median)} ms`,
            baseline: '',
            wanted: '< 2 s',
            isMet: noop.median < 2_000,
          },
        ],
        figures: [plan, noop],
      };
    } finally {
      await removeApp(platform, app);
    }

    async function upload(): Promise<string> {
      const { packSource } = await import('@berth/source/pack');
      const packed = await packSource(dir, { limitBytes: 2 ** 29 });
      const source = await platform.client.call('uploadSource', { params: { app }, body: packed.stream });
      return source.id;
    }
  },
};
