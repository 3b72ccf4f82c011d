import { refuse } from '@berth/contract/errors';
import type { App, AppStore } from '../apps/store.ts';
import type { ReleaseStore } from '../releases/store.ts';
import type { RunStore } from '../runs/store.ts';
import { type Deployment, type From, type Origin, originOf } from './deployment.ts';
import type { Step } from './step.ts';
import type { DeploymentStore } from './store.ts';

interface Kept {
  readonly releases: Pick<ReleaseStore, 'find'>;
  readonly store: Pick<DeploymentStore, 'get' | 'lastOf'>;
}

/**
 * The deployment that says best what a release is made of: the last one that led to it, as one that had nothing to
 * change may have brought another source; that which wrote it where none is kept.
 */
export async function makerOf(deps: Kept, app: string, release: number): Promise<Deployment | undefined> {
  const last = await deps.store.lastOf(app, release);
  if (last !== undefined && originOf(last.from) !== undefined) return last;
  const stored = await deps.releases.find(app, release);
  return stored === undefined ? undefined : deps.store.get(stored.deployment);
}

/** What a deployment of images that are there is compiled from, with those images. */
export async function withOrigin(
  deps: Kept & { readonly apps: Pick<AppStore, 'get'> },
  app: Pick<App, 'name' | 'environment'>,
  from: From,
): Promise<{ from: From; images?: Deployment['images'] }> {
  if (from.kind !== 'variables' && from.kind !== 'promotion') return { from };
  const source = from.kind === 'variables' ? app : await deps.apps.get(from.app);
  const maker = await makerOf(deps, source.name, from.release);
  const origin = maker === undefined ? undefined : originOf(maker.from);
  if (from.kind === 'variables') return { from: { ...from, origin }, images: maker?.images };
  if (origin === undefined)
    throw refuse(
      'not_found',
      `What release ${from.release} of ${source.name} was made of is not kept any more: deploy it there again.`,
    );
  return { from: { ...from, origin: inOther(origin, source.environment) }, images: maker?.images };
}

/** Without the manifests of the environment it comes from. */
function inOther(origin: Origin, environment: string): Origin {
  if (origin.kind === 'image' || origin.manifests === undefined) return origin;
  const { manifests, ...rest } = origin;
  const own = new RegExp(`\\.${environment}\\.ya?ml$`);
  const others = manifests.filter((file) => !own.test(file));
  return { ...rest, isForeign: true, ...(others.length === 0 ? {} : { manifests: others }) };
}

export const newestGeneration = async (
  runs: Pick<RunStore, 'list'>,
  app: string,
  release: number,
): Promise<number> =>
  Math.max(
    0,
    ...(await runs.list({ app })).filter((run) => run.release === release).map((run) => run.generation),
  );

/** What is deployed from these has no images yet. */
const needsImages: readonly string[] = ['source', 'image', 'promotion'];

/**
 * A deployment's turn has come. New variables and a restart are about what is live now: what was live when they
 * were asked for may have been replaced by a deployment that they waited for.
 */
export const begin: Step = async ({ deps, deployment }) => {
  const { from } = deployment;
  const to = needsImages.includes(from.kind) ? 'building' : 'releasing';
  const app = await deps.apps.get(deployment.app);
  const { liveRelease } = app;
  if (liveRelease === undefined || liveRelease === deployment.fromRelease) return { to };
  const patch = { fromRelease: liveRelease };
  if (from.kind === 'variables')
    return { to, patch: { ...patch, ...(await withOrigin(deps, app, { ...from, release: liveRelease })) } };
  if (from.kind === 'restart') {
    const generation = (await newestGeneration(deps.runs, app.name, liveRelease)) + 1;
    return { to, patch: { ...patch, toRelease: liveRelease, generation } };
  }
  return { to, patch };
};
