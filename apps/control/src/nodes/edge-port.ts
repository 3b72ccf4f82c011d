import { EdgeApplied, EdgeReport } from '@berth/contract/agent';
import { agentPaths } from '@berth/contract/agent-paths';
import type { LaneName, ObservedLane } from '@berth/domain/edge';
import { ndjson } from '@berth/engine/streams';
import type { LinkCalls } from './link-calls.ts';
import type { EdgePort } from './ports.ts';

const lanePath = (service: string, lane: LaneName): string =>
  `${agentPaths.edge}/lanes/${encodeURIComponent(service)}/${lane}`;

/** The edge of one node, over its link. */
export function createEdgePort(calls: LinkCalls): EdgePort {
  return {
    apply: async (model, signal) =>
      EdgeApplied.parse(await calls.json('PUT', agentPaths.edge, { body: model, signal })),
    report: async (signal) => EdgeReport.parse(await calls.json('GET', agentPaths.edge, { signal })),
    watchLane: async function* (service, lane, signal) {
      const answer = await calls.send('GET', lanePath(service, lane), { signal });
      const body = answer.body();
      try {
        yield* ndjson<ObservedLane>(body);
      } catch (error) {
        // The caller has seen enough: not an error.
        if (!signal.aborted) throw error;
      } finally {
        body.destroy();
      }
    },
    shutdownLane: async (service, lane, signal) => {
      await calls.json('POST', `${lanePath(service, lane)}/shutdown`, { signal });
    },
    setServerState: async ({ service, lane, server, state }, signal) => {
      const path = `${agentPaths.edge}/servers/${encodeURIComponent(service)}/${lane}/${encodeURIComponent(server)}/state`;
      await calls.json('PUT', path, { body: { state }, signal });
    },
    putCertificate: async (name, pem, signal) => {
      await calls.json('PUT', `${agentPaths.edge}/certificates/${encodeURIComponent(name)}`, {
        raw: pem,
        headers: { 'content-type': 'application/x-pem-file' },
        signal,
      });
    },
  };
}
