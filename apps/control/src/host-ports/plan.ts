import { isSameAddress, printEndpoint } from '@berth/domain/bound-port';
import type { ReleaseService } from '@berth/domain/release';
import type { HostPort } from '@berth/domain/service';

interface Place {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  /** Undefined: every address of a node. */
  readonly address?: string | undefined;
}

/** A port of the nodes that a service of an app has. */
export interface HostPortClaim extends Place {
  readonly app: string;
  readonly service: string;
  readonly target: number;
}

/** A port that something else has. `owner` in words: `edge: HTTP`, `a process of node n1`. */
export interface BusyPort extends Place {
  readonly owner: string;
}

export interface PortPlan {
  /** With every port chosen. */
  readonly services: readonly Pick<ReleaseService, 'spec'>[];
  readonly claims: readonly HostPortClaim[];
  /** In words, each with the service, the port and who has it. */
  readonly conflicts: readonly string[];
}

/** Whether only one of the two can be open on a node. */
export const isInTheWay = (one: Place, other: Place): boolean =>
  one.port === other.port && one.protocol === other.protocol && isSameAddress(one.address, other.address);

/**
 * Which port of the nodes each service has, and which of them it cannot have. A port that Berth chooses is the
 * one the service had, as long as that is free. Pure: nothing is taken by planning.
 */
export function planPorts(input: {
  readonly app: string;
  readonly services: readonly Pick<ReleaseService, 'spec'>[];
  /** Of all apps. */
  readonly claimed: readonly HostPortClaim[];
  /** Not by services of this app. */
  readonly busy: readonly BusyPort[];
  /** Ports to choose from, first and last. */
  readonly range: readonly [number, number];
}): PortPlan {
  const { app } = input;
  const ownerOf = (claim: HostPortClaim): BusyPort => ({
    ...claim,
    owner: `app ${claim.app}, service ${claim.service}`,
  });
  const own = input.claimed.filter((claim) => claim.app === app);
  // What is claimed is named as that, wherever it is seen, too.
  const owned: BusyPort[] = [
    ...input.claimed.filter((claim) => claim.app !== app).map(ownerOf),
    ...input.busy,
  ];
  const claims: HostPortClaim[] = [];
  const conflicts: string[] = [];
  const take = (service: string, port: HostPort): HostPort => {
    const { target, protocol, published, address } = port;
    const claim = { app, service, target, protocol, port: published, address };
    const taken = owned.find((entry) => isInTheWay(entry, claim));
    if (taken !== undefined) {
      const at = taken.address === undefined ? '' : ` at ${taken.address}`;
      conflicts.push(
        `${service} publishes ${printEndpoint(published, address)}/${protocol}, which is taken (${taken.owner}${at})`,
      );
    } else {
      claims.push(claim);
      owned.push(ownerOf(claim));
    }
    return port;
  };
  const choose = (service: string, port: HostPort): HostPort => {
    const [first, last] = port.range ?? input.range;
    const { protocol, address } = port;
    const isFree = (candidate: number): boolean =>
      candidate >= first &&
      candidate <= last &&
      !owned.some((entry) => isInTheWay(entry, { protocol, address, port: candidate }));
    const before = own.find(
      (claim) =>
        claim.service === service &&
        claim.target === port.target &&
        claim.protocol === protocol &&
        claim.address === address &&
        isFree(claim.port),
    )?.port;
    let published = before ?? first;
    // What a sibling had, it may want again.
    const isTheirs = (candidate: number) =>
      own.some((claim) => isInTheWay(claim, { protocol, address, port: candidate }));
    while (before === undefined && published <= last && (!isFree(published) || isTheirs(published)))
      published += 1;
    if (published > last) {
      conflicts.push(
        `${service} publishes ${port.target}/${protocol} on one of ${first}-${last}, and none of them is free`,
      );
      return port;
    }
    const { range: _range, ...rest } = port;
    return take(service, { ...rest, published });
  };
  const withPorts = (
    services: readonly Pick<ReleaseService, 'spec'>[],
    change: (service: string, port: HostPort) => HostPort,
  ) =>
    services.map((service) => ({
      ...service,
      spec: { ...service.spec, ports: service.spec.ports.map((port) => change(service.spec.name, port)) },
    }));
  // Those that are named come first, so that none is chosen that another service names.
  const fixed = withPorts(input.services, (service, port) =>
    port.published === 0 ? port : take(service, port),
  );
  const services = withPorts(fixed, (service, port) => (port.published === 0 ? choose(service, port) : port));
  return { services, claims, conflicts };
}
