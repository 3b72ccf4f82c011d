import { refuse } from '@berth/contract/errors';
import { type AppService, type AppSpec, releaseDefaults } from '@berth/domain/release';
import { checkSpec } from '../check.ts';
import type { BuiltImage, Deployment } from '../deployment.ts';
import { listLostPaths } from '../image-volumes.ts';
import type { Step } from '../step.ts';

/** Builds or fetches the image of each service. Images already built for this deployment are not built again. */
export const build: Step = async (context) => {
  const supplied = await context.deps.specs.specOf(context.deployment);
  if (supplied === undefined)
    throw refuse('not_found', 'The uploaded source of this deployment is not kept any more: deploy again.');
  const { spec, warnings, dockerfiles } = supplied;
  requireSameServices(context.deployment, spec);
  const { createdAt, deadlineAt } = context.deployment;
  // The manifest's deadline, unless the person who deploys gave one.
  if (spec.deadlineMs !== releaseDefaults.deadlineMs && deadlineAt - createdAt === releaseDefaults.deadlineMs)
    await context.deps.store.patch(context.deployment.id, { deadlineAt: createdAt + spec.deadlineMs });
  for (const warning of warnings) await context.warn(warning);
  for (const warning of await checkSpec(context.deps, supplied, context.signal)) await context.warn(warning);
  await context.deps.hostPorts.claim(context.deployment.app, spec.services, context.signal);
  const images: Record<string, BuiltImage> = { ...context.deployment.images };
  for (const [index, service] of spec.services.entries()) {
    const name = service.spec.name;
    if (images[name] !== undefined) continue;
    // Processes of one Procfile, and services of one context, are one image.
    const twin = spec.services.slice(0, index).find((other) => isSameImage(other, service));
    const made = twin === undefined ? undefined : images[twin.spec.name];
    if (made !== undefined) {
      images[name] = made;
      for (const warning of listLostPaths(service.spec, made.volumes)) await context.warn(warning);
      continue;
    }
    await context.progress(
      service.image.kind === 'build' ? `building ${name}` : `fetching ${service.image.reference} for ${name}`,
      { done: index, of: spec.services.length },
    );
    const image = await context.deps.images.provide(
      { deployment: context.deployment, spec, service: name, dockerfile: dockerfiles[name] },
      {
        signal: context.signal,
        build: context.build,
        progress: (text) => context.progress(text, { done: index, of: spec.services.length }),
      },
    );
    images[name] = image;
    await context.deps.store.patch(context.deployment.id, { images });
    for (const warning of image.warnings) await context.warn(`${name}: ${warning}`);
    for (const warning of listLostPaths(service.spec, image.volumes)) await context.warn(warning);
  }
  return { to: 'releasing', patch: { images } };
};

/** A promotion brings the images of its source and builds none. */
function requireSameServices({ from, images, app }: Deployment, spec: AppSpec): void {
  if (from.kind !== 'promotion') return;
  const wanted = spec.services.map((service) => service.spec.name);
  const given = Object.keys(images ?? {});
  const missing = wanted.filter((name) => !given.includes(name));
  const extra = given.filter((name) => !wanted.includes(name));
  if (missing.length + extra.length === 0) return;
  const words = [
    ...(missing.length === 0 ? [] : [`${from.app} has no image for ${missing.join(', ')}`]),
    ...(extra.length === 0 ? [] : [`${app} would lack ${extra.join(', ')}`]),
  ];
  throw refuse(
    'services_differ',
    `Release ${from.release} of ${from.app} cannot be promoted to ${app}: ${words.join('; ')}.`,
  );
}

const isSameImage = (one: AppService, other: AppService): boolean =>
  one.image.kind === 'build' && JSON.stringify(one.image) === JSON.stringify(other.image);
