import type { Migration } from '../migration.ts';

/** Volumes are objects: they outlive apps, and their names are free again once they are in the trash. */
export const volumes: Migration = {
  number: 9,
  name: 'volumes',
  up: (database) =>
    database.exec(`
create table volumes (
  id text primary key,
  name text not null,
  app text,
  node text not null,
  size_bytes integer,
  labels_json text not null,
  options_json text,
  created_at integer not null,
  created_by text not null,
  removed_at integer,
  removed_by text,
  purge_at integer
) strict;
create unique index volumes_by_name on volumes (name) where removed_at is null;
`),
};
