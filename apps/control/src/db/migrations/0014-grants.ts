import type { Migration } from '../migration.ts';

/** What tasks of an app may have beside what every task has, for a time. */
export const grants: Migration = {
  number: 14,
  name: 'grants',
  up: (database) =>
    database.exec(`
create table grants (
  id text primary key, app text not null, service text not null, permission text not null,
  reason text not null, owner text not null, granted_by text not null,
  created_at integer not null, expires_at integer not null,
  unique (app, service, permission)
) strict;
`),
};
