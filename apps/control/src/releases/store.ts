import { appDefaults, type Release } from '@berth/domain/release';
import type { Redirect, Route } from '@berth/domain/route';
import { safeDefaults } from '@berth/domain/service';
import type { Selectable } from 'kysely';
import type { Database } from '../db/database.ts';
import type { ReleasesTable } from '../db/deployment-tables.ts';
import type { Vault } from '../env/vault.ts';

/** What may be read of a release without opening it. */
export interface ReleaseSummary {
  readonly services: readonly {
    readonly name: string;
    readonly image: string;
    readonly imageLabel: string;
    readonly replicas: number;
    readonly memoryBytesMax: number;
    readonly port?: number;
    /** Volumes it mounts, by their names in the manifest. */
    readonly volumes?: readonly {
      readonly name: string;
      readonly shared?: string;
      readonly readOnly: boolean;
    }[];
  }[];
  readonly routes: readonly Route[];
  readonly redirects: readonly Redirect[];
  readonly changes: readonly string[];
  readonly warnings: readonly string[];
}

export interface StoredRelease {
  readonly app: string;
  readonly number: number;
  readonly fingerprint: string;
  readonly summary: ReleaseSummary;
  readonly createdAt: number;
  readonly actor: string;
  readonly message: string | undefined;
  readonly deployment: string;
  readonly dockerfile: string | undefined;
}

export type ReleaseContent = Omit<Release, 'app' | 'number'>;

/** The content as text with keys in order. The order of services and lists counts: they have meaning. */
const canonical = (content: ReleaseContent): string => JSON.stringify(content, sortKeys);

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1)));
}

/** The one writer of releases. A release never changes once written. */
export type ReleaseStore = ReturnType<typeof createReleaseStore>;

/** A release an earlier version wrote lacks what was not known then: it meant the default. */
const completed = (content: ReleaseContent): ReleaseContent => ({
  ...appDefaults,
  ...({ serviceVariables: {} } satisfies Partial<ReleaseContent>),
  ...content,
  services: content.services.map((service) => ({ ...service, spec: { ...safeDefaults, ...service.spec } })),
});

const aad = (app: string, number: number): string => `release/${app}/${number}`;

export function createReleaseStore(db: Database, vault: Vault) {
  const find = async (app: string, number: number): Promise<StoredRelease | undefined> => {
    const row = await db
      .selectFrom('releases')
      .selectAll()
      .where('app', '=', app)
      .where('number', '=', number)
      .executeTakeFirst();
    return row === undefined ? undefined : toStored(row);
  };
  /** Keyed, as the content holds values of variables. */
  const fingerprintOf = (app: string, content: ReleaseContent): string =>
    vault.fingerprint(canonical(content), `release/${app}`);
  return {
    find,
    fingerprintOf,
    /** The release a deployment wrote, if it already did (a step repeated after a crash). */
    async findByDeployment(deployment: string): Promise<StoredRelease | undefined> {
      const row = await db
        .selectFrom('releases')
        .selectAll()
        .where('deployment', '=', deployment)
        .executeTakeFirst();
      return row === undefined ? undefined : toStored(row);
    },
    async list(app: string): Promise<StoredRelease[]> {
      const rows = await db
        .selectFrom('releases')
        .selectAll()
        .where('app', '=', app)
        .orderBy('number', 'desc')
        .execute();
      return rows.map(toStored);
    },
    /** Names of the services of an app's live release; undefined when nothing is live. */
    async servicesOf(app: {
      readonly name: string;
      readonly liveRelease: number | undefined;
    }): Promise<string[] | undefined> {
      if (app.liveRelease === undefined) return undefined;
      return (await find(app.name, app.liveRelease))?.summary.services.map(({ name }) => name);
    },
    /** The whole release, with the values of its variables. */
    async open(app: string, number: number): Promise<Release> {
      const row = await db
        .selectFrom('releases')
        .select('sealed')
        .where('app', '=', app)
        .where('number', '=', number)
        .executeTakeFirstOrThrow();
      const content = JSON.parse(vault.open(row.sealed, aad(app, number))) as ReleaseContent;
      return { app, number, ...completed(content) };
    },
    /** Writes the next release of the app. Numbers grow and are never used again. */
    async create(release: {
      app: string;
      content: ReleaseContent;
      summary: ReleaseSummary;
      actor: string;
      message: string | undefined;
      deployment: string;
      dockerfile: string | undefined;
      nowMs: number;
    }): Promise<StoredRelease> {
      return db.transaction().execute(async (tx) => {
        const last = await tx
          .selectFrom('deployments')
          .select((eb) => eb.fn.max('to_release').as('number'))
          .where('app', '=', release.app)
          .executeTakeFirst();
        const number = (last?.number ?? 0) + 1;
        const row = {
          app: release.app,
          number,
          fingerprint: fingerprintOf(release.app, release.content),
          sealed: vault.seal(JSON.stringify(release.content), aad(release.app, number)),
          summary_json: JSON.stringify(release.summary),
          created_at: release.nowMs,
          actor: release.actor,
          message: release.message ?? null,
          deployment: release.deployment,
          dockerfile: release.dockerfile ?? null,
        };
        await tx.insertInto('releases').values(row).execute();
        await tx
          .updateTable('deployments')
          .set({ to_release: number })
          .where('id', '=', release.deployment)
          .execute();
        return toStored(row);
      });
    },
    /**
     * Forgets releases of an app but for those that serve, have a run, or that a deployment under way comes from or
     * leads to. Decided and done at once: a rollback may begin at any time.
     */
    async forget(app: string, numbers: readonly number[]): Promise<void> {
      if (numbers.length === 0) return;
      const underWay = (end: 'from_release' | 'to_release') =>
        db
          .selectFrom('deployments')
          .select(end)
          .where('app', '=', app)
          .where('ended_at', 'is', null)
          // A list that has null in it has everything in it, to SQL.
          .where(end, 'is not', null)
          .$narrowType<Record<typeof end, number>>();
      await db
        .deleteFrom('releases')
        .where('app', '=', app)
        .where('number', 'in', numbers)
        .where('number', 'not in', underWay('from_release'))
        .where('number', 'not in', underWay('to_release'))
        .where('number', 'not in', db.selectFrom('runs').select('release').where('app', '=', app))
        .where(
          'number',
          'not in',
          db
            .selectFrom('apps')
            .select('live_release')
            .where('name', '=', app)
            .where('live_release', 'is not', null)
            .$narrowType<{ live_release: number }>(),
        )
        .execute();
    },
    async remove(app: string, number: number): Promise<void> {
      await db.deleteFrom('releases').where('app', '=', app).where('number', '=', number).execute();
    },
  };
}

function toStored(row: Selectable<ReleasesTable>): StoredRelease {
  return {
    app: row.app,
    number: row.number,
    fingerprint: row.fingerprint,
    summary: JSON.parse(row.summary_json) as ReleaseSummary,
    createdAt: row.created_at,
    actor: row.actor,
    message: row.message ?? undefined,
    deployment: row.deployment,
    dockerfile: row.dockerfile ?? undefined,
  };
}
