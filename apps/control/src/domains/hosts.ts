import { refuse } from '@berth/contract/errors';
import type { Release } from '@berth/domain/release';
import { createTurns } from '@berth/runtime/turns';
import type { ReleaseStore } from '../releases/store.ts';

export interface HostsDependencies {
  /** Apps are named `<app>.<domain>`. */
  readonly domain: string;
  readonly domains: { listAll(): Promise<readonly { readonly domain: string; readonly app: string }[]> };
  readonly apps: {
    list(): Promise<readonly { readonly name: string; readonly liveRelease: number | undefined }[]>;
  };
  readonly releases: Pick<ReleaseStore, 'find'>;
}

type Named = Pick<Release, 'routes' | 'redirects'>;

/** Names that a manifest has requests answered under, beside those of `berth domains`. */
export const hostsOf = ({ routes, redirects }: Named): string[] => [
  ...new Set([...routes.flatMap(({ host }) => host ?? []), ...redirects.map(({ host }) => host)]),
];

/** Who has which host name: each belongs to one app, whether its manifest or `berth domains` says so. */
export type Hosts = ReturnType<typeof createHosts>;

export function createHosts(deps: HostsDependencies) {
  const inTurn = createTurns(1);

  /** The names that apps other than this one have. */
  async function ownersBeside(app: string): Promise<ReadonlyMap<string, string>> {
    const owners = new Map<string, string>();
    for (const { name, liveRelease } of await deps.apps.list()) {
      if (name === app || liveRelease === undefined) continue;
      const release = await deps.releases.find(name, liveRelease);
      for (const host of release === undefined ? [] : hostsOf(release.summary)) owners.set(host, name);
    }
    for (const entry of await deps.domains.listAll())
      if (entry.app !== app) owners.set(entry.domain, entry.app);
    return owners;
  }

  async function check(app: string, hosts: readonly string[]): Promise<void> {
    if (hosts.length === 0) return;
    const owners = await ownersBeside(app);
    const [first, ...more] = hosts.flatMap((host) => {
      if ((host === deps.domain || host.endsWith(`.${deps.domain}`)) && host !== `${app}.${deps.domain}`)
        return `${host} is kept for the platform: names under ${deps.domain} belong to apps of that name.`;
      const owner = owners.get(host);
      return owner === undefined ? [] : `${host} belongs to the app ${owner}.`;
    });
    if (first !== undefined) throw refuse('domain_taken', first, { evidence: more });
  }

  return {
    /** Refuses with `domain_taken` the names that are another app's, or the platform's. */
    check,
    /** The same, and while `take` makes them the app's nobody else is given one. */
    take: (app: string, hosts: readonly string[], take: () => Promise<void>): Promise<void> =>
      inTurn(async () => {
        await check(app, hosts);
        await take();
      }),
  };
}
