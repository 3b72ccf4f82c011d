import type { Limits } from '@berth/contract/resize';
import type { Release } from '@berth/domain/release';
import type { Resources } from '@berth/domain/service';
import { memorySwapFor } from '@berth/domain/task-limits';
import type * as z from 'zod';
import type { Database } from '../db/database.ts';

export type ChangedLimits = z.infer<typeof Limits>;

/** The one writer of limits that differ from what was released. */
export type ResizeStore = ReturnType<typeof createResizeStore>;

export function createResizeStore(db: Database) {
  return {
    /** By service. */
    async of(app: string): Promise<ReadonlyMap<string, ChangedLimits>> {
      const rows = await db.selectFrom('resizes').selectAll().where('app', '=', app).execute();
      return new Map(rows.map((row) => [row.service, JSON.parse(row.limits_json) as ChangedLimits]));
    },
    async set(app: string, service: string, limits: ChangedLimits): Promise<void> {
      const limits_json = JSON.stringify(limits);
      await db
        .insertInto('resizes')
        .values({ app, service, limits_json })
        .onConflict((conflict) => conflict.columns(['app', 'service']).doUpdateSet({ limits_json }))
        .execute();
    },
    async remove(app: string, service?: string): Promise<void> {
      let query = db.deleteFrom('resizes').where('app', '=', app);
      if (service !== undefined) query = query.where('service', '=', service);
      await query.execute();
    },
  };
}

/** Reserved memory above the limit would be refused by Swarm. */
export function resizedResources(resources: Resources, limits: ChangedLimits): Resources {
  const memoryBytesMax = limits.memoryBytesMax ?? resources.memoryBytesMax;
  const { memoryBytesReserved: reserved } = resources;
  return {
    ...resources,
    memoryBytesMax,
    ...(resources.memorySwapBytesMax === undefined
      ? {}
      : { memorySwapBytesMax: memorySwapFor(resources, memoryBytesMax) }),
    ...(reserved === undefined ? {} : { memoryBytesReserved: Math.min(reserved, memoryBytesMax) }),
    ...(limits.cpusMax === undefined ? {} : { cpusMax: limits.cpusMax }),
    ...(limits.pidsMax === undefined ? {} : { pidsMax: limits.pidsMax }),
  };
}

/** A release with the limits its new tasks get. Whether a service is unchanged is told without them. Pure. */
export function withResizes<T extends Pick<Release, 'services'>>(
  release: T,
  changed: ReadonlyMap<string, ChangedLimits>,
): T {
  if (changed.size === 0) return release;
  return {
    ...release,
    services: release.services.map((service) => {
      const limits = changed.get(service.spec.name);
      return limits === undefined
        ? service
        : {
            ...service,
            spec: { ...service.spec, resources: resizedResources(service.spec.resources, limits) },
          };
    }),
  };
}
