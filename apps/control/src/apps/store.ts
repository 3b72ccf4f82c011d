import { refuse } from '@berth/contract/errors';
import { type AppPlace, appNameIn, defaultEnvironment, defaultProject } from '@berth/domain/scope';
import type { Selectable } from 'kysely';
import type { Database } from '../db/database.ts';
import type { AppsTable } from '../db/schema.ts';

export interface App {
  readonly name: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly desired: 'running' | 'stopped';
  /** Port on every edge at which the app answers whatever the host name. */
  readonly port: number | undefined;
  /** The release that serves. */
  readonly liveRelease: number | undefined;
  /** Its name without the environment. */
  readonly family: string;
  readonly environment: string;
  readonly project: string;
  /** Releases before this number were of removed apps of the same name. */
  readonly firstRelease: number;
}

/** Where a new app stands; without it an app is of production in the default project. */
export type Placing = Pick<App, 'family' | 'environment'> & { readonly project?: string | undefined };

/** The one writer of apps and of their wished numbers of replicas. */
export type AppStore = ReturnType<typeof createAppStore>;

export function createAppStore(db: Database, ports: readonly [number, number]) {
  const find = async (name: string): Promise<App | undefined> => {
    const row = await db
      .selectFrom('apps')
      .selectAll()
      .where('name', '=', name)
      .where('deleted_at', 'is', null)
      .executeTakeFirst();
    return row === undefined ? undefined : toApp(row);
  };
  return {
    find,
    async get(name: string): Promise<App> {
      const app = await find(name);
      if (app === undefined) throw refuse('app_not_found', `There is no app "${name}".`);
      return app;
    },
    async list(
      options: {
        after?: string;
        limit?: number;
        project?: string | undefined;
        environment?: string | undefined;
      } = {},
    ): Promise<App[]> {
      let query = db
        .selectFrom('apps')
        .selectAll()
        .where('deleted_at', 'is', null)
        .orderBy('name')
        .limit(options.limit ?? 10_000);
      if (options.after !== undefined) query = query.where('name', '>', options.after);
      if (options.project !== undefined) query = query.where('project', '=', options.project);
      if (options.environment !== undefined) query = query.where('environment', '=', options.environment);
      return (await query.execute()).map(toApp);
    },
    /** Makes the app with the lowest free port; an app of that name stays as it is. */
    async ensure(name: string, actor: string, nowMs: number, placing?: Placing): Promise<App> {
      return db.transaction().execute(async (tx) => {
        const found = await tx.selectFrom('apps').selectAll().where('name', '=', name).executeTakeFirst();
        if (found !== undefined && found.deleted_at === null) {
          const app = toApp(found);
          requirePlace(app, placing);
          return app;
        }
        const sibling = await tx
          .selectFrom('apps')
          .selectAll()
          .where('deleted_at', 'is', null)
          .where((eb) =>
            eb.or([eb('family', '=', placing?.family ?? name), eb('name', '=', placing?.family ?? name)]),
          )
          .executeTakeFirst();
        const project = placing?.project ?? sibling?.project ?? defaultProject;
        if (sibling !== undefined && sibling.project !== project)
          throw refuse(
            'conflict',
            `${sibling.name} is in the project ${sibling.project}: the environments of an app are in one project.`,
          );
        const taken = new Set(
          (await tx.selectFrom('apps').select('port').where('deleted_at', 'is', null).execute()).map(
            (row) => row.port,
          ),
        );
        let port: number | null = null;
        for (let candidate = ports[0]; candidate <= ports[1] && port === null; candidate++)
          if (!taken.has(candidate)) port = candidate;
        const before = await tx
          .selectFrom('deployments')
          .select((eb) => eb.fn.max('to_release').as('release'))
          .where('app', '=', name)
          .executeTakeFirst();
        const row = {
          name,
          created_at: nowMs,
          created_by: actor,
          desired: 'running' as const,
          port,
          deleted_at: null,
          live_release: null,
          family: placing?.family ?? name,
          environment: placing?.environment ?? defaultEnvironment,
          project,
          first_release: (before?.release ?? 0) + 1,
        };
        if (found === undefined) await tx.insertInto('apps').values(row).execute();
        else await tx.updateTable('apps').set(row).where('name', '=', name).execute();
        return toApp(row);
      });
    },
    /** What serves from now on; serving, an app is not stopped. */
    async setLiveRelease(
      name: string,
      release: number | undefined,
      desired: App['desired'] = 'running',
    ): Promise<void> {
      await db
        .updateTable('apps')
        .set({ live_release: release ?? null, desired })
        .where('name', '=', name)
        .execute();
    },
    async setDesired(name: string, desired: 'running' | 'stopped'): Promise<void> {
      await db.updateTable('apps').set({ desired }).where('name', '=', name).execute();
    },
    /** Numbers of releases and deployments stay, so that a new app of the name goes on counting. */
    async remove(name: string, nowMs: number): Promise<void> {
      await db.transaction().execute(async (tx) => {
        await tx
          .updateTable('apps')
          .set({ deleted_at: nowMs, port: null, live_release: null })
          .where('name', '=', name)
          .execute();
        await tx.deleteFrom('scales').where('app', '=', name).execute();
        await tx.deleteFrom('resizes').where('app', '=', name).execute();
        await tx.deleteFrom('releases').where('app', '=', name).execute();
        await tx.deleteFrom('sources').where('app', '=', name).execute();
        // An app of the same name that comes later gets neither the names nor the secrets of this one.
        await tx.deleteFrom('grants').where('app', '=', name).execute();
        await tx.deleteFrom('domains').where('app', '=', name).execute();
        await tx
          .deleteFrom('variables')
          .where((eb) => eb.or([eb('scope', '=', `app:${name}`), eb('scope', 'like', `service:${name}/%`)]))
          .execute();
        await tx
          .deleteFrom('stored_files')
          .where((eb) => eb.or([eb('scope', '=', `app:${name}`), eb('scope', 'like', `service:${name}/%`)]))
          .execute();
      });
    },
    async scales(name: string): Promise<Record<string, number>> {
      const rows = await db.selectFrom('scales').selectAll().where('app', '=', name).execute();
      return Object.fromEntries(rows.map((row) => [row.service, row.replicas]));
    },
    async setScale(name: string, service: string, replicas: number): Promise<void> {
      await db
        .insertInto('scales')
        .values({ app: name, service, replicas })
        .onConflict((conflict) => conflict.columns(['app', 'service']).doUpdateSet({ replicas }))
        .execute();
    },
  };
}

