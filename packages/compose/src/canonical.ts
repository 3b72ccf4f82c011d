import { posix } from 'node:path';
import { type GoMap, type GoValue, isInt, isInt64, isMap, newMap, nilList, sprint } from './go-value.ts';
import { fail, type Path } from './issue.ts';
import { limits } from './limits.ts';
import { applyRules, PathTable } from './path-table.ts';
import { parsePorts, parseVolume } from './short-forms.ts';

export interface CanonicalOptions {
  readonly warn: (text: string) => void;
  /** Short forms that cannot be read, as variables are in them, stay as they are. */
  readonly keepsUnreadable: boolean;
}

/** `inside` makes long what is below the value. */
type Transform = (value: GoValue, path: Path, options: CanonicalOptions, inside: () => GoValue) => GoValue;

const transforms = new PathTable<Transform>({
  'services.*': (value, _path, _options, inside) => (isMap(value) ? inside() : value),
  'services.*.build.secrets.*': fileMount,
  'services.*.build.additional_contexts': keyValue,
  'services.*.depends_on': dependsOn,
  'services.*.env_file': envFile,
  'services.*.label_file': stringOrList,
  'services.*.extends': (value) => (typeof value === 'string' ? newMap([['service', value]]) : value),
  'services.*.gpus': gpus,
  'services.*.networks': serviceNetworks,
  'services.*.volumes.*': volumeMount,
  'services.*.dns': stringOrList,
  'services.*.devices.*': deviceMapping,
  'services.*.secrets.*': fileMount,
  'services.*.configs.*': fileMount,
  'services.*.ports': ports,
  'services.*.build': build,
  'services.*.build.ssh': ssh,
  'services.*.ulimits.*': ulimit,
  'services.*.build.ulimits.*': ulimit,
  'volumes.*': maybeExternal,
  'networks.*': maybeExternal,
  'secrets.*': maybeExternal,
  'configs.*': maybeExternal,
  'include.*': (value) => (typeof value === 'string' ? newMap([['path', value]]) : value),
});

/** Short forms made long. Changes `content`. */
export function toCanonical(content: GoMap, options: CanonicalOptions): GoMap {
  return applyRules(transforms, content, (rule, value, path, inside) =>
    rule(value, path, options, inside),
  ) as GoMap;
}

function stringOrList(value: GoValue): GoValue {
  return typeof value === 'string' ? [value] : value;
}

function fileMount(value: GoValue, path: Path): GoValue {
  if (isMap(value)) return value;
  return typeof value === 'string' ? newMap([['source', value]]) : fail(path, 'must be a name or a mapping');
}

function keyValue(value: GoValue, path: Path): GoValue {
  if (isMap(value)) return value;
  if (!Array.isArray(value)) return fail(path, 'must be a mapping or a list of name=value');
  return newMap(
    value.map((item, index) => {
      const text = sprint(item);
      const at = text.indexOf('=');
      if (at < 0) fail([...path, index], `"${text}" is not of the form name=value`);
      return [text.slice(0, at), text.slice(at + 1)] as const;
    }),
  );
}

function dependsOn(value: GoValue, path: Path): GoValue {
  if (Array.isArray(value)) {
    const started = () =>
      newMap([
        ['condition', 'service_started'],
        ['required', true],
      ]);
    return newMap(value.map((name) => [sprint(name), started()] as const));
  }
  if (!isMap(value)) return fail(path, 'must be a list of services or a mapping');
  for (const name of Object.keys(value)) {
    const dependency = value[name]!;
    if (!isMap(dependency)) return fail([...path, name], 'must be a mapping');
    dependency.condition ??= 'service_started';
    if (!('required' in dependency)) dependency.required = true;
  }
  return value;
}

function envFile(value: GoValue, path: Path): GoValue {
  const entry = (item: GoValue): GoValue => {
    if (typeof item === 'string') {
      return newMap([
        ['path', item],
        ['required', true],
      ]);
    }
    if (!isMap(item)) return null;
    if (!('required' in item)) item.required = true;
    return item;
  };
  if (typeof value === 'string') return [entry(value)];
  return Array.isArray(value) ? value.map(entry) : fail(path, 'must be a path or a list of paths');
}

function gpus(value: GoValue, path: Path): GoValue {
  if (Array.isArray(value)) return value;
  return typeof value === 'string' ? [newMap([['count', 'all']])] : fail(path, 'must be "all" or a list');
}

function serviceNetworks(value: GoValue): GoValue {
  return Array.isArray(value) ? newMap(value.map((name) => [sprint(name), null] as const)) : value;
}

