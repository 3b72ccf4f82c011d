import type { Migration } from '../migration.ts';

/** Executions of jobs and detached one-offs, and how far each schedule has been decided upon. */
export const jobs: Migration = {
  number: 7,
  name: 'jobs',
  up: (database) =>
    database.exec(`
create table executions (
  id text primary key, app text not null, job text not null, service text not null, release integer not null,
  trigger text not null, state text not null, actor text not null, request_sealed text, timeout_ms integer not null,
  due_at integer, created_at integer not null, started_at integer, ended_at integer, cancel_requested_at integer,
  exit_code integer, oom_killed integer, reason text, node text, log blob
  ) strict;
create index executions_by_app on executions (app, id);
create index executions_open on executions (id) where ended_at is null;
create table schedules (
  app text not null, job text not null, considered_until integer, paused integer not null default 0,
  primary key (app, job)
  ) strict;
`),
};
