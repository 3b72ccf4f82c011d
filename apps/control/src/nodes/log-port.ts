import { KeptLog } from '@berth/contract/agent';
import { agentPaths } from '@berth/contract/agent-paths';
import { AppError } from '@berth/contract/errors';
import type { Entry } from '@berth/engine/log-entries';
import { ndjson } from '@berth/engine/streams';
import type { LinkCalls } from './link-calls.ts';
import type { LogPort } from './ports.ts';

/** Kept logs of one node, over its link. */
export function createLogPort(calls: LinkCalls): LogPort {
  const path = (app: string): string => `${agentPaths.logs}/${encodeURIComponent(app)}`;
  return {
    list: async (app, signal) => {
      try {
        return KeptLog.array().parse(await calls.json('GET', path(app), { signal }));
      } catch (error) {
        // An agent of an earlier version keeps none.
        if (error instanceof AppError && error.code === 'not_found') return [];
        throw error;
      }
    },
    read: async function* (app, file, signal) {
      const answer = await calls.send('GET', `${path(app)}/${encodeURIComponent(file)}`, { signal });
      const body = answer.body();
      try {
        yield* ndjson<Entry>(body);
      } finally {
        body.destroy();
      }
    },
  };
}
