import { imageDigest } from '@berth/domain/release';
import type { ServiceSpec } from '@berth/engine/types';

/** What the engine fills in by itself, or what a person may do without changing what was released. */
const notDrift: readonly RegExp[] = [
  /^TaskTemplate\.(Runtime|ForceUpdate|Placement\.Platforms)$/,
  /^TaskTemplate\.ContainerSpec\.(Isolation|Privileges)$/,
  /^(UpdateConfig|RollbackConfig|EndpointSpec\.Mode)$/,
  // The number of tasks is told of by itself.
  /^Mode\./,
];

/** Values nobody is shown. */
const secretive: readonly RegExp[] = [/\.Env$/, /\.(Command|Args)$/, /\.(Secrets|Configs)$/];

/**
 * How a service of the engine differs from the one Berth would ask for, in words; variables by name, values
 * that may be secret not at all. Pure.
 */
export function describeSpecDrift(wanted: ServiceSpec, actual: ServiceSpec): string[] {
  return differences('', wanted, actual);
}

function differences(path: string, wanted: unknown, actual: unknown): string[] {
  if (notDrift.some((pattern) => pattern.test(path))) return [];
  if (isEmpty(wanted) && isEmpty(actual)) return [];
  if (isRecord(wanted) && isRecord(actual))
    return [...new Set([...Object.keys(wanted), ...Object.keys(actual)])].flatMap((key) =>
      differences(path === '' ? key : `${path}.${key}`, wanted[key], actual[key]),
    );
  if (isEqual(wanted, actual)) return [];
  // A task that was kept may have its image from the repository of another environment.
  if (path.endsWith('ContainerSpec.Image') && imageDigest(String(wanted)) === imageDigest(String(actual)))
    return [];
  if (path.endsWith('.Env')) return describeEnvironment(wanted, actual);
  const name = words(path);
  if (secretive.some((pattern) => pattern.test(path))) return [`${name} differs`];
  const show = (value: unknown) => (isEmpty(value) ? 'none' : shown(path, value));
  return [`${name} ${show(wanted)} → ${show(actual)}`];
}

function describeEnvironment(wanted: unknown, actual: unknown): string[] {
  const read = (value: unknown) =>
    new Map(
      (Array.isArray(value) ? value : []).map((line): [string, string] => {
        const at = String(line).indexOf('=');
        return [String(line).slice(0, at), String(line).slice(at + 1)];
      }),
    );
  const was = read(wanted);
  const is = read(actual);
  const found = [...new Set([...was.keys(), ...is.keys()])].sort().flatMap((name) => {
    if (!was.has(name)) return [`variable ${name} added`];
    if (!is.has(name)) return [`variable ${name} removed`];
    return was.get(name) === is.get(name) ? [] : [`variable ${name} changed`];
  });
  return found.length === 0 ? ['the order of variables differs'] : found;
}

const names: Readonly<Record<string, string>> = {
  'TaskTemplate.ContainerSpec.Image': 'image',
  'TaskTemplate.Resources.Limits.MemoryBytes': 'memory',
  'TaskTemplate.Resources.Limits.NanoCPUs': 'CPU limit',
  'TaskTemplate.Resources.Limits.Pids': 'process limit',
  'TaskTemplate.Resources.Reservations.MemoryBytes': 'memory reservation',
  'TaskTemplate.Networks': 'networks',
  'EndpointSpec.Ports': 'published ports',
};
const words = (path: string): string => names[path] ?? path.replace(/^TaskTemplate\.(ContainerSpec\.)?/, '');

function shown(path: string, value: unknown): string {
  if (path.endsWith('MemoryBytes') && typeof value === 'number') return `${Math.round(value / 2 ** 20)} MiB`;
  if (path.endsWith('NanoCPUs') && typeof value === 'number') return String(value / 1e9);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The engine leaves out what is not set, or gives its zero. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isRecord(value) && Object.values(value).every(isEmpty);
}

function isEqual(wanted: unknown, actual: unknown): boolean {
  if (isEmpty(wanted) && isEmpty(actual)) return true;
  if (Array.isArray(wanted) && Array.isArray(actual))
    return wanted.length === actual.length && wanted.every((item, index) => isEqual(item, actual[index]));
  if (isRecord(wanted) && isRecord(actual))
    return [...new Set([...Object.keys(wanted), ...Object.keys(actual)])].every((key) =>
      isEqual(wanted[key], actual[key]),
    );
  return wanted === actual;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
