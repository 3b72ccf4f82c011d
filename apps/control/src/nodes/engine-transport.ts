import { agentPaths } from '@berth/contract/agent-paths';
import { readAll } from '@berth/engine/engine';
import { EngineStatusError, type EngineTransport, messageOf } from '@berth/engine/transport';
import type { LinkCalls } from './link-calls.ts';

/** An engine behind an agent, as `createEngine` takes it. A request the policy denies rejects as `policy_denied`. */
export function linkTransport(calls: LinkCalls): EngineTransport {
  return {
    request: async (request) => {
      const { status, headers, body } = await calls.send(request.method, agentPaths.engine + request.path, {
        ...(request.headers === undefined ? {} : { headers: request.headers }),
        body: request.body,
        signal: request.signal,
      });
      return { status, headers, body: body() };
    },
    hijack: async (request) => {
      const line = `${(request.body ?? '').toString().replaceAll('\n', ' ')}\n`;
      const { status, stream } = await calls.send('POST', agentPaths.hijack + request.path, {
        ...(request.headers === undefined ? {} : { headers: request.headers }),
        body: line,
        keepOpen: true,
        signal: request.signal,
      });
      if (status >= 400) throw new EngineStatusError(request, status, messageOf(await readAll(stream)));
      return stream;
    },
  };
}
