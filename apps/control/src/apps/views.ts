import type { AppView, ReleaseView } from '@berth/contract/schemas';
import type { Run } from '@berth/domain/run';
import { isoTime } from '@berth/runtime/clock';
import type * as z from 'zod';
import type { ReleaseSummary, StoredRelease } from '../releases/store.ts';
import type { App } from './store.ts';

export interface AppFacts {
  readonly app: App;
  readonly runs: readonly Run[];
  /** Of the live release. */
  readonly summary: ReleaseSummary | undefined;
  readonly urls: readonly string[];
  /** Id of the deployment that runs. */
  readonly deployment: string | undefined;
  /** By service: running tasks, and those all edges call healthy. */
  readonly counts: ReadonlyMap<string, { running: number; healthy: number }>;
}

/** An app as people see it. Pure. */
export function viewApp(facts: AppFacts): z.input<typeof AppView> {
  const serving = facts.runs.filter((run) => run.state === 'live' || run.state === 'stopped');
  const release = facts.app.liveRelease;
  const services = serving.map((run) => {
    const summary = facts.summary?.services.find((service) => service.name === run.service);
    const count = facts.counts.get(run.service) ?? { running: 0, healthy: 0 };
    return {
      name: run.service,
      replicas: run.replicas,
      running: count.running,
      healthy: run.routing.port === undefined ? count.running : count.healthy,
      image: summary?.imageLabel ?? '',
      memoryBytesMax: summary?.memoryBytesMax ?? 0,
      warnings: [...(facts.summary?.warnings ?? [])],
    };
  });
  return {
    name: facts.app.name,
    family: facts.app.family,
    environment: facts.app.environment,
    project: facts.app.project,
    state: stateOf(facts, services),
    ...(release === undefined ? {} : { release }),
    urls: [...facts.urls],
    services,
    ...(facts.deployment === undefined ? {} : { deployment: facts.deployment }),
    createdAt: isoTime(facts.app.createdAt),
  };
}

function stateOf(
  facts: AppFacts,
  services: readonly { replicas: number; healthy: number }[],
): z.input<typeof AppView>['state'] {
  if (facts.deployment !== undefined) return 'deploying';
  if (facts.app.liveRelease === undefined) return 'new';
  if (facts.app.desired === 'stopped') return 'stopped';
  return services.every((service) => service.healthy >= service.replicas) ? 'running' : 'degraded';
}

export function viewRelease(
  release: StoredRelease,
  runs: readonly Run[],
  live: number | undefined,
): z.input<typeof ReleaseView> {
  const states = runs.filter((run) => run.release === release.number).map((run) => run.state);
  return {
    number: release.number,
    createdAt: isoTime(release.createdAt),
    ...(release.message === undefined ? {} : { message: release.message }),
    actor: release.actor,
    services: release.summary.services.map(({ name, image, imageLabel }) => ({ name, image, imageLabel })),
    state:
      release.number === live
        ? 'live'
        : states.includes('draining')
          ? 'draining'
          : states.includes('warm')
            ? 'warm'
            : 'kept',
    ...(release.dockerfile === undefined ? {} : { dockerfile: release.dockerfile }),
    changes: [...release.summary.changes],
  };
}
