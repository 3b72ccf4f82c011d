import type { Migration } from '../migration.ts';

/** Variables are said at scopes and keep their versions; an app is one environment of a family, in a project. */
export const scopes: Migration = {
  number: 11,
  name: 'scopes',
  up: (database) =>
    database.exec(`
alter table apps add column family text;
alter table apps add column environment text not null default 'production';
alter table apps add column project text not null default 'default';
create index apps_family on apps (family);

alter table variables rename to variables_of_apps;
create table variables (
  scope text not null,
  name text not null,
  version integer not null,
  state text not null check (state in ('set', 'absent', 'removed')),
  sealed text,
  fingerprint text,
  at integer not null,
  actor text not null,
  primary key (scope, name, version)
) strict;
create index variables_version on variables (scope, version);
insert into variables
  select 'app:' || app, name, 1, 'set', sealed, fingerprint, updated_at, updated_by from variables_of_apps;
drop table variables_of_apps;
`),
};
