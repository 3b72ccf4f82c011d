import type { Logger } from 'pino';
import type { Nodes } from '../nodes/ports.ts';
import type { Forwarders } from './forwarders.ts';

/** Links and external services follow what serves: when told, and when an agent connects. */
export function createSettling(deps: {
  readonly forwarders: Pick<Forwarders, 'settle'>;
  readonly nodes: Nodes;
  readonly log: Logger;
}) {
  const stopping = new AbortController();
  /** A failure is mended the next time. */
  const hint = (): void => {
    deps.forwarders.settle(stopping.signal).catch((error: unknown) => {
      if (!stopping.signal.aborted)
        deps.log.warn({ err: error }, 'links and external services were not settled');
    });
  };
  const stopListening = deps.nodes.onChange(({ kind }) => {
    if (kind === 'connected') hint();
  });
  return {
    hint,
    close(): void {
      stopListening();
      stopping.abort(new Error('shutdown'));
    },
  };
}