function volumeMount(value: GoValue, path: Path, { keepsUnreadable }: CanonicalOptions): GoValue {
  if (isMap(value)) return value;
  if (typeof value !== 'string') return fail(path, 'must be a string or a mapping');
  const parsed = parseVolume(value);
  if ('fault' in parsed && keepsUnreadable) return value;
  if ('fault' in parsed) return fail(path, `invalid volume: ${parsed.fault}`);
  parsed.ok.target = cleanPath(parsed.ok.target as string);
  return parsed.ok;
}

/** Go's `path.Clean`: as `posix.normalize`, without a trailing slash. */
export function cleanPath(path: string): string {
  const clean = posix.normalize(path);
  return clean.length > 1 && clean.endsWith('/') ? clean.slice(0, -1) : clean;
}

function deviceMapping(value: GoValue, path: Path): GoValue {
  if (isMap(value)) return value;
  if (typeof value !== 'string') return fail(path, 'must be a string or a mapping');
  const parts = value.split(':');
  if (parts.length > 3) return fail(path, `"${value}" is confusing`, { suggestion: 'use the long form' });
  const [source, target, permissions] = parts as [string, string?, string?];
  return newMap([
    ['source', source],
    ['target', target === undefined || target === '' ? source : target],
    ['permissions', permissions ?? 'rwm'],
  ]);
}

function ports(value: GoValue, path: Path, { keepsUnreadable }: CanonicalOptions): GoValue {
  if (!Array.isArray(value)) return fail(path, 'must be a list');
  const list = nilList();
  for (const [index, entry] of value.entries()) {
    if (isMap(entry)) {
      list.push(entry);
    } else if (typeof entry === 'string' || isInt(entry)) {
      const parsed = parsePorts(String(entry));
      if ('fault' in parsed && keepsUnreadable) return value;
      if ('fault' in parsed) return fail([...path, index], `invalid port: ${parsed.fault}`);
      for (const port of parsed.ok) list.push(port);
      if (list.length > limits.ports) fail(path, `more than ${limits.ports} ports of one service`);
    } else {
      fail([...path, index], 'must be a port number, a string or a mapping');
    }
  }
  return list;
}

function build(value: GoValue, path: Path, _options: CanonicalOptions, inside: () => GoValue): GoValue {
  if (isMap(value)) return inside();
  return typeof value === 'string' ? newMap([['context', value]]) : fail(path, 'must be a path or a mapping');
}

function ssh(value: GoValue, path: Path): GoValue {
  if (isMap(value)) return value;
  if (!Array.isArray(value)) return fail(path, 'must be a list or a mapping');
  return newMap(
    value.map((item, index) => {
      const text = sprint(item);
      const at = text.indexOf('=');
      if (at < 0 && text !== 'default') fail([...path, index], `invalid ssh key "${text}"`);
      return [at < 0 ? text : text.slice(0, at), at < 0 ? null : text.slice(at + 1)] as const;
    }),
  );
}

function ulimit(value: GoValue, path: Path): GoValue {
  return isMap(value) || isInt64(value) ? value : fail(path, 'must be an integer or a mapping');
}

function maybeExternal(value: GoValue, path: Path, options: CanonicalOptions): GoValue {
  if (value === null) return value;
  if (!isMap(value)) return fail(path, 'must be a mapping');
  const external = value.external;
  if (!isMap(external)) return value;
  value.external = true;
  if (!('name' in external)) return value;
  options.warn(`${path.join('.')}: external.name is deprecated. Please set name and external: true`);
  if ('name' in value && value.name !== external.name) {
    return fail(path, 'name and external.name conflict', { suggestion: 'only use name' });
  }
  value.name = external.name!;
  return value;
}

/** Takes out what means nothing when empty. Every list is new, and nil when nothing is left, as in Compose. */
export function omitEmpty(content: GoMap): GoMap {
  for (const service of isMap(content.services) ? Object.values(content.services) : []) {
    if (!isMap(service) || !Array.isArray(service.dns)) continue;
    service.dns = service.dns.filter((item) => item !== null && item !== '');
  }
  return withNewLists(content) as GoMap;
}

function withNewLists(value: GoValue): GoValue {
  if (isMap(value)) {
    for (const key of Object.keys(value)) value[key] = withNewLists(value[key]!);
  } else if (Array.isArray(value)) {
    return value.length === 0 ? nilList() : value.map(withNewLists);
  }
  return value;
}
