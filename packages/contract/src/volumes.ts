import { findSizeFault, volumeNamePattern } from '@berth/domain/volume';
import * as z from 'zod';
import type { RouteSpec } from './route-spec.ts';
import { AppName, PageQuery, page, Timestamp } from './schemas.ts';

export const VolumeName = z
  .string()
  .regex(
    volumeNamePattern,
    'must be up to 128 letters, digits, `_`, `.` and `-`, the first a letter or digit',
  )
  .meta({ id: 'VolumeName' });

const SizeBytes = z.number().superRefine((value, ctx) => {
  const fault = findSizeFault(value);
  if (fault !== undefined) ctx.addIssue({ code: 'custom', message: fault });
});
const labels = z.record(z.string().max(200), z.string().max(2_000));

export const VolumeView = z
  .object({
    id: z.string(),
    name: z.string(),
    /** The app it was made for. Absent: made by itself, for whoever names it as `external`. */
    app: AppName.optional(),
    /** Who made it. */
    owner: z.string(),
    createdAt: Timestamp,
    node: z.string().describe('Name of the node that has it; tasks that mount it run there.'),
    driver: z.literal('local'),
    adopted: z
      .boolean()
      .optional()
      .describe(
        'The engine had it before Berth; its data stays where it is, whatever becomes of the volume.',
      ),
    sizeBytes: z.number().optional().describe('Its limit. Absent: as large as the disk of its node.'),
    bytesUsed: z.number().optional(),
    bytesTotal: z
      .number()
      .optional()
      .describe('What a limited volume has for data, its own needs taken off.'),
    measuredAt: Timestamp.optional(),
    fault: z.string().optional().describe('Why tasks cannot use it.'),
    users: z.array(z.object({ app: z.string(), service: z.string(), readOnly: z.boolean() })),
    labels: labels,
    removedAt: Timestamp.optional(),
    restorableUntil: Timestamp.optional(),
  })
  .meta({ id: 'VolumeView' });

export const VolumeCreate = z
  .object({
    name: VolumeName,
    sizeBytes: SizeBytes.optional(),
    /** May promise more than the disk has. */
    overcommit: z.boolean().default(false),
    labels: labels.default({}),
    /** Name or id of a node; absent: Berth chooses. */
    node: z.string().max(200).optional(),
  })
  .meta({ id: 'VolumeCreate' });
export const VolumeAdopt = z
  .object({
    name: VolumeName.describe('As the engine has it.'),
    app: AppName.optional().describe(
      'The app it is of. Absent: of none, for whoever names it as `external`.',
    ),
    node: z.string().max(200).optional(),
  })
  .meta({ id: 'VolumeAdopt' });
export const VolumeGrow = z
  .object({ sizeBytes: SizeBytes, overcommit: z.boolean().default(false) })
  .meta({ id: 'VolumeGrow' });
export const VolumeRestore = z.object({ as: VolumeName.optional() }).meta({ id: 'VolumeRestore' });

const volume = z.object({ volume: z.string().max(128).describe('Name, or id.') });

export const volumeRoutes = {
  listVolumes: {
    method: 'GET',
    path: '/v1/volumes',
    scope: 'read',
    summary: 'Volumes: users, node, size, used bytes; or those in the trash',
    query: PageQuery.extend({ app: AppName.optional(), trash: z.stringbool().default(false) }),
    status: 200,
    response: page(VolumeView),
  },
  createVolume: {
    method: 'POST',
    path: '/v1/volumes',
    scope: 'deploy',
    summary: 'Make a volume that several apps may name as external',
    body: VolumeCreate,
    status: 201,
    response: VolumeView,
  },
  adoptVolume: {
    method: 'POST',
    path: '/v1/volumes/adopt',
    scope: 'admin',
    summary: 'Take a volume that the engine has, as it is: nothing is copied, renamed or removed',
    body: VolumeAdopt,
    status: 201,
    response: VolumeView,
  },
  getVolume: {
    method: 'GET',
    path: '/v1/volumes/{volume}',
    scope: 'read',
    summary: 'One volume, measured now',
    params: volume,
    status: 200,
    response: VolumeView,
  },
  deleteVolume: {
    method: 'DELETE',
    path: '/v1/volumes/{volume}',
    scope: 'admin',
    summary: 'Move a volume nobody uses to the trash; with `trash`, remove it from there for good',
    params: volume,
    query: z.object({
      confirm: z.string().max(128).describe('The volume’s name again.'),
      trash: z.stringbool().default(false),
    }),
    status: 200,
    response: VolumeView,
  },
  restoreVolume: {
    method: 'POST',
    path: '/v1/volumes/{volume}/restore',
    scope: 'deploy',
    summary: 'Bring a volume back from the trash',
    params: volume,
    body: VolumeRestore,
    status: 200,
    response: VolumeView,
  },
  growVolume: {
    method: 'POST',
    path: '/v1/volumes/{volume}/grow',
    scope: 'deploy',
    summary: 'Raise the limit of a volume while it is in use',
    params: volume,
    body: VolumeGrow,
    status: 200,
    response: VolumeView,
  },
} as const satisfies Record<string, RouteSpec>;
