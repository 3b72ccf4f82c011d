import type { ComposeModel, ComposeService } from './compose-model.ts';
import type { Fault } from './issue.ts';
import type { ServiceExtension } from './x-berth.ts';

/** Services that run to their end. */
export interface Jobs {
  readonly names: ReadonlySet<string>;
  readonly faults: readonly Fault[];
  readonly notes: readonly string[];
}

/** Those that wait until `name` has completed. */
export const completionAwaitedBy = (model: ComposeModel, name: string): string[] =>
  Object.entries(model.services)
    .filter(([, service]) => service.depends_on?.[name]?.condition === 'service_completed_successfully')
    .map(([waiting]) => waiting);

/**
 * A service is a job when it says so, or when others wait for it to complete: what else it says has to go
 * together with an end.
 */
export function planJobs(model: ComposeModel, extensions: ReadonlyMap<string, ServiceExtension>): Jobs {
  const faults: Fault[] = [];
  const notes: string[] = [];
  const names = new Set<string>();
  for (const [name, service] of Object.entries(model.services)) {
    const waiting = completionAwaitedBy(model, name);
    if (waiting.length === 0 && !(service.deploy?.mode ?? '').endsWith('-job')) continue;
    names.add(name);
    const hasPorts = (service.ports ?? []).length > 0;
    const forever = endlessRestart(service);
    const wait = `${waiting.join(', ')} ${waiting.length === 1 ? 'waits' : 'wait'} for it to complete`;
    if (waiting.length > 0 && forever !== undefined && hasPorts)
      faults.push({
        path: ['services', name, ...forever.path],
        message: `${name} is always restarted and publishes ports, so it never completes, and ${wait}`,
        suggestion: 'let them wait for `service_healthy`; if it does end, write `restart: "no"`',
      });
    else if (waiting.length > 0 && forever !== undefined)
      notes.push(`services.${name}: \`${forever.text}\` holds until it has succeeded once: ${wait}`);
    if (hasPorts) notes.push(`services.${name}: its ports are not opened: it is a job, and runs to its end`);
    if (extensions.get(name)?.port !== undefined)
      faults.push({
        path: ['services', name, 'x-berth', 'port'],
        message: `${name} is a job, and answers requests, too`,
        suggestion: 'make two services of it, or remove its port',
      });
  }
  for (const [name, service] of Object.entries(model.services))
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      if (extensions.get(other)?.schedule === undefined || condition === 'service_started') continue;
      faults.push({
        path: ['services', name, 'depends_on', other],
        message: `${name} waits for ${other}, which runs by its schedule and in no deployment`,
        suggestion: 'remove the dependency, or the schedule',
      });
    }
  return { names, faults, notes };
}

/** What it says about being started again whatever its end was; undefined: nothing. */
function endlessRestart(
  service: ComposeService,
): { readonly text: string; readonly path: readonly string[] } | undefined {
  const policy = service.deploy?.restart_policy;
  if (policy !== undefined)
    return policy.condition === 'any'
      ? { text: 'condition: any', path: ['deploy', 'restart_policy', 'condition'] }
      : undefined;
  return ['always', 'unless-stopped'].includes(service.restart ?? '')
    ? { text: `restart: ${service.restart}`, path: ['restart'] }
    : undefined;
}

/** A job nobody could be sent to. */
export const routedJobFaults = (jobs: Jobs, routed: ReadonlySet<string>): Fault[] =>
  [...jobs.names]
    .filter((name) => routed.has(name))
    .map((name) => ({
      path: ['services', name],
      message: `${name} is a job, and a route leads to it`,
      suggestion: 'let the route lead to a service that keeps running',
    }));
