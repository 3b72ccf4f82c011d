import { refuse } from '@berth/contract/errors';
import { label } from '@berth/domain/label';
import type { ReleaseService } from '@berth/domain/release';
import type { Database } from '../db/database.ts';
import { listPortOwners } from '../node-api/ports.ts';
import type { Nodes } from '../nodes/ports.ts';
import { type BusyPort, type HostPortClaim, planPorts } from './plan.ts';

export interface HostPortsDependencies {
  readonly db: Database;
  readonly platform: string;
  readonly nodes: Nodes;
  readonly apps: { list(): Promise<readonly { readonly name: string; readonly port: number | undefined }[]> };
  /** Ports to choose from, first and last. */
  readonly range: readonly [number, number];
}

/** The one writer of who has which port of the nodes. */
export type HostPorts = ReturnType<typeof createHostPorts>;

export function createHostPorts(deps: HostPortsDependencies) {
  const { db } = deps;

  async function list(): Promise<HostPortClaim[]> {
    const rows = await db.selectFrom('host_ports').selectAll().orderBy('port').orderBy('protocol').execute();
    return rows.map(({ protocol, ...rest }) => ({ ...rest, protocol: protocol === 'udp' ? 'udp' : 'tcp' }));
  }

  /** What nodes listen on and platforms publish, without what tasks of the app itself do. */
  async function busyFor(app: string, signal: AbortSignal): Promise<BusyPort[]> {
    const busy: BusyPort[] = [];
    const apps = (await deps.apps.list()).filter(({ port }) => port !== undefined);
    for (const link of deps.nodes.list()) {
      const [facts, containers] = await Promise.all([
        link.refresh(signal),
        link.engine.listContainers({ signal }),
      ]);
      const isOwn = ({ Labels }: (typeof containers)[number]): boolean =>
        Labels[label.platform] === deps.platform && Labels[label.app] === app;
      const owners = listPortOwners({
        platform: deps.platform,
        nodes: [{ facts, containers: containers.filter((one) => !isOwn(one)) }],
        apps,
        services: [],
      });
      for (const { port, protocol, owner } of owners) busy.push({ port, protocol, owner });
      const known = new Set(
        [
          ...busy,
          ...containers
            .filter(isOwn)
            .flatMap(({ Ports }) =>
              Ports.map(({ PublicPort, Type }) => ({ port: PublicPort, protocol: Type })),
            ),
        ].map(({ port, protocol }) => `${protocol} ${port}`),
      );
      for (const { port, protocol } of facts.listening ?? [])
        if (!known.has(`${protocol} ${port}`))
          busy.push({ port, protocol, owner: `a process of node ${link.name}` });
    }
    return busy;
  }

  return {
    list,
    /**
     * Takes the ports the services name, and one for each that does not: gives the services with all of them.
     * Refuses with `port_taken`, naming each port and who has it; then none is taken. Twice does no harm.
     */
    async claim<T extends Pick<ReleaseService, 'spec'>>(
      app: string,
      services: readonly T[],
      signal: AbortSignal,
    ): Promise<readonly T[]> {
      if (services.every(({ spec }) => spec.ports.length === 0)) return services;
      const busy = await busyFor(app, signal);
      // The driver is synchronous and nothing is awaited but it: between looking and taking comes nobody.
      return db.transaction().execute(async (tx) => {
        const rows = await tx.selectFrom('host_ports').selectAll().execute();
        const claimed = rows.map((row) => ({ ...row, protocol: row.protocol as 'tcp' | 'udp' }));
        const plan = planPorts({ app, services, claimed, busy, range: deps.range });
        if (plan.conflicts.length > 0)
          throw refuse('port_taken', `${plan.conflicts[0]}.`, { evidence: plan.conflicts.slice(1) });
        for (const claim of plan.claims)
          await tx
            .insertInto('host_ports')
            .values(claim)
            .onConflict((conflict) =>
              conflict.columns(['protocol', 'port']).doUpdateSet({
                service: claim.service,
                target: claim.target,
              }),
            )
            .execute();
        return services.map((service, index) => ({
          ...service,
          spec: plan.services[index]?.spec ?? service.spec,
        }));
      });
    },
    /** Gives back what the app has taken and its live release does not need. */
    async keepOnly(app: string, live: readonly Pick<ReleaseService, 'spec'>[]): Promise<void> {
      const kept = new Set(
        live.flatMap(({ spec }) => spec.ports.map(({ protocol, published }) => `${protocol} ${published}`)),
      );
      for (const claim of await list())
        if (claim.app === app && !kept.has(`${claim.protocol} ${claim.port}`))
          await db
            .deleteFrom('host_ports')
            .where('protocol', '=', claim.protocol)
            .where('port', '=', claim.port)
            .execute();
    },
  };
}
