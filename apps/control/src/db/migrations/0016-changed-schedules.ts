import type { Migration } from '../migration.ts';

/** The times that were decided upon are those of a schedule: one that changed begins anew. */
export const changedSchedules: Migration = {
  number: 16,
  name: 'changed-schedules',
  up: (database) => database.exec('alter table schedules add column decided_for text'),
};
