import type { Engine } from '@berth/engine/engine';
import { EngineStatusError } from '@berth/engine/transport';

/** Joins a made container to all but the first of its networks, which it was made with. Twice does no harm. */
export async function joinNetworks(
  engine: Engine,
  container: string,
  networks: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  for (const network of networks.slice(1)) {
    try {
      await engine.connectNetwork(network, container, { signal });
    } catch (error) {
      if (!(error instanceof EngineStatusError) || !/already (exists|attached)/.test(error.engineMessage))
        throw error;
    }
  }
}
