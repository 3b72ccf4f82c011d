import { type GoMap, type GoValue, isInt, isMap, sprint } from './go-value.ts';
import { fail, type Path } from './issue.ts';
import { applyRules, PathTable } from './path-table.ts';
import { parseVolume } from './short-forms.ts';

/** What makes two entries of a list the same thing, so that the later one replaces the earlier. */
type Identity = (entry: GoValue, path: Path) => string;

const identities = new PathTable<Identity>({
  'networks.*.labels': byName,
  'networks.*.ipam.options': byName,
  'services.*.annotations': byName,
  'services.*.build.args': byName,
  'services.*.build.additional_contexts': byName,
  'services.*.build.platform': byName,
  'services.*.build.tags': byName,
  'services.*.build.labels': byName,
  'services.*.cap_add': byName,
  'services.*.cap_drop': byName,
  'services.*.devices': byDeviceTarget,
  'services.*.configs': byMount(''),
  'services.*.deploy.labels': byName,
  'services.*.dns': byName,
  'services.*.dns_opt': byName,
  'services.*.dns_search': byName,
  'services.*.environment': byName,
  'services.*.env_file': byEnvFile,
  'services.*.expose': byExpose,
  'services.*.labels': byName,
  'services.*.links': byName,
  'services.*.networks.*.aliases': byName,
  'services.*.networks.*.link_local_ips': byName,
  'services.*.ports': byPort,
  'services.*.profiles': byName,
  'services.*.secrets': byMount('/run/secrets'),
  'services.*.sysctls': byName,
  'services.*.tmpfs': byName,
  'services.*.volumes': byVolumeTarget,
});

/** Removes what a later entry of the same list defines again. Changes `value`. */
export function enforceUnicity(value: GoMap): GoMap {
  return applyRules(identities, value, unique) as GoMap;
}

function unique(identity: Identity, value: GoValue, path: Path): GoValue {
  if (!Array.isArray(value)) return value;
  const list: GoValue[] = [];
  const indexes = new Map<string, number>();
  value.forEach((entry, index) => {
    const key = identity(entry, [...path, index]);
    const at = indexes.get(key);
    if (at === undefined) {
      indexes.set(key, list.length);
      list.push(entry);
    } else {
      list[at] = entry;
    }
  });
  return list;
}

function byName(entry: GoValue, path: Path): string {
  if (typeof entry !== 'string') return fail(path, 'must be a string');
  return entry.split('=', 1)[0]!;
}

function byVolumeTarget(entry: GoValue, path: Path): string {
  if (isMap(entry)) {
    return typeof entry.target === 'string' ? entry.target : fail(path, 'the volume has no target');
  }
  if (typeof entry !== 'string') return '';
  const parsed = parseVolume(entry);
  return 'fault' in parsed ? fail(path, `invalid volume: ${parsed.fault}`) : sprint(parsed.ok.target);
}

function byDeviceTarget(entry: GoValue, path: Path): string {
  if (isMap(entry)) {
    return typeof entry.target === 'string' ? entry.target : fail(path, 'the device has no target');
  }
  if (typeof entry !== 'string') return '';
  const parts = entry.split(':');
  return parts[1] ?? parts[0]!;
}

function byExpose(entry: GoValue, path: Path): string {
  if (typeof entry === 'string' || isInt(entry)) return String(entry);
  return fail(path, 'must be a port');
}

function byMount(directory: string): Identity {
  return (entry, path) => {
    if (typeof entry === 'string') return `${directory}/${entry}`;
    if (!isMap(entry)) return fail(path, 'must be a name or a mapping');
    return entry.target === undefined ? `${directory}/${sprint(entry.source)}` : sprint(entry.target);
  };
}

function byPort(entry: GoValue, path: Path): string {
  if (typeof entry === 'string' || isInt(entry)) return String(entry);
  if (!isMap(entry)) return '';
  if (entry.target === undefined) return fail(path, 'the port has no target');
  const host = 'host_ip' in entry ? textOrType(entry.host_ip) : '0.0.0.0';
  const target = isInt(entry.target) ? String(entry.target) : textOrType(entry.target);
  const protocol = 'protocol' in entry ? textOrType(entry.protocol) : 'tcp';
  return `${host}:${textOrType(entry.published)}:${target}/${protocol}`;
}

/** Compose tells a number from the text of it, and 1e3 from 1000: such ports do not replace each other. */
function textOrType(value: GoValue | undefined): string {
  if (typeof value === 'string') return value;
  return `(${isInt(value) ? 'int' : typeof (value ?? null)}=${sprint(value)})`;
}

function byEnvFile(entry: GoValue, path: Path): string {
  if (typeof entry === 'string') return entry;
  if (!isMap(entry)) return '';
  return entry.path === undefined ? fail(path, 'the env file has no path') : sprint(entry.path);
}
