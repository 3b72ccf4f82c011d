import type { Release } from '@berth/domain/release';
import type { Engine } from '@berth/engine/engine';
import { ensureFiles } from '../files/engine-files.ts';
import { prepareNetworks } from '../networks/prepare.ts';
import { ensureService, removeService, scaleService } from '../swarm/services.ts';
import { type DriftDependencies, type Found, wantedSpec } from './drift.ts';

/**
 * Undoes drift. What can be put right without touching a task that serves is done at once; services whose tasks
 * differ are given back, for a deployment to replace.
 */
export async function repairDrift(
  deps: DriftDependencies,
  input: { release: Release; found: readonly Found[]; engine: Engine },
  signal: AbortSignal,
): Promise<{ repaired: string[]; toReplace: string[] }> {
  const { release, engine } = input;
  const repaired: string[] = [];
  const toReplace = new Set<string>();
  // What tasks need is there before they are.
  const order = ['networks', 'create', 'scale', 'remove', 'edges', 'replace', 'none'] as const;
  const sorted = [...input.found].sort((x, y) => order.indexOf(x.remedy.kind) - order.indexOf(y.remedy.kind));
  for (const { view, remedy } of sorted) {
    switch (remedy.kind) {
      case 'networks':
        await prepareNetworks(deps, engine, release, signal);
        break;
      case 'create': {
        const delivery = {
          platform: deps.platform,
          app: release.app,
          files: release.files,
          fingerprint: deps.fingerprint,
        };
        const files = await ensureFiles(engine, delivery, { signal });
        const spec = wantedSpec({
          platform: deps.platform,
          release,
          run: remedy.run,
          files,
          volumes: await deps.volumes.placedFor(release.app, release),
        });
        if (spec !== undefined) await ensureService(engine, spec, deps.registryAuth(), { signal });
        break;
      }
      case 'scale':
        await scaleService(engine, remedy.run.name, remedy.run.replicas, { signal });
        break;
      case 'remove':
        await removeService(deps.nodes, remedy.name, { signal });
        break;
      case 'edges':
        await deps.routing.push(signal);
        break;
      case 'replace':
        toReplace.add(remedy.service);
        continue;
      case 'none':
        continue;
    }
    repaired.push(`${view.object}: ${view.text}; ${view.repair ?? 'put right'}`);
  }
  return { repaired, toReplace: [...toReplace] };
}
