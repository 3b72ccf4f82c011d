import type { Migration } from '../migration.ts';

/** Sources, releases, deployments with their events, runs, scales, and the last edge model. */
export const deployments: Migration = {
  number: 2,
  name: 'deployments',
  up: (database) =>
    database.exec(`
create table sources (
  id text primary key, app text not null, digest text not null, bytes integer not null, files integer not null,
  created_at integer not null
  ) strict;
create table releases (
  app text not null, number integer not null, fingerprint text not null, sealed text not null,
  summary_json text not null, created_at integer not null, actor text not null, message text,
  deployment text not null, dockerfile text, primary key (app, number)
  ) strict;
create table deployments (
  id text primary key, app text not null, kind text not null, state text not null, request_json text not null,
  from_release integer, to_release integer, generation integer not null default 1, actor text not null, message text,
  created_at integer not null, ended_at integer, deadline_at integer not null, cancel_requested_at integer,
  images_json text, end_as text, failure_json text, steps_json text not null, warnings_json text not null,
  progress text, progress_at integer not null
  ) strict;
create index deployments_by_app on deployments (app, created_at);
create index deployments_open on deployments (created_at) where ended_at is null;
create table deployment_events (
  deployment text not null references deployments (id) on delete cascade, seq integer not null, at integer not null,
  event_json text not null, primary key (deployment, seq)
  ) strict;
create table runs (
  name text primary key, app text not null, service text not null, release integer not null, generation integer not null,
  state text not null, state_since integer not null, lane text, weight integer not null, replicas integer not null,
  routing_json text not null
  ) strict;
create index runs_by_app on runs (app, service);
create table scales (
  app text not null, service text not null, replicas integer not null, primary key (app, service)
  ) strict;
create table edge_model (
  id integer primary key check (id = 1), revision integer not null, model_json text not null
  ) strict;
`),
};
