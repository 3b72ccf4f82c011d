import type { ReleaseService } from '@berth/domain/release';
import type { HostPort } from '@berth/domain/service';

/** A port of the nodes that a service of an app has. */
export interface HostPortClaim {
  readonly app: string;
  readonly service: string;
  readonly target: number;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
}

/** A port that something else has. `owner` in words: `edge: HTTP`, `a process of node n1`. */
export interface BusyPort {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly owner: string;
}

export interface PortPlan {
  /** With every port chosen. */
  readonly services: readonly Pick<ReleaseService, 'spec'>[];
  readonly claims: readonly HostPortClaim[];
  /** In words, each with the service, the port and who has it. */
  readonly conflicts: readonly string[];
}

const keyOf = (port: { readonly protocol: string; readonly port: number }): string =>
  `${port.protocol} ${port.port}`;

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
  const owners = new Map(input.busy.map((entry) => [keyOf(entry), entry.owner]));
  for (const claim of input.claimed)
    if (claim.app !== app) owners.set(keyOf(claim), `app ${claim.app}, service ${claim.service}`);
  const own = input.claimed.filter((claim) => claim.app === app);
  const claims: HostPortClaim[] = [];
  const conflicts: string[] = [];
  const take = (service: string, port: HostPort): HostPort => {
    const claim = { app, service, target: port.target, protocol: port.protocol, port: port.published };
    const owner = owners.get(keyOf(claim));
    if (owner !== undefined)
      conflicts.push(`${service} publishes ${port.published}/${port.protocol}, which is taken (${owner})`);
    else {
      claims.push(claim);
      owners.set(keyOf(claim), `app ${app}, service ${service}`);
    }
    return port;
  };
  const choose = (service: string, port: HostPort): HostPort => {
    const [first, last] = port.range ?? input.range;
    const isFree = (candidate: number): boolean =>
      candidate >= first &&
      candidate <= last &&
      !owners.has(keyOf({ protocol: port.protocol, port: candidate }));
    const before = own.find(
      (claim) =>
        claim.service === service &&
        claim.target === port.target &&
        claim.protocol === port.protocol &&
        isFree(claim.port),
    )?.port;
    let published = before ?? first;
    // What a sibling had, it may want again.
    const isTheirs = (candidate: number) =>
      own.some((claim) => claim.port === candidate && claim.protocol === port.protocol);
    while (before === undefined && published <= last && (!isFree(published) || isTheirs(published)))
      published += 1;
    if (published > last) {
      conflicts.push(
        `${service} publishes ${port.target}/${port.protocol} on one of ${first}-${last}, and none of them is free`,
      );
      return port;
    }
    const { range: _range, ...rest } = port;
    return take(service, { ...rest, published });
  };
  // Those that are named come first, so that none is chosen that another service names.
  const fixed = input.services.map((service) => ({
    ...service,
    spec: {
      ...service.spec,
      ports: service.spec.ports.map((port) => (port.published === 0 ? port : take(service.spec.name, port))),
    },
  }));
  const services = fixed.map((service) => ({
    ...service,
    spec: {
      ...service.spec,
      ports: service.spec.ports.map((port) =>
        port.published === 0 ? choose(service.spec.name, port) : port,
      ),
    },
  }));
  return { services, claims, conflicts };
}
