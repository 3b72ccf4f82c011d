import { refuse } from '@berth/contract/errors';
import { label } from '@berth/domain/label';
import type { AppNetwork, Release } from '@berth/domain/release';
import type { Engine } from '@berth/engine/engine';
import type { AppNetworks } from './app-networks.ts';
import { type Attachment, attachmentsOf } from './names.ts';
import type { SharedNetwork, SharedNetworkStore } from './store.ts';

/** Makes every network the services of a release join, unless it is there. */
export async function prepareNetworks(
  deps: { platform: string; networks: AppNetworks; shared: Pick<SharedNetworkStore, 'find'> },
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
    const shared =
      network.shared === undefined ? undefined : await sharedFor(deps.shared, app, network.shared);
    await deps.networks.ensure(
      engine,
      shared === undefined
        ? { engineName: target, network, labels: { [label.platform]: platform, [label.app]: app } }
        : { engineName: target, network: shared.network, labels: { [label.platform]: platform } },
      signal,
    );
  }
}

/** Refuses with `network_not_found` the shared networks that the app may not join. */
export async function checkSharedNetworks(
  shared: Pick<SharedNetworkStore, 'find'>,
  app: string,
  networks: readonly AppNetwork[],
): Promise<void> {
  for (const network of networks)
    if (network.shared !== undefined) await sharedFor(shared, app, network.shared);
}

async function sharedFor(
  shared: Pick<SharedNetworkStore, 'find'>,
  app: string,
  name: string,
): Promise<SharedNetwork> {
  const found = await shared.find(name);
  if (found === undefined)
    throw refuse('network_not_found', `The app declares the shared network "${name}", which is not there.`);
  if (found.apps?.includes(app) === false)
    throw refuse('network_not_found', `The shared network "${name}" is not for ${app}.`);
  return found;
}
