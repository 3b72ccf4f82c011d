import { type AppError, refuse } from '@berth/contract/errors';
import { label } from '@berth/domain/label';
import type { Volume } from '@berth/engine/types';

/**
 * Why an engine's volume cannot become one of ours as it is; undefined: it can. Only plain ones: options of the
 * `local` driver may lead to any directory of the host, and other drivers anywhere.
 */
export function findAdoptionFault(
  name: string,
  found: Volume | undefined,
  /** Names of running containers that mount it. */
  running: readonly string[],
): AppError | undefined {
  if (found === undefined) return refuse('volume_not_found', `The engine has no volume "${name}".`);
  const { [label.volume]: id, [label.platform]: platform, [label.app]: app } = found.Labels ?? {};
  if (id !== undefined || platform !== undefined)
    return refuse(
      'volume_taken',
      `The volume ${name} is one of Berth’s already${app === undefined ? '' : `, of the app ${app}`} on the platform ${platform ?? '?'}.`,
    );
  if (found.Driver !== 'local' || Object.keys(found.Options ?? {}).length > 0)
    return refuse(
      'volume_taken',
      `The volume ${name} is not kept by the engine itself: ${found.Driver === 'local' ? 'its options lead elsewhere' : `its driver is ${found.Driver}`}. Copy its data into a volume of Berth.`,
    );
  if (running.length > 0)
    return refuse(
      'volume_in_use',
      `The volume ${name} is mounted by ${running.join(', ')}; stop what writes there first (\`docker compose down\`, without -v).`,
    );
  return undefined;
}
