import { refuse } from '@berth/contract/errors';
import type { Engine } from '@berth/engine/engine';
import type { EngineInfo } from '@berth/engine/types';

/** What is to be done about the Swarm of an engine. */
export type SwarmDecision =
  | { readonly kind: 'ready'; readonly nodeId: string }
  | { readonly kind: 'init' }
  | { readonly kind: 'refuse'; readonly because: string };

/** Decides by what the engine says of itself. An existing Swarm is never left. */
export function decideSwarm(swarm: EngineInfo['Swarm']): SwarmDecision {
  switch (swarm.LocalNodeState) {
    case 'inactive':
      return { kind: 'init' };
    case 'active':
      if (swarm.ControlAvailable) return { kind: 'ready', nodeId: swarm.NodeID };
      return {
        kind: 'refuse',
        because:
          'this machine is a worker of another Swarm. Berth needs a manager, and does not take a machine out of a Swarm. Run `berth up` on a manager of it, promote this node there (`docker node promote`), or use another machine',
      };
    case 'locked':
      return {
        kind: 'refuse',
        because:
          'this machine’s Swarm is locked. Unlock it with `docker swarm unlock` and the key of whoever locked it, then run `berth up` again',
      };
    default:
      return {
        kind: 'refuse',
        because: `this machine’s Swarm is "${swarm.LocalNodeState}"${swarm.Error === '' ? '' : ` (${swarm.Error})`}. Wait until it is active, or mend it, then run \`berth up\` again`,
      };
  }
}

export interface SwarmInit {
  readonly advertiseAddress: string;
  readonly addressPool: string;
}

/** Makes the engine a Swarm of one manager; gives the node's id. */
export async function ensureSwarm(
  engine: Engine,
  init: SwarmInit,
  signal: AbortSignal,
): Promise<{ nodeId: string; isChanged: boolean }> {
  const decision = decideSwarm((await engine.info({ signal })).Swarm);
  if (decision.kind === 'ready') return { nodeId: decision.nodeId, isChanged: false };
  if (decision.kind === 'refuse') throw refuse('conflict', decision.because);
  await engine.initSwarm(
    {
      ListenAddr: '0.0.0.0:2377',
      AdvertiseAddr: init.advertiseAddress,
      DefaultAddrPool: [init.addressPool],
      SubnetSize: 24,
      ForceNewCluster: false,
    },
    { signal },
  );
  const after = decideSwarm((await engine.info({ signal })).Swarm);
  if (after.kind !== 'ready') throw refuse('engine_refused', 'the engine made a Swarm that is not active');
  return { nodeId: after.nodeId, isChanged: true };
}
