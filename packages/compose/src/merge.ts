import {
  compareBytes,
  deepEqual,
  type GoMap,
  type GoValue,
  isMap,
  isNilList,
  newMap,
  nilList,
  sprint,
} from './go-value.ts';
import { fail, type Path } from './issue.ts';
import { PathTable } from './path-table.ts';

/** `later` laid over `earlier`, both files of one project: Compose's rules, key by key. */
export function mergeFiles(earlier: GoMap, later: GoMap): GoMap {
  return merge(earlier, later, []) as GoMap;
}

/** A service over the one it extends. */
export function extendService(base: GoMap, service: GoMap): GoMap {
  return merge(base, service, ['services', 'x']) as GoMap;
}

type Merger = (base: GoValue, over: GoValue, path: Path) => GoValue;

const replace: Merger = (_base, over) => over;
const appendLists: Merger = (base, over) => append(toList(base), toList(over));

/** As Go's `append`: nil when nothing is appended to nil. */
function append(list: readonly GoValue[], more: readonly GoValue[]): GoValue[] {
  return isNilList(list) && more.length === 0 ? nilList() : [...list, ...more];
}

const mergers = new PathTable<Merger>({
  'networks.*.ipam.config': mergeIpamConfig,
  'networks.*.labels': appendLists,
  'volumes.*.labels': appendLists,
  'services.*.annotations': appendLists,
  'services.*.build': (base, over, path) => mergeMaps(toBuild(base), toBuild(over), path),
  'services.*.build.args': appendLists,
  'services.*.build.additional_contexts': appendLists,
  'services.*.build.extra_hosts': mergeExtraHosts,
  'services.*.build.labels': appendLists,
  'services.*.command': replace,
  'services.*.depends_on': (base, over, path) =>
    mergeMaps(toMap(base, startedDependency), toMap(over, startedDependency), path),
  'services.*.deploy.labels': appendLists,
  'services.*.dns': appendLists,
  'services.*.dns_opt': appendLists,
  'services.*.dns_search': appendLists,
  'services.*.entrypoint': replace,
  'services.*.env_file': appendLists,
  'services.*.label_file': appendLists,
  'services.*.environment': appendLists,
  'services.*.extra_hosts': mergeExtraHosts,
  'services.*.healthcheck.test': replace,
  'services.*.labels': appendLists,
  'services.*.logging': mergeLogging,
  'services.*.networks': mergeNetworks,
  'services.*.sysctls': appendLists,
  'services.*.tmpfs': appendLists,
  'services.*.ulimits.*': replace,
});

function merge(base: GoValue, over: GoValue, path: Path): GoValue {
  const merger = mergers.find(path);
  if (merger !== undefined) return merger(base, over, path);
  if (over === null) return base;
  if (isMap(base)) {
    if (!isMap(over)) fail(path, 'cannot override a mapping with something else');
    return mergeMaps(base, over, path);
  }
  if (Array.isArray(base)) {
    if (!Array.isArray(over)) fail(path, 'cannot override a list with something else');
    return over.length === 0 ? base : [...base, ...over];
  }
  return over;
}

function mergeMaps(base: GoMap, over: GoMap, path: Path): GoMap {
  for (const key of Object.keys(over)) {
    base[key] =
      key in base && !key.startsWith('x-') ? merge(base[key]!, over[key]!, [...path, key]) : over[key]!;
  }
  return base;
}

/** `networks:` with nothing behind it is refused later, whatever is laid over it. */
function mergeNetworks(base: GoValue, over: GoValue, path: Path): GoValue {
  if (isMap(base) || Array.isArray(base)) return mergeMaps(toMap(base), toMap(over), path);
  const added = Object.keys(toMap(over));
  return added.length === 0 ? null : fail(path, 'what it extends has an empty `networks`');
}

/** Options of a logging driver are merged only when both name the same driver, or one names none. */
function mergeLogging(base: GoValue, over: GoValue, path: Path): GoValue {
  if (!isMap(base) || !isMap(over)) return fail(path, 'must be a mapping');
  const isSame = deepEqual(base.driver ?? null, over.driver ?? null);
  return isSame || !('driver' in base) || !('driver' in over) ? mergeMaps(base, over, path) : over;
}

function toBuild(value: GoValue): GoMap {
  if (typeof value === 'string') return newMap([['context', value]]);
  return isMap(value) ? value : newMap();
}

const startedDependency = () =>
  newMap([
    ['condition', 'service_started'],
    ['required', true],
  ]);

function toMap(value: GoValue, entry: () => GoValue = () => null): GoMap {
  if (isMap(value)) return value;
  return newMap(Array.isArray(value) ? value.map((name) => [sprint(name), entry()] as const) : []);
}

function toList(value: GoValue): GoValue[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') return [value];
  const list = nilList();
  if (!isMap(value)) return list;
  for (const key of Object.keys(value)) {
    const item = value[key]!;
    if (item === null) list.push(key);
    else if (Array.isArray(item)) list.push(...item.map((each) => `${key}=${sprint(each)}`));
    else list.push(`${key}=${sprint(item)}`);
  }
  return list.sort((a, b) => compareBytes(a as string, b as string));
}

function mergeExtraHosts(base: GoValue, over: GoValue): GoValue {
  const list = toList(base);
  return append(
    list,
    toList(over).filter((item) => !list.some((other) => deepEqual(other, item))),
  );
}

function mergeIpamConfig(base: GoValue, over: GoValue, path: Path): GoValue {
  // Compose loses what is laid over an empty list, and then refuses the file.
  const pools = nilList() as GoMap[];
  if (!Array.isArray(base) || !Array.isArray(over)) return fail(path, 'must be a list');
  for (const original of base) {
    const right = toMap(original);
    for (const item of over) {
      const left = toMap(item);
      const isOther = !deepEqual(left.subnet ?? null, right.subnet ?? null);
      if (isOther && typeof item !== 'object') return fail(path, 'must be a list of mappings');
      if (isOther && !pools.some((pool) => deepEqual(pool.subnet ?? null, left.subnet ?? null))) {
        pools.push(left);
        continue;
      }
      const merged = mergeMaps(right, left, path);
      const at = pools.findIndex((pool) => deepEqual(pool.subnet ?? null, merged.subnet ?? null));
      if (at >= 0) pools[at] = merged;
      else pools.push(merged);
    }
  }
  return pools;
}
