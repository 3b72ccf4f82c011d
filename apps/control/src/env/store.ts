import { refuse } from '@berth/contract/errors';
import type { Release, Variables } from '@berth/domain/release';
import {
  type AppPlace,
  defaultEnvironment,
  defaultProject,
  printScope,
  type Scope,
  scopesOf,
} from '@berth/domain/scope';
import type { Selectable } from 'kysely';
import type { Database } from '../db/database.ts';
import type { VariablesTable } from '../db/schema.ts';
import { requireRoom, type VariableChange } from './room.ts';
import type { Vault } from './vault.ts';

/** What a scope says of a variable: a value, or that the tasks shall not have it. */
export interface StoredVariable {
  readonly name: string;
  readonly state: 'set' | 'absent';
  readonly fingerprint: string | undefined;
  /** Version of the scope that said so. */
  readonly version: number;
  readonly updatedAt: number;
  readonly updatedBy: string;
}

/** One name in one version of a scope. */
export interface VariableVersion {
  readonly version: number;
  readonly name: string;
  readonly state: 'set' | 'absent' | 'removed';
  readonly fingerprint: string | undefined;
  readonly value: string | undefined;
  readonly at: number;
  readonly actor: string;
}

/** Names that are now other than before. */
export interface Changed {
  readonly set: readonly string[];
  readonly absent: readonly string[];
  readonly unset: readonly string[];
}

export type EffectiveVariables = Pick<Release, 'variables' | 'serviceVariables'>;

const fingerprintLength = 12;
/** Versions of a scope that can be returned to. */
export const versionsKeptMax = 200;

/**
 * The one writer of variables: the newest version of each name is what its scope says. Values are sealed; each
 * opens only as the variable of its scope.
 */
export type EnvStore = ReturnType<typeof createEnvStore>;

type Row = Selectable<VariablesTable>;

/** Scopes of apps are written as they were before there were others. */
const placeOf = (scope: Scope, name: string): string =>
  `variable/${scope.kind === 'app' ? scope.app : printScope(scope)}/${name}`;

