import { refuse } from '@berth/contract/errors';
import type { Database } from '../db/database.ts';
import type { Vault } from './vault.ts';

export interface StoredVariable {
  readonly name: string;
  readonly fingerprint: string;
  readonly updatedAt: number;
}

export interface VariableChange {
  readonly set: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
  readonly actor: string;
  readonly nowMs: number;
}

/** The kernel takes arguments and environment together up to about 2 MB, one of them up to 128 KiB. */
const valueBytesMax = 100_000;
const totalBytesMax = 512 * 1024;
const fingerprintLength = 12;

/** The one writer of variables. Values are sealed; each opens only as the variable of its app. */
export type EnvStore = ReturnType<typeof createEnvStore>;

const place = (app: string, name: string): string => `variable/${app}/${name}`;

export function createEnvStore(db: Database, vault: Vault) {
  const fingerprintOf = (app: string, name: string, value: string): string =>
    vault.fingerprint(value, place(app, name)).slice(0, fingerprintLength);

  async function valuesFor(app: string): Promise<Record<string, string>> {
    const rows = await db
      .selectFrom('variables')
      .select(['name', 'sealed'])
      .where('app', '=', app)
      .orderBy('name')
      .execute();
    return Object.fromEntries(rows.map((row) => [row.name, vault.open(row.sealed, place(app, row.name))]));
  }

  return {
    /** Values in clear, for the tasks of a release. */
    valuesFor,
    async valueOf(app: string, name: string): Promise<string | undefined> {
      const row = await db
        .selectFrom('variables')
        .select('sealed')
        .where('app', '=', app)
        .where('name', '=', name)
        .executeTakeFirst();
      return row === undefined ? undefined : vault.open(row.sealed, place(app, name));
    },
    async list(
      app: string,
      options: { after?: string | undefined; limit: number },
    ): Promise<StoredVariable[]> {
      let query = db
        .selectFrom('variables')
        .select(['name', 'fingerprint', 'updated_at'])
        .where('app', '=', app)
        .orderBy('name')
        .limit(options.limit);
      if (options.after !== undefined) query = query.where('name', '>', options.after);
      const rows = await query.execute();
      return rows.map((row) => ({ name: row.name, fingerprint: row.fingerprint, updatedAt: row.updated_at }));
    },
    /** All of it or nothing. Gives the names that are now other than before. */
    async change(app: string, change: VariableChange): Promise<{ set: string[]; unset: string[] }> {
      const before = await valuesFor(app);
      const unset = change.unset.filter((name) => name in before);
      const set = Object.keys(change.set).filter((name) => before[name] !== change.set[name]);
      requireRoom(before, change);
      await db.transaction().execute(async (tx) => {
        for (const name of unset)
          await tx.deleteFrom('variables').where('app', '=', app).where('name', '=', name).execute();
        for (const name of set) {
          const value = change.set[name] ?? '';
          const row = {
            sealed: vault.seal(value, place(app, name)),
            fingerprint: fingerprintOf(app, name, value),
            updated_at: change.nowMs,
            updated_by: change.actor,
          };
          await tx
            .insertInto('variables')
            .values({ app, name, ...row })
            .onConflict((conflict) => conflict.columns(['app', 'name']).doUpdateSet(row))
            .execute();
        }
      });
      return { set, unset };
    },
  };
}

/** A name both set and unset, or values that no process could be started with. */
function requireRoom(before: Readonly<Record<string, string>>, change: VariableChange): void {
  const both = change.unset.find((name) => name in change.set);
  if (both !== undefined)
    throw refuse('invalid', `${both} is both set and unset.`, {
      issues: [{ at: `/set/${both}`, message: 'is also in unset' }],
    });
  for (const [name, value] of Object.entries(change.set)) {
    if (value.includes('\0'))
      throw refuse('invalid', `The value of ${name} has a NUL character, which no environment can hold.`, {
        issues: [{ at: `/set/${name}`, message: 'has a NUL character' }],
      });
    if (Buffer.byteLength(value) > valueBytesMax)
      throw refuse(
        'invalid',
        `The value of ${name} is over ${valueBytesMax} bytes: put it in a file or a volume.`,
        { issues: [{ at: `/set/${name}`, message: 'is too long' }] },
      );
  }
  const after = { ...before, ...change.set };
  for (const name of change.unset) delete after[name];
  const total = Object.entries(after).reduce(
    (sum, [name, value]) => sum + name.length + Buffer.byteLength(value) + 2,
    0,
  );
  if (total > totalBytesMax)
    throw refuse(
      'invalid',
      `The variables would be ${Math.ceil(total / 1024)} KiB together; a process takes ${totalBytesMax / 1024} KiB.`,
      { issues: [{ at: '/set', message: 'is too much together' }] },
    );
}
