import { createHash } from 'node:crypto';
import type { AppNetwork } from '@berth/domain/release';
import type { ServiceSpec } from '@berth/domain/service';

/** The network every app has. */
export const appNetworkName = (platform: string, app: string): string => `${platform}-app-${app}`;

/** A network that apps share by its name. */
export const sharedNetworkName = (platform: string, name: string): string => `${platform}-net-${name}`;

const plain: Omit<AppNetwork, 'name'> = { internal: false, encrypted: false, labels: {} };

/**
 * The engine's network behind one of an app. The underscore cannot be in the name of an app, so `shop` with a network
 * `a-b` and `shop-a` with `b` are two. What was decided at its making is in the name too: the engine cannot
 * change a network, so another subnet is another network, and each release keeps its own.
 */
export function engineNetworkName(platform: string, app: string, network: AppNetwork): string {
  if (network.shared !== undefined) return sharedNetworkName(platform, network.shared);
  const own = appNetworkName(platform, app);
  // What Swarm takes as a name; the hash tells apart what becomes equal by it.
  const shown = network.name.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '');
  const base = network.name === 'default' ? own : `${own}_${shown}`;
  const decided = canonical(network);
  return decided === canonical({ ...plain, name: shown })
    ? base
    : `${base}-${createHash('sha256').update(decided).digest('hex').slice(0, 6)}`;
}

/** Equal options are equal text, in whatever order they came. */
const canonical = (options: object): string =>
  JSON.stringify(
    Object.entries(options)
      .filter(([, value]) => value !== undefined)
      .sort(([x], [y]) => (x < y ? -1 : 1)),
  );

export interface Attachment {
  readonly target: string;
  readonly aliases: readonly string[];
  readonly network: AppNetwork;
}

/** Networks of the engine that the tasks of a service join, and what they are called there. */
export function attachmentsOf(input: {
  platform: string;
  app: string;
  spec: Pick<ServiceSpec, 'name' | 'networks'>;
  networks: readonly AppNetwork[];
}): Attachment[] {
  const { platform, app, spec, networks } = input;
  return spec.networks.map(({ network: name, aliases }) => {
    const network = networks.find((candidate) => candidate.name === name) ?? { name, ...plain };
    return {
      target: engineNetworkName(platform, app, network),
      // The last is never another app's: links and shared networks tell services apart by it.
      aliases: [...new Set([spec.name, ...aliases, `${spec.name}.${app}`])],
      network,
    };
  });
}

/** The network edges reach a routed service by: the app's own where it has one, and one with a way out before one without. */
export function edgeNetworkOf(attachments: readonly Attachment[]): string | undefined {
  const rank = ({ network }: Attachment): number =>
    (network.name === 'default' ? 0 : 1) +
    (network.internal ? 2 : 0) +
    (network.shared === undefined ? 0 : 4);
  return [...attachments].sort((x, y) => rank(x) - rank(y))[0]?.target;
}
