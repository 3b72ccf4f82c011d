import { ReachedLimit } from '@berth/contract/agent';
import { agentPaths } from '@berth/contract/agent-paths';
import { ndjson } from '@berth/engine/streams';
import type { LinkCalls } from './link-calls.ts';
import type { LimitPort } from './ports.ts';

/** Limits that tasks of one node reach, over its link. */
export function createLimitPort(calls: LinkCalls): LimitPort {
  return {
    watch: async function* (signal) {
      const { stream } = await calls.send('GET', agentPaths.limits, { signal });
      try {
        for await (const line of ndjson<unknown>(stream)) yield ReachedLimit.parse(line);
      } finally {
        stream.destroy();
      }
    },
  };
}
