import { refuse } from '@berth/contract/errors';
import { type Clock, isoTime } from '@berth/runtime/clock';
import type { EventLog } from '../events/log.ts';
import type { Forwarders } from '../forwarders/forwarders.ts';
import type { Handlers } from '../http/handler.ts';
import { pageAfter } from '../http/page.ts';
import type { External, ExternalStore } from './store.ts';

export function externalHandlers(deps: {
  readonly externals: ExternalStore;
  readonly forwarders: Pick<Forwarders, 'settle' | 'usersOf'>;
  readonly events: Pick<EventLog, 'append'>;
  readonly clock: Pick<Clock, 'now'>;
}): Pick<Handlers, 'listExternals' | 'createExternal' | 'retargetExternal' | 'deleteExternal'> {
  const { externals, forwarders } = deps;
  const get = async (name: string): Promise<External> => {
    const found = await externals.find(name);
    if (found === undefined) throw refuse('external_not_found', `There is no external service "${name}".`);
    return found;
  };
  const view = async (external: External) => ({
    name: external.name,
    targets: [...external.targets],
    port: external.port,
    protocol: external.protocol,
    ...(external.apps === undefined ? {} : { apps: [...external.apps] }),
    usedBy: await forwarders.usersOf(external.name),
    updatedAt: isoTime(external.updatedAt),
  });
  return {
    listExternals: async ({ query }) => {
      const page = pageAfter(await externals.list(), query, ({ name }) => name);
      return { ...page, items: await Promise.all(page.items.map(view)) };
    },
    createExternal: async ({ body, actor }) => {
      if ((await externals.find(body.name)) !== undefined)
        throw refuse(
          'conflict',
          `There is already an external service "${body.name}": move it with \`berth externals retarget\`.`,
        );
      const [first = ''] = body.targets;
      const port = body.port ?? Number(first.slice(first.lastIndexOf(':') + 1));
      await externals.create({ ...body, apps: body.apps, port }, actor.name, deps.clock.now());
      return view(await get(body.name));
    },
    retargetExternal: async ({ params, body, signal }) => {
      const before = await get(params.name);
      await externals.retarget(params.name, body.targets, deps.clock.now());
      await forwarders.settle(signal);
      await deps.events.append({
        kind: 'external.retargeted',
        text: `external service ${params.name}: ${before.targets.join(', ')} → ${body.targets.join(', ')}`,
        data: { external: params.name, targets: body.targets },
      });
      return view(await get(params.name));
    },
    deleteExternal: async ({ params }) => {
      await get(params.name);
      const users = await forwarders.usersOf(params.name);
      if (users.length > 0)
        throw refuse(
          'conflict',
          `The external service "${params.name}" is declared by ${users.join(', ')}: remove it from \`x-berth.externals\` there first.`,
        );
      await externals.remove(params.name);
      return undefined;
    },
  };
}
