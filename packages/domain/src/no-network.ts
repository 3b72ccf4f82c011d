import type { ServiceSpec } from './service.ts';

/**
 * Swarm has no task without a network. One with `network_mode: none` gets a network of its service alone, without a
 * way out, under a name no manifest can have; the agent of its node takes it out of that when it starts.
 */
const prefix = 'none.';

export const ownNetworkOf = (service: string): string => `${prefix}${service}`;

export const isOwnNetwork = (network: string): boolean => network.startsWith(prefix);

/** Its tasks have a loopback interface and nothing else. */
export const hasNoNetwork = ({ networks }: Pick<ServiceSpec, 'networks'>): boolean =>
  networks.some(({ network }) => isOwnNetwork(network));
