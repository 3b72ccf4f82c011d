import { withoutSecretSources } from '../../env/secret-sources.ts';
import { describeChanges } from '../../releases/changes.ts';
import { compileRelease, summarise } from '../../releases/compile.ts';
import type { ReleaseContent, StoredRelease } from '../../releases/store.ts';
import type { Deployment } from '../deployment.ts';
import type { Step, StepContext } from '../step.ts';

/** Writes the release; one that equals what is live already, or is only to be made, ends the deployment at once. */
export const release: Step = async (context) => {
  const { deps, deployment } = context;
  if (deployment.from.kind === 'release' || deployment.from.kind === 'restart') return { to: 'preparing' };
  const written = await deps.releases.findByDeployment(deployment.id);
  const to = deployment.kind === 'create' ? 'succeeded' : 'preparing';
  if (written !== undefined) return { to, patch: { toRelease: written.number } };

  const { content: wanted, dockerfile } = await contentOf(context);
  const services = await deps.hostPorts.claim(deployment.app, wanted.services, context.signal);
  const content = { ...wanted, services };
  const live = await liveRelease(context);
  if (live?.fingerprint === deps.releases.fingerprintOf(deployment.app, content)) {
    await context.progress(`nothing to change: release ${live.number} runs this already`);
    return { to: 'succeeded', patch: { toRelease: live.number } };
  }
  const before = live === undefined ? undefined : await deps.releases.open(deployment.app, live.number);
  const stored = await deps.releases.create({
    app: deployment.app,
    content,
    summary: summarise(content, { changes: describeChanges(before, content), warnings: deployment.warnings }),
    actor: deployment.actor,
    message: deployment.message,
    deployment: deployment.id,
    dockerfile,
    nowMs: deps.clock.now(),
  });
  await context.progress(`release ${stored.number} written`);
  return { to, patch: { toRelease: stored.number } };
};

async function contentOf(
  context: StepContext,
): Promise<{ content: ReleaseContent; dockerfile: string | undefined }> {
  const { deps, deployment } = context;
  const { from } = deployment;
  // Also for variables the manifest is read again where it is kept, as it may interpolate them.
  const compiled = await compile(context, deployment);
  if (compiled !== undefined) return compiled;
  if (from.kind !== 'variables') throw new Error(`deployment ${deployment.id} has lost its source`);
  const { app: _app, number: _number, ...content } = await deps.releases.open(deployment.app, from.release);
  return {
    content: {
      ...content,
      ...withoutSecretSources(
        await deps.specs.variablesOf(deployment.app),
        content.services.map(({ spec }) => spec),
        content.files,
      ),
      files: await deps.specs.filesOf(deployment.app, content),
    },
    dockerfile: (await deps.releases.find(deployment.app, from.release))?.dockerfile,
  };
}

async function compile(context: StepContext, from: Deployment) {
  const supplied = await context.deps.specs.specOf(from);
  if (supplied === undefined) return undefined;
  const texts = [...new Set(Object.values(supplied.dockerfiles))];
  return {
    content: compileRelease({ ...supplied, images: from.images ?? {} }),
    dockerfile: texts.length === 0 ? undefined : texts.join('\n'),
  };
}

/** What serves now, all of it: not while traffic is shared between releases, nor while the app is stopped. */
async function liveRelease(context: StepContext): Promise<StoredRelease | undefined> {
  const { deps, deployment } = context;
  const app = await deps.apps.get(deployment.app);
  if (app.liveRelease === undefined || app.desired === 'stopped') return undefined;
  const runs = await deps.runs.list({ app: app.name, states: ['live'] });
  if (new Set(runs.map((run) => run.service)).size !== runs.length) return undefined;
  return deps.releases.find(app.name, app.liveRelease);
}
