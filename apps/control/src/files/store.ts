import { refuse } from '@berth/contract/errors';
import { type FileKind, findSizeFault } from '@berth/domain/file';
import type { Selectable } from 'kysely';
import type { Database } from '../db/database.ts';
import type { StoredFilesTable } from '../db/schema.ts';
import type { Vault } from '../env/vault.ts';
import type { StoredContent } from './resolve.ts';

/** One object in one scope. */
export interface FilePlace {
  readonly kind: FileKind;
  readonly scope: string;
  readonly name: string;
}

export interface FileVersion extends FilePlace {
  readonly version: number;
  readonly bytes: number;
  readonly fingerprint: string;
  readonly how: string;
  readonly createdAt: number;
  readonly actor: string;
  /** No content: the object was removed, or the version is too old to be kept. */
  readonly isGone: boolean;
}

interface Author {
  readonly actor: string;
  readonly nowMs: number;
}

/** Versions whose content is kept, for a rollback; who and when stay for all. */
const contentsKept = 20;
const fingerprintLength = 12;

const sealPlace = ({ kind, scope, name }: FilePlace, version: number): string =>
  `file/${kind}/${scope}/${name}/${version}`;

/** The one writer of stored secrets and config files. A version never changes; a removal is a version too. */
export type FileStore = ReturnType<typeof createFileStore>;

export function createFileStore(db: Database, vault: Vault) {
  const versionsOf = (place: FilePlace) =>
    db
      .selectFrom('stored_files')
      .selectAll()
      .where('kind', '=', place.kind)
      .where('scope', '=', place.scope)
      .where('name', '=', place.name)
      .orderBy('version', 'desc');

  const open = (place: FilePlace, row: Selectable<StoredFilesTable>): string | undefined =>
    row.sealed === null ? undefined : vault.open(row.sealed, sealPlace(place, row.version));

  /** The newest version of each name, removed ones too. */
  const newest = (kind: FileKind, scope: string) =>
    db
      .selectFrom('stored_files as f')
      .selectAll()
      .where('kind', '=', kind)
      .where('scope', '=', scope)
      .where((eb) =>
        eb(
          'version',
          '=',
          eb
            .selectFrom('stored_files as g')
            .select((g) => g.fn.max('g.version').as('version'))
            .whereRef('g.kind', '=', 'f.kind')
            .whereRef('g.scope', '=', 'f.scope')
            .whereRef('g.name', '=', 'f.name'),
        ),
      )
      .orderBy('name');

  async function requireFreeName({ kind, scope, name }: FilePlace): Promise<void> {
    const alike = (await newest(kind, scope).execute()).find(
      (row) => row.sealed !== null && row.name !== name && row.name.toLowerCase() === name.toLowerCase(),
    );
    if (alike !== undefined)
      throw refuse(
        'conflict',
        `There is a ${words[kind]} "${alike.name}" in ${scope} already; "${name}" differs only by case.`,
      );
  }

  async function append(
    place: FilePlace,
    content: { base64: string } | undefined,
    how: string,
    author: Author,
  ): Promise<FileVersion> {
    const { kind, scope, name } = place;
    const [last] = await versionsOf(place).limit(1).execute();
    const version = (last?.version ?? 0) + 1;
    const row = {
      kind,
      scope,
      name,
      version,
      sealed: content === undefined ? null : vault.seal(content.base64, sealPlace(place, version)),
      bytes: content === undefined ? 0 : Buffer.from(content.base64, 'base64').length,
      fingerprint:
        content === undefined
          ? ''
          : vault.fingerprint(content.base64, `file/${kind}/${scope}/${name}`).slice(0, fingerprintLength),
      how,
      created_at: author.nowMs,
      actor: author.actor,
    };
    await db.transaction().execute(async (tx) => {
      await tx.insertInto('stored_files').values(row).execute();
      await tx
        .updateTable('stored_files')
        .set({ sealed: null })
        .where('kind', '=', kind)
        .where('scope', '=', scope)
        .where('name', '=', name)
        .where('version', '<=', version - contentsKept)
        .execute();
    });
    return toVersion(row);
  }

  async function current(place: FilePlace): Promise<StoredContent | undefined> {
    const [row] = await versionsOf(place).limit(1).execute();
    const base64 = row === undefined ? undefined : open(place, row);
    return row === undefined || base64 === undefined
      ? undefined
      : { base64, scope: place.scope, version: row.version };
  }

  async function getCurrent(place: FilePlace): Promise<StoredContent> {
    const found = await current(place);
    if (found === undefined)
      throw refuse('not_found', `There is no ${words[place.kind]} "${place.name}" in ${place.scope}.`);
    return found;
  }

  return {
    current,
    getCurrent,
    /** By name, removed ones left out. */
    async list(kind: FileKind, scope: string): Promise<FileVersion[]> {
      return (await newest(kind, scope).execute()).filter((row) => row.sealed !== null).map(toVersion);
    },
    /** Newest first. Refuses with `not_found` for a name that never was. */
    async history(place: FilePlace): Promise<FileVersion[]> {
      const rows = await versionsOf(place).execute();
      if (rows.length === 0)
        throw refuse(
          'not_found',
          `There never was a ${words[place.kind]} "${place.name}" in ${place.scope}.`,
        );
      return rows.map(toVersion);
    },
    /** A new version, unless the content is what it was. */
    async set(
      place: FilePlace,
      base64: string,
      author: Author & { how?: string },
    ): Promise<{ version: FileVersion; isChanged: boolean }> {
      const fault = findSizeFault(place.kind, place.name, Buffer.from(base64, 'base64').length);
      if (fault !== undefined)
        throw refuse('invalid', `The ${fault.message}.`, { issues: [{ at: '/base64', ...fault }] });
      await requireFreeName(place);
      const [last] = await versionsOf(place).limit(1).execute();
      if (last !== undefined && open(place, last) === base64)
        return { version: toVersion(last), isChanged: false };
      return { version: await append(place, { base64 }, author.how ?? 'set', author), isChanged: true };
    },
    async remove(place: FilePlace, author: Author): Promise<void> {
      await getCurrent(place);
      await append(place, undefined, 'removed', author);
    },
    /** The content of an earlier version as the newest. */
    async rollback(place: FilePlace, version: number, author: Author): Promise<FileVersion> {
      const rows = await versionsOf(place).execute();
      const row = rows.find((one) => one.version === version);
      const base64 = row === undefined ? undefined : open(place, row);
      if (base64 === undefined) {
        const kept = rows.filter((one) => one.sealed !== null).map((one) => one.version);
        throw refuse(
          'not_found',
          `The ${words[place.kind]} "${place.name}" in ${place.scope} has no version ${version} with content; it has ${kept.length === 0 ? 'none' : kept.join(', ')}.`,
        );
      }
      await requireFreeName(place);
      return append(place, { base64 }, `version ${version} again`, author);
    },
  };
}

export const words = { secret: 'secret', config: 'config file' } as const satisfies Record<FileKind, string>;

function toVersion(row: Selectable<StoredFilesTable>): FileVersion {
  return {
    kind: row.kind,
    scope: row.scope,
    name: row.name,
    version: row.version,
    bytes: row.bytes,
    fingerprint: row.fingerprint,
    how: row.how,
    createdAt: row.created_at,
    actor: row.actor,
    isGone: row.sealed === null,
  };
}
