import { lookup } from 'node:dns/promises';
import type { Clock } from '@berth/runtime/clock';
import type { App } from './store.ts';

/** How long an answer of DNS is believed. */
const believedMs = 60_000;
const lookupMs = 1_500;

export interface EdgePorts {
  readonly httpPort: number;
  readonly httpsPort: number;
}

export interface UrlsConfig extends EdgePorts {
  readonly domain: string;
  readonly publicAddress: string;
}

/** A name of an app, and the path below which it is the app's. */
export interface Address {
  readonly domain: string;
  readonly path: string;
  readonly isHttps: boolean;
}

/** What a browser is given. */
export function urlOf(ports: EdgePorts, { domain, path, isHttps }: Address): string {
  const [scheme, port, usual] = isHttps ? ['https', ports.httpsPort, 443] : ['http', ports.httpPort, 80];
  return `${scheme}://${domain}${port === usual ? '' : `:${port}`}${path === '/' ? '' : path}`;
}

export type Resolve = (host: string) => Promise<readonly string[]>;

export const systemResolve: Resolve = async (host) =>
  (await lookup(host, { all: true })).map((entry) => entry.address);

/** Addresses of apps, best first: a name where it resolves to this edge, else the app's port (R167). */
export type Urls = ReturnType<typeof createUrls>;

export function createUrls(config: UrlsConfig, clock: Clock, resolve: Resolve = systemResolve) {
  const known = new Map<string, { at: number; resolves: boolean }>();

  async function resolvesHere(host: string): Promise<boolean> {
    const found = known.get(host);
    if (found !== undefined && clock.now() - found.at < believedMs) return found.resolves;
    const timer = new AbortController();
    const resolves = await Promise.race([
      resolve(host).then(
        (addresses) => addresses.includes(config.publicAddress),
        () => false,
      ),
      clock.sleep(lookupMs, timer.signal).then(
        () => false,
        () => false,
      ),
    ]);
    timer.abort();
    if (known.size > 1_000) known.clear();
    known.set(host, { at: clock.now(), resolves });
    return resolves;
  }

  return {
    async of(app: Pick<App, 'name' | 'port'>, custom: readonly Address[] = []): Promise<string[]> {
      const own = { domain: `${app.name}.${config.domain}`, path: '/', isHttps: false };
      const port = app.port === undefined ? [] : [`http://${config.publicAddress}:${app.port}`];
      const found = await Promise.all(
        [...custom, own].map(async (address) => ({
          url: urlOf(config, address),
          resolves: await resolvesHere(address.domain),
        })),
      );
      return [
        ...found.filter((entry) => entry.resolves).map((entry) => entry.url),
        ...port,
        ...found.filter((entry) => !entry.resolves).map((entry) => entry.url),
      ];
    },
  };
}
