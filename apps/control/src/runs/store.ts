import type { LaneName } from '@berth/domain/edge';
import { mayRunAdvance, type Run, type RunRouting, type RunState } from '@berth/domain/run';
import type { ServiceMode } from '@berth/domain/service';
import type { Selectable } from 'kysely';
import type { Database } from '../db/database.ts';
import type { RunsTable } from '../db/deployment-tables.ts';

/** The one writer of runs. Every change of state goes through `advance`, which holds the table of states. */
export type RunStore = ReturnType<typeof createRunStore>;

export interface RunChange {
  readonly name: string;
  /** The run as it was when this was decided: nothing is changed when its state has been since. */
  readonly decidedOn?: Pick<Run, 'state' | 'stateSince'>;
  readonly state?: RunState;
  readonly lane?: LaneName | undefined;
  readonly weight?: number;
  readonly replicas?: number;
  readonly routing?: RunRouting;
  readonly dependsOn?: readonly string[];
}

export function createRunStore(db: Database) {
  const list = async (filter: { app?: string; states?: readonly RunState[] } = {}): Promise<Run[]> => {
    let query = db
      .selectFrom('runs')
      .selectAll()
      .orderBy('app')
      .orderBy('service')
      .orderBy('release')
      .orderBy('generation');
    if (filter.app !== undefined) query = query.where('app', '=', filter.app);
    if (filter.states !== undefined) query = query.where('state', 'in', filter.states);
    return (await query.execute()).map(toRun);
  };
  return {
    list,
    async find(name: string): Promise<Run | undefined> {
      const row = await db.selectFrom('runs').selectAll().where('name', '=', name).executeTakeFirst();
      return row === undefined ? undefined : toRun(row);
    },
    /** Adds a run; one of the same name stays as it is (a step repeated after a crash). */
    async ensure(run: Run): Promise<void> {
      await db
        .insertInto('runs')
        .values({ ...toRow(run) })
        .onConflict((conflict) => conflict.column('name').doNothing())
        .execute();
    },
    /**
     * Several changes at once, all or none: false when a run is no longer as one was decided on. A change of state the
     * table does not allow is a broken invariant.
     */
    async advance(changes: readonly RunChange[], nowMs: number): Promise<boolean> {
      return db.transaction().execute(async (tx) => {
        for (const { name, decidedOn } of changes) {
          if (decidedOn === undefined) continue;
          const row = await tx.selectFrom('runs').selectAll().where('name', '=', name).executeTakeFirst();
          if (row?.state !== decidedOn.state || row.state_since !== decidedOn.stateSince) return false;
        }
        for (const change of changes) {
          const row = await tx
            .selectFrom('runs')
            .selectAll()
            .where('name', '=', change.name)
            .executeTakeFirst();
          if (row === undefined) throw new Error(`run ${change.name} does not exist`);
          const from = row.state as RunState;
          const to = change.state ?? from;
          if (!mayRunAdvance(from, to))
            throw new Error(`run ${change.name} may not go from ${from} to ${to}`);
          await tx
            .updateTable('runs')
            .set({
              state: to,
              ...(to === from ? {} : { state_since: nowMs }),
              ...('lane' in change ? { lane: change.lane ?? null } : {}),
              ...(change.weight === undefined ? {} : { weight: change.weight }),
              ...(change.replicas === undefined ? {} : { replicas: change.replicas }),
              ...(change.routing === undefined ? {} : { routing_json: JSON.stringify(change.routing) }),
              ...(change.dependsOn === undefined ? {} : { depends_on: JSON.stringify(change.dependsOn) }),
            })
            .where('name', '=', change.name)
            .execute();
        }
        return true;
      });
    },
    async remove(name: string): Promise<void> {
      await db.deleteFrom('runs').where('name', '=', name).execute();
    },
  };
}

function toRun(row: Selectable<RunsTable>): Run {
  return {
    app: row.app,
    service: row.service,
    release: row.release,
    generation: row.generation,
    name: row.name,
    state: row.state as RunState,
    stateSince: row.state_since,
    lane: (row.lane ?? undefined) as LaneName | undefined,
    weight: row.weight,
    replicas: row.replicas,
    mode: row.mode as ServiceMode,
    dependsOn: JSON.parse(row.depends_on) as string[],
    routing: JSON.parse(row.routing_json) as RunRouting,
    fingerprint: row.fingerprint,
  };
}

function toRow(run: Run) {
  return {
    app: run.app,
    service: run.service,
    release: run.release,
    generation: run.generation,
    name: run.name,
    state: run.state,
    state_since: run.stateSince,
    lane: run.lane ?? null,
    weight: run.weight,
    replicas: run.replicas,
    mode: run.mode,
    depends_on: JSON.stringify(run.dependsOn),
    routing_json: JSON.stringify(run.routing),
    fingerprint: run.fingerprint,
  };
}
