import type { PlanView } from '@berth/contract/plans';
import { filesFor } from '@berth/domain/file';
import type { Release, ReleaseFile, ReleaseService } from '@berth/domain/release';
import { isIdle, type PlannedService } from '@berth/domain/rollout';
import type * as z from 'zod';
import { planDeployment } from '../deployments/desired.ts';
import type { Deployment, From } from '../deployments/store.ts';
import {
  describeFiles,
  describeService,
  describeServiceVariables,
  describeSurroundings,
  describeVariables,
} from '../releases/changes.ts';
import { type Intended, intendedRelease, type PlanDependencies } from './intended.ts';

type View = z.input<typeof PlanView>;

/** What a deployment would do, without doing any of it. Refuses as the deployment would. */
export async function makePlan(
  deps: PlanDependencies,
  request: { app: string; from: From; images?: Deployment['images'] },
  signal: AbortSignal,
): Promise<View> {
  const app = await deps.apps.find(request.app);
  const before =
    app?.liveRelease === undefined ? undefined : await deps.releases.open(app.name, app.liveRelease);
  const intended = await intendedRelease(deps, { ...request, before }, signal);
  const plan = await planDeployment(deps, intended.release, {
    kind: intended.kind,
    generation: intended.generation,
  });
  const { release } = intended;
  const others =
    before === undefined
      ? []
      : [...describeSurroundings(before, release), ...describeFiles(before.files, release.files)];
  return {
    app: request.app,
    ...(before === undefined ? {} : { release: before.number }),
    changes: !isIdle(plan) || others.length > 0,
    services: plan.services.map((planned) => viewOf(planned, before, intended)),
    others,
    warnings: [...intended.warnings],
  };
}

function viewOf(
  planned: PlannedService,
  before: Release | undefined,
  intended: Intended,
): View['services'][number] {
  return {
    service: planned.service,
    action: planned.action,
    reasons: reasonsOf(planned, before, intended),
    ...(planned.wave === undefined ? {} : { wave: planned.wave + 1 }),
    waitsFor: planned.waitsFor.map(({ service, until }) => `${service} is ${until}`),
  };
}

function reasonsOf(planned: PlannedService, before: Release | undefined, intended: Intended): string[] {
  const { because, service } = planned;
  const note = intended.imageNotes.get(service);
  switch (because.kind) {
    case 'first':
      return [planned.action === 'run' ? 'new job' : 'new service', ...(note === undefined ? [] : [note])];
    case 'changed':
      return changesOf(service, before, intended);
    case 'asked':
      return ['restart asked for'];
    case 'dependency':
      return [`depends on ${because.service}, which is replaced (restart: true)`];
    case 'stopped':
      return ['the app is stopped'];
    case 'replicas':
      return [`replicas ${because.from} → ${because.to}`];
    case 'same':
      return note === undefined ? ['same'] : [note];
    case 'done':
      return ['has run, unchanged'];
    case 'gone':
      return ['not in the manifest any more'];
  }
}

function changesOf(name: string, before: Release | undefined, intended: Intended): string[] {
  const { release } = intended;
  const was = before?.services.find((service) => service.spec.name === name);
  const is = release.services.find((service) => service.spec.name === name);
  if (before === undefined || was === undefined || is === undefined) return ['changed'];
  const note = intended.imageNotes.get(name);
  const own = describeService(was, is).map((change) =>
    change.startsWith('image ') && note !== undefined ? note : change,
  );
  const changes = [
    ...own,
    ...describeVariables(before.variables, release.variables),
    ...describeServiceVariables(name, before, release),
    ...describeFiles(contentFor(before, was), contentFor(release, is)),
  ];
  return changes.length === 0 ? ['a network of it, or how Berth runs it, has changed'] : changes;
}

/** The configs and secrets of one service: to it, it is one whether it is its own or that of all. */
const contentFor = ({ files }: Pick<Release, 'files'>, { spec }: ReleaseService): ReleaseFile[] =>
  filesFor(files, spec).map(({ service: _service, ...file }) => file);
