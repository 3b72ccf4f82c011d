import { refuse } from '@berth/contract/errors';
import { type Clock, isoTime } from '@berth/runtime/clock';
import { newId } from '@berth/runtime/ids';
import type { Handlers } from '../http/handler.ts';
import { pageOf } from '../http/page.ts';
import type { StoredToken, TokenStore } from './store.ts';
import { hashToken, newTokenText } from './token.ts';

export function tokenHandlers(deps: {
  readonly tokens: TokenStore;
  readonly clock: Pick<Clock, 'now'>;
}): Pick<Handlers, 'whoami' | 'listTokens' | 'createToken' | 'deleteToken'> {
  const { tokens, clock } = deps;
  return {
    whoami: async ({ actor }) => {
      const token = await tokens.find(actor.tokenId);
      return {
        id: actor.tokenId,
        name: actor.name,
        scope: actor.scope,
        ...(token?.expiresAt === undefined ? {} : { expiresAt: isoTime(token.expiresAt) }),
      };
    },
    listTokens: async ({ query }) => {
      const found = await tokens.list({ after: query.cursor, limit: query.limit + 1 });
      return pageOf(found, query.limit, view, (token) => token.id);
    },
    createToken: async ({ body, actor }) => {
      const taken = await tokens.findByName(body.name);
      if (taken !== undefined)
        throw refuse(
          'conflict',
          `There is already a token named "${body.name}" (${taken.id}): revoke it, or choose another name.`,
        );
      const nowMs = clock.now();
      const id = newId(nowMs);
      const secret = newTokenText(id);
      const token = {
        id,
        name: body.name,
        scope: body.scope,
        sha256: hashToken(secret),
        createdBy: actor.name,
        expiresAt: body.expiresInSeconds === undefined ? undefined : nowMs + body.expiresInSeconds * 1000,
        nowMs,
      };
      await tokens.create(token);
      return { ...view({ ...token, createdAt: nowMs, lastUsedAt: undefined }), secret };
    },
    deleteToken: async ({ params }) => {
      if (await tokens.isLastAdmin(params.id, clock.now()))
        throw refuse(
          'conflict',
          `${params.id} is the last admin token: make another one first, or nobody could make any.`,
        );
      if (!(await tokens.revoke(params.id, clock.now())))
        throw refuse('not_found', `There is no token "${params.id}".`);
      return undefined;
    },
  };
}

function view(token: StoredToken) {
  return {
    id: token.id,
    name: token.name,
    scope: token.scope,
    createdAt: isoTime(token.createdAt),
    ...(token.expiresAt === undefined ? {} : { expiresAt: isoTime(token.expiresAt) }),
    ...(token.lastUsedAt === undefined ? {} : { lastUsedAt: isoTime(token.lastUsedAt) }),
  };
}
