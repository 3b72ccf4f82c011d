import type { Migration } from '../migration.ts';

/** Ports of the nodes have owners. */
export const hostPorts: Migration = {
  number: 4,
  name: 'host-ports',
  up: (database) =>
    database.exec(`
create table host_ports (
  protocol text not null check (protocol in ('tcp', 'udp')),
  port integer not null,
  app text not null,
  service text not null,
  target integer not null,
  primary key (protocol, port)
) strict, without rowid;
`),
};
