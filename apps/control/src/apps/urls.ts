import { lookup } from 'node:dns/promises';
import type { Clock } from '@berth/runtime/clock';
import type { App } from './store.ts';

/** How long an answer of DNS is believed. */
const believedMs = 60_000;
const lookupMs = 1_500;

export interface UrlsConfig {
  readonly domain: string;
  readonly publicAddress: string;
  readonly httpPort: number;
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

  const suffix = config.httpPort === 80 ? '' : `:${config.httpPort}`;
  return {
    async of(app: Pick<App, 'name' | 'port'>, custom: readonly string[] = []): Promise<string[]> {
      const own = `${app.name}.${config.domain}`;
      const names = [...custom.filter((name) => !name.startsWith('*.')), own];
      const port = app.port === undefined ? [] : [`http://${config.publicAddress}:${app.port}`];
      const found = await Promise.all(
        names.map(async (name) => ({ name, resolves: await resolvesHere(name) })),
      );
      const url = (name: string) => `http://${name}${suffix}`;
      return [
        ...found.filter((entry) => entry.resolves).map((entry) => url(entry.name)),
        ...port,
        ...found.filter((entry) => !entry.resolves).map((entry) => url(entry.name)),
      ];
    },
  };
}
