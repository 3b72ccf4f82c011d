import { label } from '@berth/domain/label';
import { followContainers } from '@berth/engine/container-events';
import { isAbsent } from '@berth/engine/engine';
import type { Keeper } from '../keeper.ts';

/**
 * Takes tasks that are to have no network out of the one Swarm had to give them, as soon as they start: what is
 * left is loopback. Those that started while nobody listened are found when the events are heard again.
 */
export async function keepNoNetwork(options: Keeper): Promise<void> {
  const { engine, clock, log, signal } = options;

  const takeOut = async (id: string): Promise<void> => {
    try {
      const { NetworkSettings } = await engine.inspectContainer(id, { signal });
      for (const network of Object.keys(NetworkSettings.Networks ?? {}))
        await engine.disconnectNetwork(network, id, { signal });
    } catch (error) {
      // It has ended meanwhile.
      if (isAbsent(error) || signal.aborted) return;
      log.warn({ container: id.slice(0, 12), err: error }, 'a task that is to have no network has one');
    }
  };

  await followContainers({
    engine,
    clock,
    signal,
    labels: [`${label.platform}=${options.platform}`, label.noNetwork],
    events: ['start'],
    see: ({ id }) => takeOut(id),
    broken: (error) => log.debug({ err: error }, 'events of the engine ended'),
  });
}
