import type { Migration } from '../migration.ts';

/** A run knows whether it is a job or one task per node, and what it stops before. */
export const orderOfRuns: Migration = {
  number: 6,
  name: 'order-of-runs',
  up: (database) =>
    database.exec(`
alter table runs add column mode text not null default 'replicated';
alter table runs add column depends_on text not null default '[]';
`),
};
