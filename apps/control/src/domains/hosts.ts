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

  /** Why `app` may not have a name; undefined: it may. */
  async function findFault(app: string, host: string): Promise<string | undefined> {
    if ((host === deps.domain || host.endsWith(`.${deps.domain}`)) && host !== `${app}.${deps.domain}`)
      return `${host} is kept for the platform: names under ${deps.domain} belong to apps of that name.`;
    const owner =
      (await deps.domains.listAll()).find((entry) => entry.domain === host && entry.app !== app)?.app ??
      (await findByManifest(app, host));
    return owner === undefined ? undefined : `${host} belongs to the app ${owner}.`;
  }

  async function findByManifest(app: string, host: string): Promise<string | undefined> {
    for (const { name, liveRelease } of await deps.apps.list()) {
      if (name === app || liveRelease === undefined) continue;
      const release = await deps.releases.find(name, liveRelease);
      if (release !== undefined && hostsOf(release.summary).includes(host)) return name;
    }
    return undefined;
  }

  async function check(app: string, wanted: Named): Promise<void> {
    const faults: string[] = [];
    for (const host of hostsOf(wanted)) {
      const fault = await findFault(app, host);
      if (fault !== undefined) faults.push(fault);
    }
    const [first, ...more] = faults;
    if (first !== undefined) throw refuse('domain_taken', first, { evidence: more });
  }

  return {
    findFault,
    /** Refuses with `domain_taken` the names of a manifest that another app has. */
    check,
    /** The same, and while `take` makes them the app's nobody else is given one. */
    take: (app: string, wanted: Named, take: () => Promise<void>): Promise<void> =>
      inTurn(async () => {
        await check(app, wanted);
        await take();
      }),
  };
}
