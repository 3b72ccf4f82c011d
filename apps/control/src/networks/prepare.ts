import { refuse } from '@berth/contract/errors';
import { label } from '@berth/domain/label';
import type { Release } from '@berth/domain/release';
import type { Engine } from '@berth/engine/engine';
import type { AppNetworks } from './app-networks.ts';
import { type Attachment, attachmentsOf } from './names.ts';

/** Makes every network the services of a release join, unless it is there. */
export async function prepareNetworks(
  deps: { platform: string; networks: AppNetworks },
  engine: Engine,
  release: Pick<Release, 'app' | 'services' | 'networks'>,
  signal: AbortSignal,
): Promise<void> {
  const { platform } = deps;
  const { app } = release;
  const wanted = new Map<string, Attachment>();
  for (const { spec } of release.services)
    for (const attachment of attachmentsOf({ platform, app, spec, networks: release.networks }))
      wanted.set(attachment.target, attachment);
  for (const { target, network } of wanted.values()) {
    if (network.shared !== undefined) {
      const found = await engine.listNetworks({ filters: { name: [target] }, signal });
      if (!found.some((item) => item.Name === target))
        throw refuse(
          'network_not_found',
          `The app declares the shared network "${network.shared}", which is not there.`,
        );
      continue;
    }
    await deps.networks.ensure(
      engine,
      { engineName: target, network, labels: { [label.platform]: platform, [label.app]: app } },
      signal,
    );
  }
}
