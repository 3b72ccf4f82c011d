import { agentPaths } from '@berth/contract/agent-paths';
import type { LinkCalls } from './link-calls.ts';
import type { MemoryPort } from './ports.ts';

/** Files in the memory of one node, over its link. */
export function createMemoryPort(calls: LinkCalls): MemoryPort {
  const pathOf = (container: string): string => `${agentPaths.files}/${encodeURIComponent(container)}`;
  return {
    put: async (container, files, signal) => {
      const answer = await calls.json('PUT', pathOf(container), { body: { files }, signal });
      return (answer as { paths: string[] }).paths;
    },
    remove: async (container, signal) => void (await calls.json('DELETE', pathOf(container), { signal })),
  };
}
