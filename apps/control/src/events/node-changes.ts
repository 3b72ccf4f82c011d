import type { Logger } from 'pino';
import type { Nodes } from '../nodes/ports.ts';
import type { EventLog } from './log.ts';

/** Keeps as events that agents come and go; gives what ends it. */
export const noteNodeChanges = (deps: {
  readonly nodes: Nodes;
  readonly events: Pick<EventLog, 'append'>;
  readonly log: Logger;
}): (() => void) =>
  deps.nodes.onChange(({ kind, id }) => {
    const name = deps.nodes.find(id)?.name ?? id;
    deps.events
      .append({ kind: `node.${kind}`, text: `${name}: agent ${kind}`, data: { node: id } })
      .catch((error: unknown) => deps.log.error({ err: error }, 'event not kept'));
  });
