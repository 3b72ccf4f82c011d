import { join } from 'node:path';
import { refuse } from '@berth/contract/errors';
import type { AppService, Release, ReleaseService } from '@berth/domain/release';
import type { RolloutFacts } from '@berth/domain/rollout';
import { type BuildContext, readContext } from '../builds/context.ts';
import type { BuildRequest } from '../builds/ports.ts';
import { checkSpec } from '../deployments/check.ts';
import { type Deployment, type From, originOf } from '../deployments/deployment.ts';
import { makerOf } from '../deployments/origins.ts';
import type { DeploymentDependencies } from '../deployments/step.ts';
import { requireGrants } from '../grants/require.ts';
import { compileRelease, type ImageFacts } from '../releases/compile.ts';
import type { SourceStore } from '../sources/store.ts';

export interface PlanDependencies extends DeploymentDependencies {
  readonly sources: Pick<SourceStore, 'dirOf' | 'find'>;
}

/** A release that is not written: what a deployment would write, or go back to. */
export interface Intended {
  readonly release: Release;
  readonly generation: number;
  readonly kind: RolloutFacts['kind'];
  /** What can be said of an image before it is built or fetched, by service. */
  readonly imageNotes: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

interface Request {
  readonly app: string;
  readonly from: From;
  /** Of a promotion: those of the other environment. */
  readonly images?: Deployment['images'];
  readonly before: Release | undefined;
}

type Supplied = NonNullable<Awaited<ReturnType<DeploymentDependencies['specs']['specOf']>>>;

export async function intendedRelease(
  deps: PlanDependencies,
  request: Request,
  signal: AbortSignal,
): Promise<Intended> {
  const { app, from, before } = request;
  if (from.kind === 'release') {
    if ((await deps.releases.find(app, from.number)) === undefined)
      throw refuse('release_not_found', `${app} keeps no release ${from.number}.`);
    const release = await deps.releases.open(app, from.number);
    await requireGrants(deps, app, specsOf(release));
    return { release, generation: 1, kind: 'rollback', imageNotes: new Map(), warnings: [] };
  }
  if (from.kind === 'restart' || from.kind === 'variables') {
    if (before === undefined) throw refuse('never_deployed', `${app} has no live release.`);
    await requireGrants(deps, app, specsOf(before));
    const generations = (await deps.runs.list({ app })).map((run) => run.generation);
    const generation = Math.max(0, ...generations) + 1;
    return { release: before, generation, kind: 'restart', imageNotes: new Map(), warnings: [] };
  }
  const supplied = await deps.specs.specOf({ app, kind: 'deploy', from });
  if (supplied === undefined)
    throw refuse('not_found', `There is no upload "${from.kind === 'source' ? from.id : ''}".`);
  const { images, notes } =
    request.images === undefined
      ? await guessImages(deps, request, supplied, signal)
      : { images: request.images, notes: new Map<string, string>() };
  const content = compileRelease({ ...supplied, images });
  const noted = await checkSpec(deps, supplied, signal);
  const number = Math.max(0, ...(await deps.releases.list(app)).map((release) => release.number)) + 1;
  // Ports that are taken are refused as the deployment would; those it would choose are chosen.
  const services = await deps.hostPorts.preview(app, content.services, signal);
  return {
    release: { app, number, ...content, services },
    generation: 1,
    kind: 'deploy',
    imageNotes: notes,
    warnings: [...supplied.warnings, ...noted],
  };
}

const specsOf = (release: Release) => release.services.map(({ spec }) => spec);

/** Images as they are where nothing says they change; of others no digest is known before they are built. */
async function guessImages(
  deps: PlanDependencies,
  request: Request,
  supplied: Supplied,
  signal: AbortSignal,
) {
  const images: Record<string, ImageFacts> = {};
  const notes = new Map<string, string>();
  const origin = await liveOrigin(deps, request, supplied);
  const contexts = contextReader(deps, signal);
  for (const service of supplied.spec.services) {
    const name = service.spec.name;
    const live = request.before?.services.find((candidate) => candidate.spec.name === name);
    const guess = await guessImage(deps, { service, supplied, live, origin, from: request.from, contexts });
    images[name] = guess.image;
    notes.set(name, guess.note);
  }
  return { images, notes };
}

interface Origin {
  readonly sourceId: string;
  readonly supplied: Supplied;
}

/** The upload behind the live release, where it is still kept. */
async function liveOrigin(
  deps: PlanDependencies,
  request: Request,
  wanted: Supplied,
): Promise<Origin | undefined> {
  const number = request.before?.number;
  const deployment = number === undefined ? undefined : await makerOf(deps, request.app, number);
  const origin = deployment === undefined ? undefined : originOf(deployment.from);
  if (deployment === undefined || origin?.kind !== 'source') return undefined;
  const { from } = request;
  if (from.kind === 'source' && (await isSameSource(deps, from, origin)))
    return { sourceId: from.id, supplied: wanted };
  const supplied = await deps.specs.specOf(deployment);
  return supplied === undefined ? undefined : { sourceId: origin.id, supplied };
}

type SourceFrom = Extract<From, { kind: 'source' }>;

/** The same files, read in the same way. */
async function isSameSource(
  { sources }: Pick<PlanDependencies, 'sources'>,
  one: SourceFrom,
  other: SourceFrom,
): Promise<boolean> {
  const [mine, its] = await Promise.all([sources.find(one.id), sources.find(other.id)]);
  return (
    mine !== undefined &&
    mine.digest === its?.digest &&
    JSON.stringify(one.manifests ?? []) === JSON.stringify(other.manifests ?? []) &&
    (one.isForeign ?? false) === (other.isForeign ?? false)
  );
}

interface Guess {
  readonly image: ImageFacts;
  readonly note: string;
}

async function guessImage(
  deps: PlanDependencies,
  facts: {
    service: AppService;
    supplied: Supplied;
    live: ReleaseService | undefined;
    origin: Origin | undefined;
    from: From;
    contexts: ContextReader;
  },
): Promise<Guess> {
  const { service, live, contexts } = facts;
  const asLive = (note: string): Guess | undefined =>
    live === undefined
      ? undefined
      : {
          image: {
            image: live.image,
            imageLabel: live.imageLabel,
            ...(live.spec.port === undefined ? {} : { port: live.spec.port }),
          },
          note,
        };
  if (service.image.kind === 'image') {
    const { reference } = service.image;
    const same = live?.imageLabel === reference ? asLive(sameReference(reference)) : undefined;
    const note = live === undefined ? `image ${reference}` : `image ${live.imageLabel} → ${reference}`;
    return same ?? { image: { image: reference, imageLabel: reference }, note };
  }
  if (facts.from.kind !== 'source') throw new Error('a build without a source');
  const wanted = await digestOf(contexts, deps, facts.from.id, service, facts.supplied);
  const was = facts.origin?.supplied.spec.services.find((one) => one.spec.name === service.spec.name);
  const before =
    facts.origin === undefined || was === undefined || was.image.kind !== 'build'
      ? undefined
      : await digestOf(contexts, deps, facts.origin.sourceId, was, facts.origin.supplied);
  const same = wanted === before ? asLive('image: same source') : undefined;
  const note = live === undefined ? 'image is built from source' : 'image is built from changed source';
  return same ?? { image: { image: `build@${wanted}`, imageLabel: wanted }, note };
}

const sameReference = (reference: string): string =>
  reference.includes('@sha256:') ? 'same' : `image ${reference}: same reference, looked up when deployed`;

/** Of everything a build reads: the context without what it ignores, the Dockerfile, the arguments. */
async function digestOf(
  contexts: ContextReader,
  deps: Pick<PlanDependencies, 'fingerprint'>,
  sourceId: string,
  { spec, image }: AppService,
  supplied: Supplied,
): Promise<string> {
  if (image.kind !== 'build') throw new Error(`${spec.name} is not built`);
  const context = await contexts(
    sourceId,
    image.context,
    image.dockerfile === undefined
      ? { kind: 'text', text: supplied.dockerfiles[spec.name] ?? '' }
      : { kind: 'path', path: image.dockerfile },
  );
  // Keyed, as arguments may be secrets.
  return deps.fingerprint(JSON.stringify([context.digest, context.dockerfile, image]));
}

type ContextReader = ReturnType<typeof contextReader>;

/** Services of one context are many: each context is read once. */
function contextReader(deps: Pick<PlanDependencies, 'sources'>, signal: AbortSignal) {
  const known = new Map<string, Promise<BuildContext>>();
  return (sourceId: string, path: string, dockerfile: BuildRequest['dockerfile']): Promise<BuildContext> => {
    const key = JSON.stringify([sourceId, path, dockerfile]);
    const contextDir = join(deps.sources.dirOf(sourceId), path);
    const read = known.get(key) ?? readContext({ contextDir, dockerfile }, signal, isUnreadManifest);
    known.set(key, read);
    return read;
  };
}

/**
 * A Compose file beside a Dockerfile is in the context, and in no image of a Dockerfile that names what it
 * copies: a change to the manifest alone builds the same image again.
 */
export function isUnreadManifest(path: string, dockerfile: string): boolean {
  if (!/^(docker-)?compose(\.[^/]*)?\.ya?ml$/.test(path)) return false;
  const copied = dockerfile
    .split('\n')
    .filter((line) => /^\s*(COPY|ADD)\s/i.test(line))
    .flatMap((line) =>
      line
        .trim()
        .split(/[\s",[\]]+/)
        .slice(1, -1),
    );
  return !/--mount=|<</.test(dockerfile) && !copied.some((source) => /^\.?\/?$|[*?]|compose/.test(source));
}
