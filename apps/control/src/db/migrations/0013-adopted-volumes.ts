import type { Migration } from '../migration.ts';

/** Volumes that the engine had before Berth, under their own names. */
export const adoptedVolumes: Migration = {
  number: 13,
  name: 'adopted-volumes',
  up: (database) => database.exec('alter table volumes add column adopted integer not null default 0'),
};
