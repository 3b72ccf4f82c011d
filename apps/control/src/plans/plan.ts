import type { PlanView } from '@berth/contract/plans';
import { filesFor } from '@berth/domain/file';
import type { Release, ReleaseFile, ReleaseService } from '@berth/domain/release';
import type { PlannedService } from '@berth/domain/rollout';
import type * as z from 'zod';
import type { Deployment, From } from '../deployments/deployment.ts';
import { planDeployment } from '../deployments/desired.ts';
import {
  describeFiles,
  describeObjects,
  describeService,
  describeServiceVariables,
  describeSurroundings,
  describeVariables,
} from '../releases/changes.ts';
import { describeSettings } from '../releases/spec-changes.ts';
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
  const services = [
    ...plan.services.map((planned) => viewOf(planned, before, intended)),
    ...scheduledViews(before, intended),
  ];
  const others =
    before === undefined
      ? []
      : [
          ...changesWithoutTasks(services, before, release),
          ...describeSurroundings(before, release),
          ...describeFiles(before.files, release.files),
        ];
  return {
    app: request.app,
    ...(before === undefined ? {} : { release: before.number }),
    changes: services.some(({ action }) => action !== 'untouched') || others.length > 0,
    services,
    others,
    warnings: [...intended.warnings],
  };
}

/** What runs by a schedule has no tasks of its own: from the deployment on it runs as the release says. */
function scheduledViews(before: Release | undefined, intended: Intended): View['services'] {
  const scheduled = (release: Release | undefined) =>
    (release?.services ?? []).filter(({ spec }) => spec.schedule !== undefined);
  const row = (service: string, action: View['services'][number]['action'], reasons: string[]) => ({
    service,
    action,
    reasons,
    waitsFor: [],
  });
  const rows = scheduled(intended.release).map(({ spec }) => {
    const { name, schedule } = spec;
    const note = intended.imageNotes.get(name);
    const was = before?.services.find((service) => service.spec.name === name);
    if (was?.spec.schedule === undefined)
      return row(name, 'scheduled', [
        `new job, ${schedule?.cron} (${schedule?.timeZone})`,
        ...(note === undefined ? [] : [note]),
      ]);
    const changes = findChanges(name, before, intended);
    return changes.length === 0 ? row(name, 'untouched', [note ?? 'same']) : row(name, 'scheduled', changes);
  });
  const names = new Set(intended.release.services.map(({ spec }) => spec.name));
  return [
    ...rows,
    ...scheduled(before)
      .filter(({ spec }) => !names.has(spec.name))
      .map(({ spec }) => row(spec.name, 'removed', ['not in the manifest any more'])),
  ];
}

/** Settings that no task has to be replaced for, such as what is waited for. */
function changesWithoutTasks(services: View['services'], before: Release, after: Release): string[] {
  return services
    .filter(({ action }) => action === 'untouched')
    .flatMap(({ service }) => {
      const find = ({ services: of }: Release) => of.find(({ spec }) => spec.name === service);
      const [was, is] = [find(before), find(after)];
      if (was === undefined || is === undefined) return [];
      return describeSettings(was.spec, is.spec).map((change) => `${service}: ${change}`);
    });
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
  const changes = findChanges(name, before, intended);
  return changes.length === 0 ? ['how Berth runs it has changed'] : changes;
}

function findChanges(name: string, before: Release | undefined, intended: Intended): string[] {
  const { release } = intended;
  const was = before?.services.find((service) => service.spec.name === name);
  const is = release.services.find((service) => service.spec.name === name);
  if (before === undefined || was === undefined || is === undefined) return ['changed'];
  const note = intended.imageNotes.get(name);
  const own = describeService(was, is).map((change) =>
    change.startsWith('image ') && note !== undefined ? note : change,
  );
  const joined = (of: ReleaseService, { networks }: Release) =>
    networks.filter((network) => of.spec.networks.some((one) => one.network === network.name));
  return [
    ...own,
    ...describeVariables(before.variables, release.variables),
    ...describeServiceVariables(name, before, release),
    ...describeFiles(contentFor(before, was), contentFor(release, is)),
    // Joining and leaving is told by the settings of the service.
    ...describeObjects('network', joined(was, before), joined(is, release)).filter((text) =>
      text.includes(': '),
    ),
  ];
}

/** The configs and secrets of one service: to it, it is one whether it is its own or that of all. */
const contentFor = ({ files }: Pick<Release, 'files'>, { spec }: ReleaseService): ReleaseFile[] =>
  filesFor(files, spec).map(({ service: _service, ...file }) => file);
