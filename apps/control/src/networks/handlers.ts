import { refuse } from '@berth/contract/errors';
import { label } from '@berth/domain/label';
import { hostsOf } from '@berth/domain/subnet';
import type { Network, Service, Task } from '@berth/engine/types';
import type { Clock } from '@berth/runtime/clock';
import type { Handlers } from '../http/handler.ts';
import { pageAfter } from '../http/page.ts';
import type { Nodes } from '../nodes/ports.ts';
import type { AppNetworks } from './app-networks.ts';
import { appNetworkName, sharedNetworkName } from './names.ts';
import type { SharedNetwork, SharedNetworkStore } from './store.ts';

export function networkHandlers(deps: {
  readonly platform: string;
  readonly nodes: Nodes;
  readonly networks: AppNetworks;
  readonly shared: SharedNetworkStore;
  readonly clock: Pick<Clock, 'now'>;
}): Pick<Handlers, 'listNetworks' | 'getNetworkPool' | 'createNetwork' | 'deleteNetwork'> {
  const { platform, shared } = deps;
  const filters = { label: [`${label.platform}=${platform}`] };

  async function viewAll(signal: AbortSignal) {
    const { engine } = await deps.nodes.manager({ signal });
    const [networks, services, tasks, known] = await Promise.all([
      engine.listNetworks({ filters, signal }),
      engine.listServices({ filters, signal }),
      engine.listTasks({ filters: { ...filters, 'desired-state': ['running'] }, signal }),
      shared.list(),
    ]);
    return networks
      .map((network) => view(network, { platform, services, tasks, known }))
      .sort((x, y) => (x.engineName < y.engineName ? -1 : 1));
  }

  return {
    listNetworks: async ({ query, signal }) => {
      return pageAfter(await viewAll(signal), query, ({ engineName }) => engineName);
    },
    getNetworkPool: async ({ signal }) => {
      const { engine } = await deps.nodes.manager({ signal });
      const { pool, total, free } = await deps.networks.usage(engine, signal);
      return { pool: pool.pool, subnetBits: pool.bits, subnets: total, subnetsFree: free };
    },
    createNetwork: async ({ body, actor, signal }) => {
      if ((await shared.find(body.name)) !== undefined)
        throw refuse('conflict', `There is already a shared network "${body.name}".`);
      const { engine } = await deps.nodes.manager({ signal });
      const network = {
        name: body.name,
        internal: body.internal,
        encrypted: body.encrypted,
        ...(body.subnet === undefined ? {} : { subnet: body.subnet }),
        labels: {},
      };
      const engineName = sharedNetworkName(platform, body.name);
      await deps.networks.ensure(
        engine,
        { engineName, network, labels: { [label.platform]: platform } },
        signal,
      );
      await shared.create({ network, apps: body.apps }, actor.name, deps.clock.now());
      const made = (await viewAll(signal)).find((item) => item.engineName === engineName);
      if (made === undefined) throw new Error(`the network ${engineName} is not there`);
      return made;
    },
    deleteNetwork: async ({ params, signal }) => {
      const { name } = params;
      if ((await shared.find(name)) === undefined)
        throw refuse('network_not_found', `There is no shared network "${name}".`);
      const { engine } = await deps.nodes.manager({ signal });
      const engineName = sharedNetworkName(platform, name);
      if ((await deps.networks.remove(engine, engineName, signal)) === 'in-use') {
        const members = (await viewAll(signal)).find((item) => item.engineName === engineName)?.members ?? [];
        throw refuse(
          'conflict',
          `The shared network "${name}" is joined by ${members.map(({ app, service }) => `${app}/${service}`).join(', ') || 'tasks that still end'}${members.length > 0 ? ', in the live release or one kept for rollback' : ''}.`,
        );
      }
      await shared.remove(name);
      return undefined;
    },
  };
}

/** Pure. */
function view(
  network: Network,
  facts: {
    readonly platform: string;
    readonly services: readonly Service[];
    readonly tasks: readonly Task[];
    readonly known: readonly SharedNetwork[];
  },
) {
  const { platform } = facts;
  const app = network.Labels?.[label.app];
  const known = facts.known.find(
    ({ network: { name } }) => sharedNetworkName(platform, name) === network.Name,
  );
  const subnet = network.IPAM.Config?.[0]?.Subnet;
  const own = app === undefined ? undefined : appNetworkName(platform, app);
  const members = facts.services
    .filter(({ Spec }) =>
      (Spec.TaskTemplate.Networks ?? []).some(
        ({ Target }) => Target === network.Id || Target === network.Name,
      ),
    )
    .flatMap(({ Spec: { Labels } }) => {
      const [ofApp, service] = [Labels[label.app], Labels[label.service]];
      return ofApp === undefined || service === undefined ? [] : [`${ofApp} ${service}`];
    });
  return {
    name:
      known?.network.name ??
      (own === undefined
        ? network.Name
        : network.Name === own
          ? 'default'
          : network.Name.slice(own.length + 1).replace(/-[0-9a-f]{6}$/, '')),
    kind:
      known !== undefined
        ? ('shared' as const)
        : app === undefined
          ? ('platform' as const)
          : ('app' as const),
    ...(app === undefined ? {} : { app }),
    engineName: network.Name,
    ...(subnet === undefined ? {} : { subnet }),
    addresses: subnet === undefined ? 0 : hostsOf(subnet),
    addressesUsed: facts.tasks.filter(({ NetworksAttachments }) =>
      (NetworksAttachments ?? []).some((attachment) => attachment.Network.ID === network.Id),
    ).length,
    internal: network.Internal,
    encrypted: network.Options?.encrypted !== undefined,
    ...(known?.apps === undefined ? {} : { apps: [...known.apps] }),
    members: [...new Set(members)].sort().map((text) => {
      const [ofApp = '', service = ''] = text.split(' ');
      return { app: ofApp, service };
    }),
  };
}
