import { posix } from 'node:path';
import { refuse } from '@berth/contract/errors';
import { EngineStatusError } from '@berth/engine/transport';
import type { SessionEnd } from '../../http/handler.ts';
import type { ClientEnd } from '../client-end.ts';
import { isBelow } from './changes.ts';
import type { Place } from './places.ts';

/**
 * A tar archive out of a task or into a directory of it, over a session's stdout or stdin: both sides' slow
 * readers are waited for. Needs nothing in the image.
 */
export async function copy(
  place: Place,
  request: { readonly direction: 'from' | 'to'; readonly path: string },
  client: ClientEnd,
  signal: AbortSignal,
): Promise<SessionEnd> {
  const { engine, containerId, service } = place;
  const hidden = place.inMemory.find((path) => isBelow(posix.resolve('/', request.path), path));
  if (hidden !== undefined)
    throw refuse(
      'invalid',
      `${hidden} of ${service}.${place.slot} is in memory: the engine copies nothing out of or into it.`,
      {
        issues: [
          {
            at: 'query.path',
            message: 'is a tmpfs, a config or a secret',
            suggestion: `\`berth exec -s ${service} -- cat FILE\` reads it`,
          },
        ],
      },
    );
  client.say({ kind: 'started', service, container: containerId });
  try {
    if (request.direction === 'from') {
      client.input.resume();
      for await (const chunk of await engine.getArchive(containerId, request.path, { signal }))
        await client.send('stdout', chunk as Buffer);
    } else await engine.putArchive(containerId, request.path, client.input, { signal });
  } catch (error) {
    if (!(error instanceof EngineStatusError)) throw error;
    const where = `${service}.${place.slot}:${request.path}`;
    throw error.status === 404
      ? refuse('not_found', `There is no ${where}.`, { cause: error })
      : refuse('engine_refused', `${where} cannot be copied: ${error.engineMessage}`, { cause: error });
  }
  client.say({ kind: 'exit', code: 0 });
  return { outcome: 'exit 0' };
}
