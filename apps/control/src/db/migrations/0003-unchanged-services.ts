import type { Migration } from '../migration.ts';

/** A run is known by what it runs, so that a release whose service is unchanged keeps that service's tasks. */
export const unchangedServices: Migration = {
  number: 3,
  name: 'unchanged-services',
  up: (database) =>
    database.exec(`
alter table runs add column fingerprint text not null default '';
alter table deployments add column runs_json text;
alter table deployments add column replaced_json text;
alter table apps add column live_release integer;
update apps set live_release = (
  select max(release) from runs where runs.app = apps.name and runs.state in ('live', 'stopped')
);
`),
};
