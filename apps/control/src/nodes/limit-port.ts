import { ReachedLimit } from '@berth/contract/agent';
import { agentPaths } from '@berth/contract/agent-paths';
import { ndjson } from '@berth/engine/streams';
import type { LinkCalls } from './link-calls.ts';
import type { LimitPort } from './ports.ts';

/** Limits that tasks of one node reach, over its link. */
export function createLimitPort(calls: LinkCalls): LimitPort {
  return {
    watch: async function* (signal) {
      const answer = await calls.send('GET', agentPaths.limits, { signal });
      const body = answer.body();
      try {
        for await (const line of ndjson<unknown>(body)) yield ReachedLimit.parse(line);
      } finally {
        body.destroy();
      }
    },
  };
}
