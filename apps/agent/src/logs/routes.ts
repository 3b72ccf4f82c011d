import { pipeline } from 'node:stream/promises';
import { answered, type Route } from '../link/router.ts';
import type { LogArchive } from './archive.ts';

/** `/v1/logs` of the agent protocol. */
export function logRoutes(archive: LogArchive): readonly Route[] {
  return [
    {
      method: 'GET',
      path: /^\/v1\/logs\/(?<app>[^/]+)$/,
      handle: (call) => archive.list(call.params.app ?? ''),
    },
    {
      method: 'GET',
      path: /^\/v1\/logs\/(?<app>[^/]+)\/(?<file>[^/]+)$/,
      handle: async (call) => {
        const lines = archive.read(call.params.app ?? '', call.params.file ?? '');
        // Opened before it is answered, so that what is not there is a refusal.
        const first = await new Promise((resolve, reject) => {
          lines.once('readable', () => resolve(true));
          lines.once('end', () => resolve(false));
          lines.once('error', reject);
        });
        call.stream.respond({ ':status': 200, 'content-type': 'application/x-ndjson' });
        if (first === false) call.stream.end();
        else
          await pipeline(lines, call.stream).catch((error: unknown) => {
            if (!call.signal.aborted) throw error;
          });
        return answered;
      },
    },
  ];
}
