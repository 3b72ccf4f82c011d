import type { ControlConfig } from '@berth/contract/config';
import { renderOpenapi } from '@berth/contract/openapi';
import { isoTime } from '@berth/runtime/clock';
import type { Handlers } from '../http/handler.ts';
import type { Nodes } from '../nodes/ports.ts';

/** What control says of itself, to anybody. */
export function metaHandlers(deps: {
  readonly config: Pick<ControlConfig, 'version' | 'platform'>;
  readonly nodes: Pick<Nodes, 'list'>;
  /** Nodes whose edge was not told yet what to serve. */
  readonly routing: { waitingFor(): readonly string[] };
  readonly startedAt: number;
  /** Rejects when the database does not answer. */
  pingDatabase(): Promise<void>;
}): Pick<Handlers, 'getHealth' | 'getReady' | 'getVersion' | 'getOpenapi'> {
  return {
    getHealth: async () => ({ ok: true }),
    getReady: async () => {
      await deps.pingDatabase();
      const waitingFor =
        deps.nodes.list().length === 0
          ? ['an agent to connect']
          : deps.routing.waitingFor().map((node) => `the edge of ${node} to take its routes`);
      return { ok: waitingFor.length === 0, waitingFor };
    },
    getVersion: async () => ({
      version: deps.config.version,
      api: 'v1',
      platform: deps.config.platform,
      startedAt: isoTime(deps.startedAt),
    }),
    // Rendered on request: asked for rarely, and large.
    getOpenapi: async () => renderOpenapi(),
  };
}
