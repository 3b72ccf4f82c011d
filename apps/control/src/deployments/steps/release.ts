import type { ReleaseService } from '@berth/domain/release';
import {
  fingerprintOf,
  type ReleaseContent,
  type ReleaseSummary,
  type StoredRelease,
} from '../../releases/store.ts';
import { describeChanges } from '../../releases/changes.ts';
import type { Step } from '../step.ts';

/** Where an app is asked to listen (variable PORT) when neither it nor its image names a port. */
const defaultPort = 8080;

/** Writes the release; one that equals what is live already ends the deployment at once. */
export const release: Step = async (context) => {
  const { deps, deployment } = context;
  if (deployment.from.kind === 'release' || deployment.from.kind === 'restart') return { to: 'preparing' };
  const written = await deps.releases.findByDeployment(deployment.id);
  if (written !== undefined) return { to: 'preparing', patch: { toRelease: written.number } };

  const { spec, dockerfiles, portFromImage } = await deps.specs.specOf(deployment);
  const services: ReleaseService[] = spec.services.map((service) => {
    const image = deployment.images?.[service.spec.name];
    if (image === undefined) throw new Error(`service ${service.spec.name} has no image`);
    const port =
      service.spec.port ??
      (portFromImage.includes(service.spec.name) ? (image.port ?? defaultPort) : undefined);
    return {
      spec: { ...service.spec, ...(port === undefined ? {} : { port }) },
      image: image.image,
      imageLabel: image.imageLabel,
    };
  });
  const content: ReleaseContent = {
    services,
    routes: spec.routes,
    redirects: spec.redirects,
    hooks: spec.hooks,
    deadlineMs: spec.deadlineMs,
    drainMs: spec.drainMs,
    warmMs: spec.warmMs,
    ...(spec.startMs === undefined ? {} : { startMs: spec.startMs }),
  };
  const live = await liveRelease(context);
  if (live?.fingerprint === fingerprintOf(content)) {
    await context.progress(`nothing to change: release ${live.number} runs this already`);
    return { to: 'succeeded', patch: { toRelease: live.number } };
  }
  const before = live === undefined ? undefined : await deps.releases.open(deployment.app, live.number);
  const summary: ReleaseSummary = {
    services: services.map(({ spec: service, image, imageLabel }) => ({
      name: service.name,
      image,
      imageLabel,
      replicas: service.replicas,
      memoryBytesMax: service.resources.memoryBytesMax,
      ...(service.port === undefined ? {} : { port: service.port }),
    })),
    routes: content.routes,
    redirects: content.redirects,
    changes: describeChanges(before, content),
    warnings: deployment.warnings,
  };
  const texts = [...new Set(Object.values(dockerfiles))];
  const stored = await deps.releases.create({
    app: deployment.app,
    content,
    summary,
    actor: deployment.actor,
    message: deployment.message,
    deployment: deployment.id,
    dockerfile: texts.length === 0 ? undefined : texts.join('\n'),
    nowMs: deps.clock.now(),
  });
  await context.progress(`release ${stored.number} written`);
  return { to: 'preparing', patch: { toRelease: stored.number } };
};

async function liveRelease(context: Parameters<Step>[0]): Promise<StoredRelease | undefined> {
  const { app } = context.deployment;
  const runs = await context.deps.runs.list({ app, states: ['live'] });
  const number = runs[0]?.release;
  if (number === undefined || runs.some((run) => run.release !== number)) return undefined;
  return context.deps.releases.find(app, number);
}
