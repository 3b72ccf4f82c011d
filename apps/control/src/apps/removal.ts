import { refuse } from '@berth/contract/errors';
import { label } from '@berth/domain/label';
import type { Run } from '@berth/domain/run';
import type { Clock } from '@berth/runtime/clock';
import { until } from '@berth/runtime/retry';
import type { DeploymentStore } from '../deployments/store.ts';
import type { CertificateStore } from '../domains/store.ts';
import { collectFiles } from '../files/engine-files.ts';
import type { Forwarders } from '../forwarders/forwarders.ts';
import type { HostPorts } from '../host-ports/host-ports.ts';
import type { AppNetworks } from '../networks/app-networks.ts';
import type { Nodes } from '../nodes/ports.ts';
import type { Routing } from '../routing/routing.ts';
import { stopInReverse } from '../runs/stopping.ts';
import type { RunChange, RunStore } from '../runs/store.ts';
import { removeService } from '../swarm/services.ts';
import type { App, AppStore } from './store.ts';

/** Time for the app's tasks to end before its networks can go. */
const removeMs = 60_000;

/** What serves is stopped, what waits is parked: the reconciler then starts nothing and stops the same. */
function toStopped(run: Run): RunChange {
  if (run.state === 'removing' || run.state === 'stopped') return { name: run.name };
  return run.state === 'live'
    ? { name: run.name, state: 'stopped' }
    : { name: run.name, state: 'parked', lane: undefined, weight: 0 };
}

/** Removes an app: its routes first, then its tasks, then its networks. Volumes stay: data is never removed by implication. */
export type Removal = ReturnType<typeof createRemoval>;

export function createRemoval(deps: {
  platform: string;
  clock: Clock;
  apps: AppStore;
  runs: RunStore;
  deployments: DeploymentStore;
  nodes: Nodes;
  routing: Pick<Routing, 'push'>;
  certificates: Pick<CertificateStore, 'removeUnused'>;
  networks: Pick<AppNetworks, 'removeOf'>;
  hostPorts: Pick<HostPorts, 'keepOnly'>;
  forwarders: Pick<Forwarders, 'settle' | 'linkedFrom'>;
  /** Ends the app's jobs and forgets them. */
  removeJobs(app: string): Promise<void>;
}) {
  /** Swarm takes a task's container away a moment after its service; until then it holds its volumes. */
  async function hasContainers(app: string, signal: AbortSignal): Promise<boolean> {
    const filters = { label: [`${label.platform}=${deps.platform}`, `${label.app}=${app}`] };
    for (const { engine } of deps.nodes.list())
      for (const { Labels } of await engine.listContainers({ all: true, filters, signal }))
        if (Labels[label.purpose] === undefined) return true;
    return false;
  }

  return {
    async remove(app: App, signal: AbortSignal): Promise<void> {
      const open = (await deps.deployments.listOpen(app.name))[0];
      if (open !== undefined)
        throw refuse('deployment_running', `Deployment ${open.id} of ${app.name} is ${open.state}.`);
      const others = (await deps.forwarders.linkedFrom(app.name)).filter((other) => other !== app.name);
      if (others.length > 0)
        throw refuse(
          'conflict',
          `${others.join(', ')} ${others.length === 1 ? 'links' : 'link'} to ${app.name}: remove the link from \`x-berth.links\` there first.`,
        );
      // Only once nothing refuses any more: what was refused leaves all as it was.
      await deps.removeJobs(app.name);
      // Whatever ends this before the app is gone leaves it stopped: to be started, deployed or removed again.
      await deps.apps.setDesired(app.name, 'stopped');
      const runs = await deps.runs.list({ app: app.name });
      await deps.runs.advance(runs.map(toStopped), deps.clock.now());
      await deps.routing.push(signal);
      const { engine } = await deps.nodes.manager({ signal });
      await stopInReverse(engine, runs, {
        clock: deps.clock,
        signal: AbortSignal.any([signal, AbortSignal.timeout(removeMs)]),
      });
      const stopped = await deps.runs.list({ app: app.name });
      await deps.runs.advance(
        stopped.map(({ name }) => ({ name, state: 'removing' as const, lane: undefined, weight: 0 })),
        deps.clock.now(),
      );
      for (const run of stopped) {
        await removeService(deps.nodes, run.name, { signal });
        await deps.runs.remove(run.name);
      }
      await deps.hostPorts.keepOnly(app.name, []);
      await collectFiles(engine, { platform: deps.platform, app: app.name, keep: new Set() }, { signal });
      await deps.apps.remove(app.name, deps.clock.now());
      // Its names are free and its keys are nobody's.
      await deps.certificates.removeUnused();
      // Only now the edge leaves the app's networks: until here it said that the app is stopped.
      await deps.routing.push(signal);
      await deps.forwarders.settle(signal);
      await until(
        async () =>
          (await hasContainers(app.name, signal)) ||
          (await deps.networks.removeOf(engine, app.name, signal)) === 'in-use'
            ? undefined
            : true,
        {
          clock: deps.clock,
          everyMs: 500,
          signal: AbortSignal.any([signal, AbortSignal.timeout(removeMs)]),
        },
      );
    },
  };
}
