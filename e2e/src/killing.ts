import { fact } from './deploying.ts';
import type { PlatformUnderTest } from './platform.ts';

/**
 * kill -9 of a platform process, by its process id: the engine takes a kill through its own API for the wish
 * of an operator, and would not start the container again. Resolves when it runs again.
 */
export async function killRole(platform: PlatformUnderTest, role: 'control' | 'agent'): Promise<void> {
  const id = await platform.containerOf(role);
  const { State } = await platform.engine.inspectContainer(id);
  process.kill(State.Pid, 'SIGKILL');
  await fact(async () => {
    const now = (await platform.engine.inspectContainer(id)).State;
    return now.Running && now.StartedAt !== State.StartedAt ? true : undefined;
  }, 90_000);
}

/** Control answers, and its agent is connected. */
export async function ready(platform: PlatformUnderTest): Promise<void> {
  await fact(async () => {
    const answer = await platform.client.call('getReady', { retriesMax: 0 }).catch(() => undefined);
    return answer?.ok === true ? true : undefined;
  }, 90_000);
}
