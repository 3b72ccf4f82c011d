import { refuse } from '@berth/contract/errors';
import type { RegistryAuth } from '@berth/engine/engine';
import type { ImageHistory } from '@berth/engine/types';
import type { App } from '../apps/store.ts';
import { isCommitted } from '../builds/image-facts.ts';
import type { Handlers } from '../http/handler.ts';
import type { Nodes } from '../nodes/ports.ts';
import { ensureImage } from '../swarm/images.ts';
import type { ReleaseStore } from './store.ts';

export interface LayerDependencies {
  readonly apps: { get(name: string): Promise<Pick<App, 'name'>> };
  readonly releases: Pick<ReleaseStore, 'find'>;
  readonly nodes: Pick<Nodes, 'manager'>;
  registryAuth(): RegistryAuth | undefined;
}

/** The images of a release, step by step (R068). */
export function layerHandlers(deps: LayerDependencies): Pick<Handlers, 'listLayers'> {
  return {
    listLayers: async ({ params, signal }) => {
      const app = await deps.apps.get(params.app);
      const release = await deps.releases.find(app.name, params.number);
      if (release === undefined)
        throw refuse('release_not_found', `${app.name} keeps no release ${params.number}.`);
      const { engine } = await deps.nodes.manager({ signal });
      const items = await Promise.all(
        release.summary.services.map(async ({ name, image: reference }) => {
          await ensureImage(engine, reference, deps.registryAuth(), { signal });
          const [image, history] = await Promise.all([
            engine.inspectImage(reference, { signal }),
            engine.imageHistory(reference, { signal }),
          ]);
          return {
            service: name,
            image: reference,
            bytes: image.Size,
            committed: isCommitted({ image, history }),
            layers: history.map((layer) => ({ command: commandOf(layer), bytes: layer.Size })),
          };
        }),
      );
      return { items };
    },
  };
}

/** As a Dockerfile has it: without the shell the classic builder puts before it. Pure. */
export function commandOf({ CreatedBy, Comment }: Pick<ImageHistory, 'CreatedBy' | 'Comment'>): string {
  const nop = /^\/bin\/sh -c #\(nop\)\s+(.*)$/s.exec(CreatedBy)?.[1];
  if (nop !== undefined) return nop.trim();
  const run = /^(?:\|\d+ .*?)?\/bin\/sh -c (.*)$/s.exec(CreatedBy)?.[1];
  if (run !== undefined) return `RUN ${run.trim()}`;
  const text = CreatedBy.replace(/ # buildkit$/, '').trim();
  return text === '' ? Comment : text;
}
