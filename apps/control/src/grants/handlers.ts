import { refuse } from '@berth/contract/errors';
import type { GrantView } from '@berth/contract/grants';
import { type Grant, gives, judgePermission, permissionForms } from '@berth/domain/permission';
import { type Clock, isoTime } from '@berth/runtime/clock';
import { newId } from '@berth/runtime/ids';
import type * as z from 'zod';
import type { AppStore } from '../apps/store.ts';
import type { EventLog } from '../events/log.ts';
import type { Handlers } from '../http/handler.ts';
import { pageAfter } from '../http/page.ts';
import type { Nodes } from '../nodes/ports.ts';
import type { ReleaseStore } from '../releases/store.ts';
import { findHolders, type Holder } from './in-use.ts';
import { listWith, nodesRefusing } from './require.ts';
import type { GrantStore } from './store.ts';

export function grantHandlers(deps: {
  readonly grants: GrantStore;
  readonly apps: Pick<AppStore, 'list'>;
  readonly releases: Pick<ReleaseStore, 'open'>;
  readonly nodes: Pick<Nodes, 'list'>;
  readonly events: Pick<EventLog, 'append'>;
  readonly clock: Pick<Clock, 'now'>;
}): Pick<Handlers, 'listGrants' | 'createGrant' | 'deleteGrant'> {
  const view = (grant: Grant, holders: readonly Holder[]): z.input<typeof GrantView> => {
    const judged = judgePermission(grant.permission);
    return {
      id: grant.id,
      app: grant.app,
      ...(grant.service === undefined ? {} : { service: grant.service }),
      permission: grant.permission,
      risk: judged.kind === 'never' ? judged.why : judged.risk,
      reason: grant.reason,
      owner: grant.owner,
      grantedBy: grant.grantedBy,
      createdAt: isoTime(grant.createdAt),
      expiresAt: isoTime(grant.expiresAt),
      expired: grant.expiresAt <= deps.clock.now(),
      usedBy: usersOf(grant, holders),
      refusedBy: nodesRefusing(deps.nodes.list(), grant.permission).map((node) => ({
        node: node.name,
        allow: listWith(node, [grant.permission]),
      })),
    };
  };
  return {
    listGrants: async ({ query }) => {
      const page = pageAfter(await deps.grants.list(), query, ({ id }) => id);
      const holders = await findHolders(deps, new Set(page.items.map(({ app }) => app)));
      return { ...page, items: page.items.map((grant) => view(grant, holders)) };
    },
    createGrant: async ({ body, actor }) => {
      const judged = judgePermission(body.permission);
      if (judged.kind === 'never')
        throw refuse('not_grantable', `${body.permission} cannot be granted: ${judged.why}.`, {
          evidence: [`a permission is ${permissionForms}`],
        });
      const now = deps.clock.now();
      const grant: Grant = {
        id: newId(now),
        app: body.app,
        ...(body.service === undefined ? {} : { service: body.service }),
        permission: judged.permission,
        reason: body.reason,
        owner: body.owner ?? actor.name,
        grantedBy: actor.name,
        createdAt: now,
        expiresAt: now + body.expiresInSeconds * 1000,
      };
      await deps.grants.put(grant);
      await deps.events.append({
        kind: 'grant.added',
        app: grant.app,
        text: `${grantee(grant)} may have ${grant.permission} until ${isoTime(grant.expiresAt)}: ${grant.reason}`,
        data: { grant: grant.id, permission: grant.permission },
      });
      return view(grant, await findHolders(deps, new Set([grant.app])));
    },
    deleteGrant: async ({ params }) => {
      const grant = await deps.grants.find(params.id);
      if (grant === undefined) throw refuse('grant_not_found', `There is no grant "${params.id}".`);
      await deps.grants.remove(grant.id);
      await deps.events.append({
        kind: 'grant.revoked',
        app: grant.app,
        text: `${grantee(grant)} may not have ${grant.permission} any more`,
        data: { grant: grant.id, permission: grant.permission },
      });
      return undefined;
    },
  };
}

const grantee = ({ app, service }: Grant): string => (service === undefined ? app : `${app}/${service}`);

const usersOf = (grant: Grant, holders: readonly Holder[]): string[] =>
  holders
    .filter(
      ({ app, service, permissions }) =>
        app === grant.app && permissions.some((wanted) => gives(grant, service, wanted)),
    )
    .map(({ service }) => service);
