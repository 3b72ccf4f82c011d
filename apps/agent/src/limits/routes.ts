import { once } from 'node:events';
import { answered, type Route } from '../link/router.ts';
import type { ProcessLimits } from './process-limits.ts';

/** `/v1/limits` of the agent protocol. */
export function limitRoutes(limits: ProcessLimits): readonly Route[] {
  return [
    {
      method: 'GET',
      path: /^\/v1\/limits$/,
      handle: async ({ stream, signal }) => {
        stream.respond({ ':status': 200, 'content-type': 'application/x-ndjson' });
        const stop = limits.listen((reached) => stream.write(`${JSON.stringify(reached)}\n`));
        stream.resume();
        try {
          if (!signal.aborted) await once(signal, 'abort');
        } finally {
          stop();
        }
        return answered;
      },
    },
  ];
}
