import type { Network, NetworkCreate } from '@berth/engine/types';
import { digestOf } from './images.ts';
import {
  type Call,
  created,
  hasLabels,
  noContent,
  ok,
  parseFilters,
  passes,
  Refusal,
  type Reply,
} from './reply.ts';

export interface FakeNetworks {
  readonly list: Network[];
  find(idOrName: string): Network | undefined;
  get(idOrName: string): Network;
  /** A fresh address in the network, as tasks get: `10.0.1.4/24`. */
  nextAddress(network: Network): string;
  handle(call: Call, action: string, id: string): Reply;
}

export interface NetworkUsers {
  /** Names of services whose tasks join the network. */
  servicesOf(networkId: string): readonly string[];
  /** Name of a container, by id or name. */
  containerName(idOrName: string): string;
}

export function createNetworks(users: NetworkUsers): FakeNetworks {
  const list: Network[] = [];
  const lastHost = new Map<string, number>();
  let made = 0;

  const find = (idOrName: string): Network | undefined =>
    list.find((network) => network.Id === idOrName || network.Name === idOrName) ??
    list.find((network) => idOrName.length >= 4 && network.Id.startsWith(idOrName));
  const get = (idOrName: string): Network => {
    const found = find(idOrName);
    if (found === undefined) throw new Refusal(404, `network ${idOrName} not found`);
    return found;
  };
  const nextAddress = (network: Network): string => {
    const host = (lastHost.get(network.Id) ?? 1) + 1;
    lastHost.set(network.Id, host);
    const prefix = network.IPAM.Config?.[0]?.Subnet?.replace(/\.\d+\/\d+$/, '') ?? '10.0.0';
    return `${prefix}.${host}/24`;
  };

  return {
    list,
    find,
    get,
    nextAddress,
    handle(call, action, id) {
      switch (action) {
        case 'list': {
          const filters = parseFilters(call.query);
          return ok(
            list
              .filter(
                (network) =>
                  hasLabels(network.Labels, filters) &&
                  passes(filters, 'name', (name) => network.Name.includes(name)) &&
                  passes(filters, 'id', (prefix) => network.Id.startsWith(prefix)) &&
                  passes(filters, 'driver', (driver) => network.Driver === driver),
              )
              .map((network) => (network.Scope === 'swarm' ? { ...network, Containers: null } : network)),
          );
        }
        case 'create': {
          const spec = call.json as NetworkCreate;
          if (list.some((network) => network.Name === spec.Name))
            throw new Refusal(409, `network with name ${spec.Name} already exists`);
          made += 1;
          const network: Network = {
            Name: spec.Name,
            Id: digestOf(`network ${spec.Name} ${made}`).slice(0, spec.Driver === 'overlay' ? 25 : 64),
            Driver: spec.Driver,
            Scope: spec.Driver === 'overlay' ? 'swarm' : 'local',
            Attachable: spec.Attachable ?? false,
            Internal: spec.Internal ?? false,
            Labels: spec.Labels ?? {},
            IPAM: {
              Config: spec.IPAM?.Config ?? [{ Subnet: `10.0.${made}.0/24`, Gateway: `10.0.${made}.1` }],
            },
            Containers: {},
          };
          list.push(network);
          return created({ Id: network.Id, Warning: '' });
        }
        case 'inspect':
          return ok(get(id));
        case 'remove': {
          const network = get(id);
          const [service] = users.servicesOf(network.Id);
          if (service !== undefined)
            throw new Refusal(
              400,
              `rpc error: code = FailedPrecondition desc = network ${network.Id} is in use by service ${service}`,
            );
          if (Object.keys(network.Containers ?? {}).length > 0)
            throw new Refusal(
              403,
              `error while removing network: network ${network.Name} id ${network.Id} has active endpoints`,
            );
          list.splice(list.indexOf(network), 1);
          return noContent;
        }
        case 'connect': {
          const network = get(id);
          const { Container } = call.json as { Container: string };
          const name = users.containerName(Container);
          if (Object.values(network.Containers ?? {}).some((one) => one.Name === name))
            throw new Refusal(403, `endpoint with name ${name} already exists in network ${network.Name}`);
          network.Containers = {
            ...network.Containers,
            [Container]: { Name: name, IPv4Address: nextAddress(network) },
          };
          return { status: 200 };
        }
        default: {
          const network = get(id);
          const { Container } = call.json as { Container: string };
          const name = users.containerName(Container);
          network.Containers = Object.fromEntries(
            Object.entries(network.Containers ?? {}).filter(([, one]) => one.Name !== name),
          );
          return { status: 200 };
        }
      }
    },
  };
}
