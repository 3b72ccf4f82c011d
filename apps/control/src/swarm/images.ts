import { refuse } from '@berth/contract/errors';
import { type Engine, isAbsent, type RegistryAuth } from '@berth/engine/engine';
import { ndjson } from '@berth/engine/streams';
import { EngineStatusError } from '@berth/engine/transport';
import { pullFault } from '../builds/pull-fault.ts';

interface PullLine {
  readonly error?: string;
}

/**
 * Pulls an image unless the node has it: containers, unlike services, do not pull. Refuses with
 * `image_not_found`, `image_denied` or `registry_unreachable`, in the engine's words. `onPull` is told before a pull begins, as it may take long.
 */
export async function ensureImage(
  engine: Engine,
  image: string,
  auth: RegistryAuth | undefined,
  options: { readonly signal?: AbortSignal; readonly onPull?: () => void } = {},
): Promise<void> {
  const { signal } = options;
  try {
    await engine.inspectImage(image, { signal });
    return;
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
  options.onPull?.();
  try {
    const progress = await engine.pullImage(image, { signal, ...(auth === undefined ? {} : { auth }) });
    // An `error` line is a failure although the status was 200.
    for await (const line of ndjson<PullLine>(progress))
      if (line.error !== undefined) throw refuse(pullFault(line.error), `${image}: ${line.error}`);
  } catch (error) {
    if (error instanceof EngineStatusError)
      throw refuse(pullFault(error.engineMessage), `${image}: ${error.engineMessage}`, { cause: error });
    throw error;
  }
}
