import type { Migration } from '../migration.ts';

/** A port of the nodes may be of one address; an empty one is all of them; an external service may be UDP. */
export const boundPorts: Migration = {
  number: 12,
  name: 'bound-ports',
  up: (database) =>
    database.exec(`
create table bound_ports (
  protocol text not null check (protocol in ('tcp', 'udp')),
  port integer not null,
  address text not null,
  app text not null,
  service text not null,
  target integer not null,
  primary key (protocol, port, address)
) strict, without rowid;
insert into bound_ports select protocol, port, '', app, service, target from host_ports;
drop table host_ports;
alter table bound_ports rename to host_ports;
alter table externals add column protocol text not null default 'tcp';
`),
};
