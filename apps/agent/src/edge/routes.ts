import { refuse } from '@berth/contract/errors';
import type { LaneName } from '@berth/domain/edge';
import { answered, type Call, parseJson, type Route, readBody } from '../link/router.ts';
import { checkEdgeModel } from './check-model.ts';
import type { Edge } from './edge.ts';
import { isSilent } from './runtime.ts';

const modelBytesMax = 16 * 1024 * 1024;
const pemBytesMax = 1024 * 1024;
const lane = '(?<service>[^/]+)/(?<lane>[abc])';

/** `/v1/edge` of the agent protocol. */
export function edgeRoutes(edge: Edge): readonly Route[] {
  const of = (call: Call) => ({
    service: call.params.service as string,
    lane: call.params.lane as LaneName,
    server: call.params.server as string,
  });
  return [
    {
      method: 'PUT',
      path: /^\/v1\/edge$/,
      // Not the call's signal: a change that has begun is finished, control asks again and finds it so.
      handle: heard(async (call) =>
        edge.apply(checkEdgeModel(parseJson(await readBody(call.stream, modelBytesMax)))),
      ),
    },
    { method: 'GET', path: /^\/v1\/edge$/, handle: heard(() => edge.report()) },
    {
      method: 'GET',
      path: new RegExp(`^/v1/edge/lanes/${lane}$`),
      handle: heard(async (call) => {
        const at = of(call);
        for await (const seen of edge.watchLane(at.service, at.lane, call.signal)) {
          if (call.stream.destroyed) break;
          if (!call.stream.headersSent)
            call.stream.respond({ ':status': 200, 'content-type': 'application/x-ndjson' });
          call.stream.write(`${JSON.stringify(seen)}\n`);
        }
        if (!call.stream.destroyed) call.stream.end();
        return answered;
      }),
    },
    {
      method: 'POST',
      path: new RegExp(`^/v1/edge/lanes/${lane}/shutdown$`),
      handle: heard(async (call) => edge.shutdownLane(of(call).service, of(call).lane)),
    },
    {
      method: 'PUT',
      path: new RegExp(`^/v1/edge/servers/${lane}/(?<server>s\\d+)/state$`),
      handle: heard(async (call) => {
        const body = parseJson(await readBody(call.stream, 1024)) as { state?: unknown } | null;
        const state = body?.state;
        if (state !== 'drain' && state !== 'ready') throw refuse('invalid', 'state must be drain or ready');
        const at = of(call);
        await edge.setServerState(at.service, at.lane, at.server, state);
      }),
    },
    {
      method: 'PUT',
      path: /^\/v1\/edge\/certificates\/(?<name>[^/]+)$/,
      handle: heard(async (call) =>
        edge.putCertificate(
          call.params.name as string,
          (await readBody(call.stream, pemBytesMax)).toString('utf8'),
        ),
      ),
    },
  ];
}

/** HAProxy not listening is a refusal with words, not an error nobody expected. */
function heard(handle: Route['handle']): Route['handle'] {
  return async (call) => {
    try {
      return await handle(call);
    } catch (error) {
      if (isSilent(error))
        throw refuse('edge_refused', 'HAProxy does not answer; the agent is starting it again', {
          cause: error,
        });
      throw error;
    }
  };
}
