import type { AppView, ReleaseView } from '@berth/contract/schemas';
import type { Release } from '@berth/domain/release';
import type { Run } from '@berth/domain/run';
import { isJob } from '@berth/domain/service';
import { isoTime } from '@berth/runtime/clock';
import type * as z from 'zod';
import type { Deployment } from '../deployments/deployment.ts';
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
  readonly last: Pick<Deployment, 'id' | 'state' | 'endedAt' | 'failure'> | undefined;
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
      // A job wants none that run.
      replicas: isJob(run.mode) ? 0 : run.replicas,
      running: count.running,
      healthy: run.routing.port === undefined ? count.running : count.healthy,
      image: summary?.imageLabel ?? '',
      memoryBytesMax: summary?.memoryBytesMax ?? 0,
    };
  });
  const failure = failureOf(facts);
  return {
    name: facts.app.name,
    family: facts.app.family,
    environment: facts.app.environment,
    project: facts.app.project,
    state: stateOf(facts, services),
    ...(release === undefined ? {} : { release }),
    urls: [...facts.urls],
    services,
    warnings: [...(facts.summary?.warnings ?? [])],
    ...(facts.deployment === undefined ? {} : { deployment: facts.deployment }),
    ...(failure === undefined ? {} : { failure }),
    createdAt: isoTime(facts.app.createdAt),
  };
}

function stateOf(
  facts: AppFacts,
  services: readonly { replicas: number; healthy: number }[],
): z.input<typeof AppView>['state'] {
  if (facts.deployment !== undefined) return 'deploying';
  if (facts.app.liveRelease === undefined) return failureOf(facts) === undefined ? 'new' : 'failed';
  if (facts.app.desired === 'stopped') return 'stopped';
  return services.every((service) => service.healthy >= service.replicas) ? 'running' : 'degraded';
}

function failureOf({ deployment, last }: AppFacts): z.input<typeof AppView>['failure'] {
  if (deployment !== undefined || last?.state !== 'failed' || last.endedAt === undefined) return undefined;
  return { deployment: last.id, at: isoTime(last.endedAt), message: last.failure?.message ?? '' };
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

const asItIs = <T>(value: T): T => value;

/** How each part of a release is shown: a part that is added to it has to be decided upon here. */
const shownAs: { readonly [K in keyof Required<Release>]: (value: Required<Release>[K]) => unknown } = {
  app: asItIs,
  number: asItIs,
  services: (services) =>
    services.map((service) => ({
      ...service,
      spec: { ...service.spec, environment: namesOf(service.spec.environment) },
    })),
  variables: (variables) => namesOf(variables),
  serviceVariables: (services) =>
    Object.fromEntries(Object.entries(services).map(([service, variables]) => [service, namesOf(variables)])),
  files: (files) =>
    files.map(({ base64, ...file }) => ({ ...file, bytes: Buffer.byteLength(base64, 'base64') })),
  routes: asItIs,
  redirects: asItIs,
  hooks: asItIs,
  networks: asItIs,
  volumes: asItIs,
  links: asItIs,
  exposes: asItIs,
  externals: asItIs,
  drainMs: asItIs,
  warmMs: asItIs,
  deadlineMs: asItIs,
  startMs: asItIs,
  probationMs: asItIs,
};

/** A release as anybody may read it: names of variables and files, never what they hold. Pure. */
export function viewConfig(release: Release): Record<string, unknown> {
  const show = shownAs as Readonly<Record<string, (value: unknown) => unknown>>;
  return Object.fromEntries(
    Object.entries(release).flatMap(([key, value]) => {
      const part = show[key];
      return part === undefined ? [] : [[key, part(value)]];
    }),
  );
}

const namesOf = (values: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.keys(values).map((name) => [name, '[set]']));
