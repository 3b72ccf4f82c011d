import { type AppError, refuse } from '@berth/contract/errors';
import type { Clock } from '@berth/runtime/clock';
import { isoTime } from '@berth/runtime/clock';
import type { TokenStore } from '../tokens/store.ts';
import { isTokenOf, tokenId } from '../tokens/token.ts';
import type { Actor } from './handler.ts';

const ranks = { read: 0, deploy: 1, admin: 2 } as const;

export type Authentication =
  | { readonly kind: 'actor'; readonly actor: Actor }
  /** `name`: of the token it claims to be, if that is known. `isNoted`: enough of these are in the audit log. */
  | { readonly kind: 'refused'; readonly error: AppError; readonly name: string; readonly isNoted: boolean };

export interface Caller {
  readonly address: string;
  readonly userAgent: string;
}

/** Failures an address, and all together, may have per window; a valid token is never held up by them. */
const failuresMax = 10;
const failuresMaxTogether = 300;
const windowMs = 60_000;
/** Addresses remembered: a flood of made-up ones must not fill the memory. */
const addressesMax = 10_000;

export type Authenticator = ReturnType<typeof createAuthenticator>;

export function createAuthenticator(tokens: TokenStore, clock: Pick<Clock, 'now'>) {
  const failures = new Map<string, { count: number; since: number }>();

  const together = { count: 0, since: Number.NEGATIVE_INFINITY };

  /** True when this address, or everybody, has failed too often of late. */
  function noteFailure(address: string): boolean {
    const now = clock.now();
    const own = failures.get(address) ?? { count: 0, since: now };
    if (failures.size >= addressesMax) failures.clear();
    failures.set(address, own);
    for (const counter of [own, together]) {
      if (now - counter.since > windowMs) {
        counter.count = 0;
        counter.since = now;
      }
      counter.count += 1;
    }
    return own.count > failuresMax || together.count > failuresMaxTogether;
  }

  function refused(caller: Caller, error: AppError, name: string): Authentication {
    if (!noteFailure(caller.address)) return { kind: 'refused', error, name, isNoted: false };
    const limited = refuse('rate_limited', `Too many failed logins from ${caller.address}: wait a minute.`);
    return { kind: 'refused', error: limited, name, isNoted: true };
  }

  return {
    async authenticate(authorization: string | undefined, caller: Caller): Promise<Authentication> {
      const text = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
      if (text === undefined)
        return refused(
          caller,
          refuse('unauthenticated', 'Send the token as `Authorization: Bearer …`.'),
          '-',
        );
      const id = tokenId(text);
      if (id === undefined)
        return refused(
          caller,
          refuse('unauthenticated', 'The token is not one of Berth’s (`berth_…`).'),
          '-',
        );
      const token = await tokens.find(id);
      // Both mistakes answer alike: which ids exist is nobody's business.
      if (token === undefined || !isTokenOf(text, token.sha256))
        return refused(caller, refuse('unauthenticated', 'The token is unknown or was revoked.'), '-');
      const now = clock.now();
      if (token.expiresAt !== undefined && token.expiresAt <= now)
        return refused(
          caller,
          refuse('token_expired', `The token "${token.name}" expired at ${isoTime(token.expiresAt)}.`),
          token.name,
        );
      await tokens.touch(id, now);
      return { kind: 'actor', actor: { tokenId: id, name: token.name, scope: token.scope, ...caller } };
    },
  };
}

/** Throws `forbidden` unless the actor's scope reaches `needed`. */
export function requireScope(actor: Actor, needed: Actor['scope']): void {
  if (ranks[actor.scope] >= ranks[needed]) return;
  throw refuse('forbidden', `This needs the scope ${needed}; the token "${actor.name}" has ${actor.scope}.`);
}
