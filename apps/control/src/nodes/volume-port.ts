import { VolumeDisk, VolumeState, VolumeUsage } from '@berth/contract/agent';
import { agentPaths } from '@berth/contract/agent-paths';
import type { LinkCalls } from './link-calls.ts';
import type { VolumePort } from './ports.ts';

/** The volumes of one node, over its link. */
export function createVolumePort(calls: LinkCalls): VolumePort {
  const path = (id: string): string => `${agentPaths.volumes}/${encodeURIComponent(id)}`;
  return {
    ensure: async (id, wish, signal) =>
      VolumeState.parse(await calls.json('PUT', path(id), { body: wish, signal })),
    withdraw: async (id, signal) => {
      await calls.json('DELETE', `${path(id)}/name`, { signal });
    },
    remove: async (id, signal) => {
      await calls.json('DELETE', path(id), { signal });
    },
    usage: async (ids, signal) =>
      VolumeUsage.array().parse(
        await calls.json('POST', `${agentPaths.volumes}/usage`, { body: { ids }, signal }),
      ),
    disk: async (signal) =>
      VolumeDisk.parse(await calls.json('GET', `${agentPaths.volumes}/disk`, { signal })),
  };
}
