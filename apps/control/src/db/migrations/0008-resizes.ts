import type { Migration } from '../migration.ts';

/** Limits of running services that differ from what was released. */
export const resizes: Migration = {
  number: 8,
  name: 'resizes',
  up: (database) =>
    database.exec(`
create table resizes (
  app text not null, service text not null, limits_json text not null, primary key (app, service)
  ) strict;
`),
};
