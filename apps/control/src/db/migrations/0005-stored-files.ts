import type { Migration } from '../migration.ts';

/** Secrets and config files that Berth keeps, every version of them. */
export const storedFiles: Migration = {
  number: 5,
  name: 'stored-files',
  up: (database) =>
    database.exec(`
create table stored_files (
  kind text not null, scope text not null, name text not null, version integer not null, sealed text,
  bytes integer not null, fingerprint text not null, how text not null, created_at integer not null,
  actor text not null, primary key (kind, scope, name, version)
  ) strict;
`),
};