function toApp(row: Selectable<AppsTable>): App {
  return {
    name: row.name,
    createdAt: row.created_at,
    createdBy: row.created_by,
    desired: row.desired as App['desired'],
    port: row.port ?? undefined,
    liveRelease: row.live_release ?? undefined,
    family: row.family ?? row.name,
    environment: row.environment,
    project: row.project,
    firstRelease: row.first_release,
  };
}

/** A place as the API has it, if it is that of an app of this name. */
export function placingOf(
  name: string,
  place: {
    readonly family?: string | undefined;
    readonly environment?: string | undefined;
    readonly project?: string | undefined;
  },
): Placing | undefined {
  if (Object.values(place).every((value) => value === undefined)) return undefined;
  const { environment = defaultEnvironment, project } = place;
  const family = place.family ?? name;
  if (appNameIn(family, environment) !== name)
    throw refuse(
      'invalid',
      `The app of ${family} in ${environment} is named ${appNameIn(family, environment)}, not ${name}.`,
      { issues: [{ at: 'place', message: `does not fit the name ${name}` }] },
    );
  return { family, environment, project };
}

/** An app that is there is what is meant, or the name is taken. */
function requirePlace(app: App, placing: Placing | undefined): void {
  if (placing === undefined) return;
  if (app.family !== placing.family || app.environment !== placing.environment)
    throw refuse(
      'conflict',
      `${app.name} is taken: it is the environment ${app.environment} of ${app.family}, not ${placing.environment} of ${placing.family}. Give the environment another name.`,
    );
  if (placing.project !== undefined && placing.project !== app.project)
    throw refuse('conflict', `${app.name} is in the project ${app.project}, and an app keeps its project.`);
}

export const placeOf = (app: App): AppPlace => ({
  app: app.name,
  family: app.family,
  environment: app.environment,
  project: app.project,
});
