import { refuse } from '@berth/contract/errors';
import type { Handlers } from '../http/handler.ts';
import type { EventLog } from './log.ts';

export function eventHandlers(deps: { readonly events: EventLog }): Pick<Handlers, 'watchEvents'> {
  return {
    watchEvents: async function* ({ query, lastEventId, signal }) {
      const after = lastEventId === undefined ? undefined : parseSeq(lastEventId);
      const { app, tail, follow } = query;
      for await (const event of deps.events.follow({ app, tail, follow, after, signal })) {
        yield { id: String(event.seq), data: event };
      }
    },
  };
}

function parseSeq(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw refuse('invalid', 'Last-Event-ID must be the id of an event, a number.');
}
