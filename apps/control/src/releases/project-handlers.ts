import { refuse } from '@berth/contract/errors';
import type { Release } from '@berth/domain/release';
import { volumesMounted } from '@berth/domain/volume';
import type { AppStore } from '../apps/store.ts';
import { requireScope } from '../http/authenticate.ts';
import type { Handlers } from '../http/handler.ts';
import type { Volumes } from '../volumes/volumes.ts';
import type { ReleaseStore } from './store.ts';

/** An app to take along: nothing of it is only Berth's. */
export function projectHandlers(deps: {
  readonly apps: Pick<AppStore, 'get'>;
  readonly releases: Pick<ReleaseStore, 'find' | 'open'>;
  readonly volumes: Pick<Volumes, 'placedFor'>;
}): Pick<Handlers, 'getProject'> {
  async function releaseOf(name: string, number: number | undefined): Promise<Release> {
    const app = await deps.apps.get(name);
    const wanted = number ?? app.liveRelease;
    if (wanted === undefined) throw refuse('never_deployed', `${app.name} has no release yet.`);
    if ((await deps.releases.find(app.name, wanted)) === undefined)
      throw refuse('release_not_found', `${app.name} keeps no release ${wanted}.`);
    return deps.releases.open(app.name, wanted);
  }
  return {
    getProject: async ({ params, query, actor }) => {
      if (query.reveal) requireScope(actor, 'admin');
      const release = await releaseOf(params.app, query.release);
      // The words of Compose are loaded by who asks for them: an idle control does without.
      const { exportProject } = await import('@berth/compose/export/project');
      const { project, values, files } = exportProject(release);
      const placed = await deps.volumes.placedFor(release.app, release);
      return {
        app: release.app,
        release: release.number,
        project: { ...project },
        values: Object.entries(values).map(([name, value]) => ({ name, ...(query.reveal ? { value } : {}) })),
        files: files.map(({ path, kind, base64 }) => ({
          path,
          kind,
          bytes: Buffer.byteLength(base64, 'base64'),
          ...(query.reveal ? { base64 } : {}),
        })),
        images: release.services.map(({ spec, image, imageLabel }) => ({
          service: spec.name,
          image,
          imageLabel,
        })),
        volumes: volumesOf(release).map(({ name, ...rest }) => {
          const engineName = placed[name]?.name;
          return { name, ...rest, ...(engineName === undefined ? {} : { engineName }) };
        }),
      };
    },
  };
}

/** Each volume once, with a service that has it: one that writes to it before one that reads. */
function volumesOf({ services }: Release): { name: string; service: string; target: string }[] {
  const names = new Set(services.flatMap(({ spec }) => volumesMounted(spec)));
  return [...names].flatMap((name) => {
    const mounts = services.flatMap(({ spec }) =>
      spec.mounts.flatMap((mount) =>
        mount.kind === 'volume' && mount.source === name
          ? [{ name, service: spec.name, target: mount.target, readOnly: mount.readOnly }]
          : [],
      ),
    );
    const [best] = mounts.sort((one, other) => Number(one.readOnly) - Number(other.readOnly));
    return best === undefined ? [] : [{ name, service: best.service, target: best.target }];
  });
}
