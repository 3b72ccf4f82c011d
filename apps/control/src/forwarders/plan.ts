import type { Release } from '@berth/domain/release';
import { attachmentsOf, edgeNetworkOf } from '../networks/names.ts';

/** What of a release decides who it reaches and who reaches it. */
export type ReachableApp = Pick<Release, 'app' | 'networks' | 'links' | 'exposes' | 'externals'> & {
  readonly services: readonly Pick<Release['services'][number], 'spec'>[];
};

export interface KnownExternal {
  readonly name: string;
  readonly targets: readonly string[];
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly apps: readonly string[] | undefined;
}

/** A small forwarder: in the networks of one app it answers to one name, and passes on what it gets. */
export interface Forwarder {
  readonly app: string;
  /** The name in the app. */
  readonly alias: string;
  /** Networks of the engine where it answers. */
  readonly answersIn: readonly string[];
  /** Where it only reaches its target. */
  readonly reachesBy: readonly string[];
  /** Every network it answers in is internal, and its target is outside. */
  readonly needsWayOut: boolean;
  readonly listeners: readonly {
    readonly port: number;
    readonly protocol: 'tcp' | 'udp';
    /** `host:port`, in order of preference. */
    readonly targets: readonly string[];
    /** The name of a target stands for several tasks, and all of them are used. */
    readonly isService: boolean;
  }[];
}

/** Why a link or an external service cannot be had. */
export interface ReachFault {
  readonly code: 'link_refused' | 'external_not_found';
  readonly message: string;
}

/**
 * The forwarders one app needs, and what it declares but cannot have. Pure. A link opens the exposed ports of one
 * service and nothing else: the forwarder is the only thing in both apps' networks, and it routes no packets.
 */
export function planForwarders(
  app: ReachableApp,
  world: {
    readonly platform: string;
    /** The live release of an app. */
    readonly providers: ReadonlyMap<string, ReachableApp>;
    readonly externals: ReadonlyMap<string, KnownExternal>;
  },
): { readonly forwarders: readonly Forwarder[]; readonly faults: readonly ReachFault[] } {
  const faults: ReachFault[] = [];
  const forwarders: Forwarder[] = [];
  const own = new Map(
    app.services
      .flatMap(({ spec }) =>
        attachmentsOf({ platform: world.platform, app: app.app, spec, networks: app.networks }),
      )
      .filter(({ network }) => network.shared === undefined && !network.name.startsWith('none.'))
      .map((attachment) => [attachment.target, attachment.network]),
  );
  const base = {
    app: app.app,
    answersIn: [...own.keys()].sort(),
    needsWayOut: [...own.values()].every(({ internal }) => internal),
  };
  for (const link of app.links) {
    const refuse = (message: string) => faults.push({ code: 'link_refused', message });
    const provider = world.providers.get(link.app);
    const service = provider?.services.find(({ spec }) => spec.name === link.service);
    if (provider === undefined || service === undefined) {
      refuse(
        provider === undefined
          ? `The link to ${link.service} of ${link.app}: there is no live release of ${link.app}.`
          : `The link to ${link.service} of ${link.app}: ${link.app} has no such service; it has ${provider.services.map(({ spec }) => spec.name).join(', ')}.`,
      );
      continue;
    }
    const exposed = provider.exposes
      .filter(({ service: name, to }) => name === link.service && (to === undefined || to.includes(app.app)))
      .flatMap(({ ports, udpPorts = [] }) => [
        ...ports.map((port) => ({ port, protocol: 'tcp' as const })),
        ...udpPorts.map((port) => ({ port, protocol: 'udp' as const })),
      ]);
    const ports = exposed.filter(({ port }) => link.port === undefined || link.port === port);
    if (ports.length === 0) {
      refuse(
        `The link to ${link.service} of ${link.app}: ${link.app} does not expose ${link.port === undefined ? 'it' : `its port ${link.port}`} to ${app.app}.`,
      );
      continue;
    }
    const network = edgeNetworkOf(
      attachmentsOf({
        platform: world.platform,
        app: link.app,
        spec: service.spec,
        networks: provider.networks,
      }),
    );
    forwarders.push({
      ...base,
      alias: link.as,
      reachesBy: network === undefined ? [] : [network],
      needsWayOut: false,
      listeners: [...new Map(ports.map((one) => [`${one.port}/${one.protocol}`, one])).values()]
        .sort((x, y) => x.port - y.port)
        .map(({ port, protocol }) => ({
          port,
          protocol,
          // Not the service's own name, which may also be that of a service of this app.
          targets: [`${link.service}.${link.app}:${port}`],
          isService: true,
        })),
    });
  }
  for (const name of app.externals) {
    const external = world.externals.get(name);
    if (external === undefined || external.apps?.includes(app.app) === false) {
      faults.push({
        code: 'external_not_found',
        message:
          external === undefined
            ? `The app declares the external service "${name}", which is not there.`
            : `The external service "${name}" is not for ${app.app}.`,
      });
      continue;
    }
    forwarders.push({
      ...base,
      alias: name,
      reachesBy: [],
      listeners: [
        { port: external.port, protocol: external.protocol, targets: external.targets, isService: false },
      ],
    });
  }
  return { forwarders, faults };
}
