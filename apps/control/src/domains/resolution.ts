import { Resolver } from 'node:dns/promises';
import type { Clock } from '@berth/runtime/clock';

export type Resolution = 'here' | 'elsewhere' | 'nowhere' | 'unknown';

/** Addresses of a name; rejects with the codes of node:dns. */
export type Resolve = (host: string) => Promise<readonly string[]>;

const resolveMs = 1_500;
const believedMs = 30_000;
const namesMax = 2_000;
const absentCodes = ['ENOTFOUND', 'ENODATA', 'NXDOMAIN'];

/** Asks the system's name servers, once, with a short deadline. */
export const systemResolve: Resolve = async (host) => {
  const resolver = new Resolver({ timeout: resolveMs, tries: 1 });
  const [v4, v6] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const found = [v4, v6].flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  if (found.length > 0) return found;
  const failures = [v4, v6].flatMap((answer) =>
    answer.status === 'rejected' ? [answer.reason as unknown] : [],
  );
  // That one family has no address says less than that a server did not answer.
  throw failures.find((reason) => !isAbsentName(reason)) ?? failures[0];
};

/** Where names lead: to this platform's edges or not. Answers are believed for half a minute. */
export type Resolutions = ReturnType<typeof createResolutions>;

export function createResolutions(deps: {
  readonly clock: Pick<Clock, 'now'>;
  readonly resolve: Resolve;
  /** Addresses people reach the edges at. */
  ownAddresses(): readonly string[];
}) {
  const known = new Map<string, { at: number; answer: Promise<Resolution> }>();

  async function ask(host: string): Promise<Resolution> {
    try {
      const found = await deps.resolve(host);
      const own = deps.ownAddresses();
      return found.some((address) => own.includes(address)) ? 'here' : 'elsewhere';
    } catch (cause) {
      return isAbsentName(cause) ? 'nowhere' : 'unknown';
    }
  }

  return {
    /** Never rejects: DNS that does not answer is `unknown`. */
    of(domain: string): Promise<Resolution> {
      const host = domain.startsWith('*.') ? `berth-check${domain.slice(1)}` : domain;
      const now = deps.clock.now();
      const found = known.get(host);
      if (found !== undefined && now - found.at < believedMs) return found.answer;
      if (known.size >= namesMax) known.clear();
      const answer = ask(host);
      known.set(host, { at: now, answer });
      return answer;
    },
  };
}

function isAbsentName(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && absentCodes.includes(String(cause.code));
}
