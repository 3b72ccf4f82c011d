import { label } from '@berth/domain/label';
import type { Run } from '@berth/domain/run';
import { isJob } from '@berth/domain/service';
import type { Service, Task } from '@berth/engine/types';
import { addressesOf } from '../swarm/services.ts';
import { runOf } from '../tasks/task-view.ts';
import { broken, type Check, count, listed, ok, warning } from './check.ts';

export interface OpenDeployment {
  readonly id: string;
  readonly app: string;
  readonly state: string;
  readonly progress: string | undefined;
  readonly progressAt: number;
}

/** Deployments go on. Pure. */
export function judgeDeployments(
  open: readonly OpenDeployment[],
  options: { readonly nowMs: number; readonly stalledMs: number },
): Check[] {
  const stalled = open.filter((one) => options.nowMs - one.progressAt > options.stalledMs);
  if (stalled.length === 0)
    return [
      ok(
        'platform',
        'platform.deployments',
        open.length === 0 ? 'no deployment runs' : `running: ${count(open.length, 'deployment')}`,
      ),
    ];
  return stalled.map((one) =>
    warning(
      'platform',
      `platform.deployment.${one.id}`,
      `the deployment of ${one.app} has not moved for ${Math.round((options.nowMs - one.progressAt) / 1000)} s (${one.state}${one.progress === undefined ? '' : `: ${one.progress}`})`,
      `Follow it with \`berth deploy --attach -a ${one.app}\`, or stop it with \`berth deploy --cancel -a ${one.app}\`.`,
    ),
  );
}

/** A service this young may still be being written down. */
const youngMs = 60_000;

/** What Swarm runs is what Berth knows: no service without its run, no run without its service. Pure. */
export function judgeServices(
  services: readonly Pick<Service, 'Spec' | 'CreatedAt'>[],
  runs: readonly Run[],
  nowMs: number,
): Check[] {
  const checks: Check[] = [];
  const strays = services.filter(
    ({ Spec, CreatedAt }) =>
      Spec.Labels[label.app] !== undefined &&
      !runs.some((run) => run.name === Spec.Name) &&
      nowMs - Date.parse(CreatedAt) > youngMs,
  );
  if (strays.length > 0)
    checks.push(
      warning(
        'platform',
        'platform.strays',
        `Swarm runs services that no release owns: ${listed(strays.map(({ Spec }) => Spec.Name))}`,
        'They take resources and serve nobody: `docker service rm NAME` removes one.',
      ),
    );
  const wanting = runs.filter(
    (run) =>
      (run.state === 'live' || run.state === 'warm' || run.state === 'draining') &&
      !services.some(({ Spec }) => Spec.Name === run.name),
  );
  for (const run of wanting)
    checks.push(
      (run.state === 'live' ? broken : warning)(
        'platform',
        `platform.service.${run.name}`,
        `release ${run.release} of ${run.app} is ${run.state}, but its Swarm service ${run.name} is gone`,
        `\`berth restart -a ${run.app}\` starts its tasks anew.`,
      ),
    );
  if (checks.length > 0) return checks;
  return [
    ok(
      'platform',
      'platform.services',
      `${count(services.length, 'Swarm service')}, each owned by a release`,
    ),
  ];
}

/** Every live service has the tasks it should have, healthy. Pure. */
export function judgeApps(
  runs: readonly Run[],
  tasks: readonly Task[],
  healthOf: (app: string) => ReadonlyMap<string, string> | undefined,
): Check[] {
  const live = runs.filter((run) => run.state === 'live');
  const checks = live.flatMap((run): Check[] => {
    const own = tasks.filter(
      (task) =>
        task.Spec.ContainerSpec.Labels?.[label.app] === run.app &&
        task.Status.State === 'running' &&
        runOf(task, [run]) !== undefined,
    );
    const health = healthOf(run.app);
    const isRouted = run.routing.port !== undefined;
    const healthy =
      isRouted && health !== undefined
        ? own.filter((task) => addressesOf(task).some((address) => health.get(address) === 'healthy')).length
        : own.length;
    if (healthy >= run.replicas || isJob(run.mode)) return [];
    const judge = healthy === 0 ? broken : warning;
    return [
      judge(
        'platform',
        `platform.app.${run.app}.${run.service}`,
        `${run.app}: ${healthy} of ${run.replicas} tasks of ${run.service} are ${isRouted ? 'healthy' : 'running'}`,
        `\`berth ps -a ${run.app} --all\` and \`berth logs -a ${run.app}\` say why; \`berth rollback -a ${run.app}\` returns to the release before.`,
      ),
    ];
  });
  if (checks.length > 0) return checks;
  const apps = new Set(live.map((run) => run.app)).size;
  return [
    ok(
      'platform',
      'platform.apps',
      apps === 0 ? 'no app runs' : `${count(apps, 'app')} with all tasks running`,
    ),
  ];
}
