import type { ComposeService } from './compose-model.ts';
import type { Fault, Path } from './issue.ts';
import { treatment, treatmentOf } from './keys.ts';

/** Keys of the printed model that ask for nothing: what they say is the default. */
const harmless: Readonly<Record<string, (value: unknown) => boolean>> = {
  privileged: (value) => value !== true,
  oom_kill_disable: (value) => value !== true,
  isolation: (value) => value === 'default',
  ipc: (value) => value === 'private',
  cgroup: (value) => value === 'private',
  'build.isolation': (value) => value === 'default',
  'build.privileged': (value) => value !== true,
};

/** Every key the table refuses, by name. */
export function refusedKeys(service: ComposeService, name: string): Fault[] {
  const faults: Fault[] = [];
  const check = (value: unknown, prefix: readonly string[]) => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, item] of Object.entries(value)) {
      const full = [...prefix, key].join('.');
      const how = treatmentOf(full);
      if (how?.kind !== 'refused' || isNothing(item) || harmless[full]?.(item) === true) continue;
      faults.push({
        path: ['services', name, ...prefix, key],
        message: `\`${full}\` is not supported: ${how.why}`,
        suggestion: how.instead,
      });
    }
  };
  check(service, []);
  check(service.build, ['build']);
  check(service.blkio_config, ['blkio_config']);
  check(service.deploy, ['deploy']);
  check(service.deploy?.resources?.reservations, ['deploy', 'resources', 'reservations']);
  return faults;
}

/** The fault of what is at `path`, in the words of the table's row; undefined where that does not refuse. */
export function refusalOf(row: string, path: Path): Fault | undefined {
  const how = treatment[row];
  if (how?.kind !== 'refused') return undefined;
  return { path, message: `\`${path.at(-1)}\` is not supported: ${how.why}`, suggestion: how.instead };
}

const isNothing = (value: unknown): boolean =>
  value === '' || value === null || (Array.isArray(value) && value.length === 0);
