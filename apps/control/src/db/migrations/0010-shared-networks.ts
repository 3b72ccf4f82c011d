import type { Migration } from '../migration.ts';

/** Networks that apps share, and external services. */
export const sharedNetworks: Migration = {
  number: 10,
  name: 'shared-networks',
  up: (database) =>
    database.exec(`
create table shared_networks (
  name text primary key, network_json text not null, apps_json text,
  created_at integer not null, created_by text not null
) strict;
create table externals (
  name text primary key, targets_json text not null, port integer not null, apps_json text,
  created_at integer not null, created_by text not null, updated_at integer not null
) strict;
`),
};
