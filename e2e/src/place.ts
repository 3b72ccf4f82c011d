import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Platform } from '@berth/setup/platform';

/** Name, directory and ports of a platform that tests have for themselves, beside whatever else runs here. */
export interface Place extends Omit<Platform, 'publicAddress' | 'hostPorts'> {
  readonly dir: string;
  /** Where its command line keeps addresses and tokens: `XDG_CONFIG_HOME`. */
  readonly configHome: string;
  /** The first of thirty that tests publish themselves. */
  readonly freePort: number;
}

const checkoutsMax = 9;

/**
 * Several checkouts may run their product tests on one machine at a time, each with two platforms: 0 to 8 are the
 * first ones, 9 to 17 the second ones of the same checkouts.
 */
export function placeAt(number: number): Place {
  if (!Number.isInteger(number) || number < 0 || number >= 2 * checkoutsMax)
    throw new Error(`the place of a test platform is one of 0 to ${2 * checkoutsMax - 1}`);
  const name = number === 0 ? 'berth-test' : `berth-test${number}`;
  const dir = join(tmpdir(), name);
  // Below the ports the kernel gives to clients.
  const base = 28_000 - 1_000 * (number % checkoutsMax) + (number < checkoutsMax ? 0 : 350);
  return {
    name,
    dir,
    configHome: join(dir, 'config'),
    dataDir: join(dir, 'data'),
    domain: `${name.slice('berth-'.length)}.berth.localhost`,
    httpPort: base + 80,
    httpsPort: base + 443,
    appPorts: [base + 100, base + 149],
    apiPort: base - 300,
    linkPort: base - 299,
    registryPort: 25_000 + number,
    freePort: base + 200,
  };
}

/** The second platform of the checkout whose first is at `number`. */
export const secondOf = (number: number): number => number + checkoutsMax;

/** What the environment says, 0 when it says nothing. */
export const ownNumber = Number(process.env.BERTH_TEST_PLACE ?? 0);

/** Arguments of `up` that keep the platform apart from any other. */
export const upArguments = (place: Place): string[] => [
  'up',
  ...['--platform', place.name],
  ...['--data-dir', place.dataDir],
  ...['--domain', place.domain],
  ...['--http-port', String(place.httpPort)],
  ...['--https-port', String(place.httpsPort)],
  ...['--app-ports', place.appPorts.join('-')],
  ...['--api-port', String(place.apiPort)],
  ...['--link-port', String(place.linkPort)],
  ...['--registry-port', String(place.registryPort)],
];