export function createEnvStore(db: Database, vault: Vault) {
  const newest = (scope: Scope, upTo = Number.MAX_SAFE_INTEGER) =>
    db
      .selectFrom('variables as v')
      .selectAll()
      .where('scope', '=', printScope(scope))
      .where('version', '=', (eb) =>
        eb
          .selectFrom('variables as w')
          .select((e) => e.fn.max('w.version').as('version'))
          .whereRef('w.scope', '=', 'v.scope')
          .whereRef('w.name', '=', 'v.name')
          .where('w.version', '<=', upTo),
      )
      .where('state', '!=', 'removed')
      .orderBy('name');

  const open = (scope: Scope, row: Pick<Row, 'sealed' | 'name'>): string | null =>
    row.sealed === null ? null : vault.open(row.sealed, placeOf(scope, row.name));

  async function valuesAt(scope: Scope, upTo?: number): Promise<Record<string, string | null>> {
    const rows = await newest(scope, upTo).execute();
    return Object.fromEntries(rows.map((row) => [row.name, open(scope, row)]));
  }

  async function placeOfApp(app: string): Promise<AppPlace> {
    const row = await db
      .selectFrom('apps')
      .select(['name', 'family', 'environment', 'project'])
      .where('name', '=', app)
      .executeTakeFirst();
    return {
      app,
      family: row?.family ?? app,
      environment: row?.environment ?? defaultEnvironment,
      project: row?.project ?? defaultProject,
    };
  }

  async function versionOf(scope: Scope): Promise<number> {
    const row = await db
      .selectFrom('variables')
      .select((eb) => eb.fn.max('version').as('version'))
      .where('scope', '=', printScope(scope))
      .executeTakeFirst();
    return row?.version ?? 0;
  }

  async function write(
    scope: Scope,
    wanted: ReadonlyMap<string, string | null | undefined>,
    by: { actor: string; nowMs: number },
  ): Promise<void> {
    const text = printScope(scope);
    await db.transaction().execute(async (tx) => {
      const last = await tx
        .selectFrom('variables')
        .select((eb) => eb.fn.max('version').as('version'))
        .where('scope', '=', text)
        .executeTakeFirst();
      const version = (last?.version ?? 0) + 1;
      for (const [name, value] of wanted) {
        const place = placeOf(scope, name);
        await tx
          .insertInto('variables')
          .values({
            scope: text,
            name,
            version,
            state: value === undefined ? 'removed' : value === null ? 'absent' : 'set',
            sealed: typeof value === 'string' ? vault.seal(value, place) : null,
            fingerprint:
              typeof value === 'string' ? vault.fingerprint(value, place).slice(0, fingerprintLength) : null,
            at: by.nowMs,
            actor: by.actor,
          })
          .execute();
      }
      // What no kept version needs: there is a newer one of the name that is old enough itself.
      await tx
        .deleteFrom('variables as v')
        .where('scope', '=', text)
        .where((eb) =>
          eb.exists(
            eb
              .selectFrom('variables as w')
              .select('w.version')
              .whereRef('w.scope', '=', 'v.scope')
              .whereRef('w.name', '=', 'v.name')
              .whereRef('w.version', '>', 'v.version')
              .where('w.version', '<=', version - versionsKeptMax),
          ),
        )
        .execute();
    });
  }

  return {
    placeOf: placeOfApp,
    /** What a scope says, values in clear. */
    valuesAt: (scope: Scope): Promise<Variables> => valuesAt(scope),
    /** What the scopes of an app say together, in clear: for the tasks of a release. */
    async forApp(app: string): Promise<EffectiveVariables> {
      const place = await placeOfApp(app);
      const variables: Record<string, string | null> = {};
      for (const scope of scopesOf(place)) Object.assign(variables, await valuesAt(scope));
      const services = await db
        .selectFrom('variables')
        .select('scope')
        .distinct()
        .where('scope', 'like', `service:${app}/%`)
        .orderBy('scope')
        .execute();
      const serviceVariables: Record<string, Variables> = {};
      for (const { scope } of services) {
        const service = scope.slice(`service:${app}/`.length);
        const values = await valuesAt({ kind: 'service', app, service });
        if (Object.keys(values).length > 0) serviceVariables[service] = values;
      }
      return { variables, serviceVariables };
    },
    async list(
      scope: Scope,
      options: { after?: string | undefined; limit: number },
    ): Promise<StoredVariable[]> {
      let query = newest(scope).limit(options.limit);
      if (options.after !== undefined) query = query.where('name', '>', options.after);
      return (await query.execute()).map((row) => ({
        name: row.name,
        state: row.state === 'absent' ? 'absent' : 'set',
        fingerprint: row.fingerprint ?? undefined,
        version: row.version,
        updatedAt: row.at,
        updatedBy: row.actor,
      }));
    },
    versionOf,
    /** Newest first; of `name` alone if given. Values only where they are to be shown. */
    async history(
      scope: Scope,
      options: { name?: string | undefined; before?: number | undefined; limit: number; reveal: boolean },
    ): Promise<VariableVersion[]> {
      let query = db
        .selectFrom('variables')
        .selectAll()
        .where('scope', '=', printScope(scope))
        .orderBy('version', 'desc')
        .orderBy('name');
      if (options.name !== undefined) query = query.where('name', '=', options.name);
      if (options.before !== undefined) query = query.where('version', '<', options.before);
      const rows = await query.execute();
      // Whole versions: a page never ends within one.
      const versions = [...new Set(rows.map((row) => row.version))].slice(0, options.limit);
      return rows
        .filter((row) => versions.includes(row.version))
        .map((row) => ({
          version: row.version,
          name: row.name,
          state: row.state,
          fingerprint: row.fingerprint ?? undefined,
          value: options.reveal ? (open(scope, row) ?? undefined) : undefined,
          at: row.at,
          actor: row.actor,
        }));
    },
    /** All of it or nothing. */
    async change(scope: Scope, change: VariableChange): Promise<Changed> {
      const before = await valuesAt(scope);
      requireRoom(before, change);
      const set = Object.keys(change.set).filter((name) => before[name] !== change.set[name]);
      const absent = change.absent.filter((name) => before[name] !== null);
      const unset = change.unset.filter((name) => name in before);
      const wanted = new Map<string, string | null | undefined>([
        ...set.map((name) => [name, change.set[name]] as const),
        ...absent.map((name) => [name, null] as const),
        ...unset.map((name) => [name, undefined] as const),
      ]);
      if (wanted.size > 0) await write(scope, wanted, change);
      return { set, absent, unset };
    },
    /** Makes what the scope said in `version` the newest version; without one, the version before the last. */
    async rollback(
      scope: Scope,
      to: { version: number | undefined; actor: string; nowMs: number },
    ): Promise<Changed & { version: number }> {
      const last = await versionOf(scope);
      const version = to.version ?? last - 1;
      const oldest = Math.max(0, last - versionsKeptMax);
      if (version < oldest || version >= last)
        throw refuse(
          'not_found',
          last === 0
            ? `${printScope(scope)} has no variables yet.`
            : `${printScope(scope)} has no version ${version} to return to: it keeps ${oldest} to ${last - 1}, and ${last} is what it says now.`,
        );
      const before = await valuesAt(scope);
      const wanted = await valuesAt(scope, version);
      const names = [...new Set([...Object.keys(before), ...Object.keys(wanted)])].sort();
      const changed = names.filter((name) => before[name] !== wanted[name]);
      const of = (kind: string) => changed.filter((name) => kindOf(wanted[name]) === kind);
      if (changed.length > 0) await write(scope, new Map(changed.map((name) => [name, wanted[name]])), to);
      return { version, set: of('set'), absent: of('absent'), unset: of('removed') };
    },
  };
}

const kindOf = (value: string | null | undefined): string =>
  value === undefined ? 'removed' : value === null ? 'absent' : 'set';
