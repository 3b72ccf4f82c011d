import { refuse } from '@berth/contract/errors';
import type { AppSpec } from '@berth/domain/release';
import { hostsOf } from '../domains/hosts.ts';
import { type Asked, requireGrants } from '../grants/require.ts';
import { findCrowded } from '../host-ports/crowding.ts';
import { checkSharedNetworks } from '../networks/prepare.ts';
import { findEngineGaps } from '../swarm/engine-gaps.ts';
import { findSlowChecks } from '../swarm/slow-checks.ts';
import type { DeploymentDependencies } from './step.ts';

/**
 * Refuses what an app asks for and cannot have here, before anything of it is built or made; a plan refuses the
 * same. Gives what to warn of.
 */
export async function checkSpec(
  deps: DeploymentDependencies,
  { spec, asks }: { readonly spec: AppSpec; readonly asks: readonly Asked[] },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { app } = spec;
  const node = await deps.nodes.manager({ signal });
  const specs = spec.services.map((service) => service.spec);
  const { engineApiVersion } = node.facts();
  const gaps = findEngineGaps(specs, engineApiVersion);
  if (gaps.faults.length > 0)
    throw refuse('unsupported', `The engine of ${node.name} is too old for this app.`, {
      evidence: gaps.faults,
    });
  await requireGrants(deps, app, specs, asks);
  const scales = await deps.apps.scales(app);
  const [crowded, ...more] = findCrowded(
    specs.map((one) => ({ ...one, replicas: scales[one.name] ?? one.replicas })),
    deps.nodes.list().length,
  );
  if (crowded !== undefined) throw refuse('too_few_nodes', `${crowded}.`, { evidence: more });
  await deps.hosts.check(app, hostsOf(spec));
  await checkSharedNetworks(deps.shared, app, spec.networks);
  await deps.networks.check(node.engine, spec, signal);
  await deps.forwarders.check(spec);
  return [
    ...gaps.notes,
    ...findSlowChecks(specs, engineApiVersion),
    ...(await deps.volumes.check(app, spec, signal)),
  ];
}
