import type { Migration } from '../migration.ts';

/** An app has the releases from its first on; those before were of removed apps of its name. */
export const firstReleases: Migration = {
  number: 15,
  name: 'first-releases',
  up: (database) => database.exec('alter table apps add column first_release integer not null default 1'),
};
