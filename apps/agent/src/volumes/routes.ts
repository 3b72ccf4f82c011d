import type { VolumeWish } from '@berth/contract/agent';
import { refuse } from '@berth/contract/errors';
import { volumeNamePattern } from '@berth/domain/volume';
import { type Call, parseJson, type Route, readBody } from '../link/router.ts';
import { isVolumeId } from './options.ts';
import type { Volumes } from './volumes.ts';

const bodyBytesMax = 256 * 1024;

/** `/v1/volumes` of the agent protocol. */
export function volumeRoutes(volumes: Volumes): readonly Route[] {
  const body = async (call: Call) => parseJson(await readBody(call.stream, bodyBytesMax));
  // Not the call's signal for changes: what has begun is finished, control asks again and finds it so.
  const unhurried = () => AbortSignal.timeout(10 * 60_000);
  return [
    {
      method: 'PUT',
      path: /^\/v1\/volumes\/(?<id>[^/]+)$/,
      handle: async (call) => volumes.ensure(idOf(call.params.id), checkWish(await body(call)), unhurried()),
    },
    {
      method: 'DELETE',
      path: /^\/v1\/volumes\/(?<id>[^/]+)\/name$/,
      handle: async (call) => volumes.withdraw(idOf(call.params.id), unhurried()),
    },
    {
      method: 'DELETE',
      path: /^\/v1\/volumes\/(?<id>[^/]+)$/,
      handle: async (call) => volumes.remove(idOf(call.params.id), unhurried()),
    },
    {
      method: 'POST',
      path: /^\/v1\/volumes\/usage$/,
      handle: async (call) => {
        const { ids } = (await body(call)) as { ids?: unknown };
        if (!Array.isArray(ids)) throw refuse('invalid', 'ids must be a list');
        return volumes.usage(ids.map(idOf), call.signal);
      },
    },
    { method: 'GET', path: /^\/v1\/volumes\/disk$/, handle: (call) => volumes.disk(call.signal) },
  ];
}

/** By hand: the schema's library would cost every node its memory. */
function checkWish(value: unknown): VolumeWish {
  const wish = value as Partial<VolumeWish> | null;
  const isSize =
    wish?.sizeBytes === undefined || (Number.isSafeInteger(wish.sizeBytes) && wish.sizeBytes > 0);
  const labels = Object.entries(wish?.labels ?? {});
  if (
    typeof wish?.name !== 'string' ||
    !volumeNamePattern.test(wish.name) ||
    !isSize ||
    typeof wish.overcommit !== 'boolean' ||
    !['boolean', 'undefined'].includes(typeof wish.isAdopted) ||
    !labels.every((entry) => entry.every((text) => typeof text === 'string'))
  )
    throw refuse('invalid', 'not a volume');
  return wish as VolumeWish;
}

function idOf(value: unknown): string {
  if (typeof value !== 'string' || !isVolumeId(value))
    throw refuse('invalid', `${String(value)} is no volume’s id`);
  return value;
}
