import { type GoMap, type GoValue, isMap, sprint } from './go-value.ts';
import { fail, type Path } from './issue.ts';
import { applyRules, PathTable } from './path-table.ts';

type Default = (value: GoValue, path: Path) => GoValue;

const defaults = new PathTable<Default>({
  'services.*.build': (value) => withDefault(value, 'context', () => '.'),
  'services.*.secrets.*': (value) =>
    withDefault(value, 'target', (secret) => `/run/secrets/${sprint(secret.source)}`),
  'services.*.ports.*': (value) =>
    withDefault(
      withDefault(value, 'protocol', () => 'tcp'),
      'mode',
      () => 'ingress',
    ),
  'services.*.deploy.resources.reservations.devices.*': deviceRequest,
  'services.*.gpus.*': deviceRequest,
});

/** Fills in what the specification gives a value by default. Changes `content`. */
export function setDefaults(content: GoMap): void {
  applyRules(defaults, content, (rule, value, path) => rule(value, path));
}

function withDefault(value: GoValue, key: string, make: (map: GoMap) => string): GoValue {
  if (isMap(value) && !(key in value)) value[key] = make(value);
  return value;
}

function deviceRequest(value: GoValue, path: Path): GoValue {
  if (!isMap(value)) return fail(path, 'must be a mapping');
  if (!('count' in value) && !('device_ids' in value)) value.count = 'all';
  return value;
}

type Check = (value: GoValue, path: Path) => void;

const checks = new PathTable<Check>({
  'volumes.*': checkVolume,
  'configs.*': checkFileObject(['file', 'environment', 'content']),
  'secrets.*': checkFileObject(['file', 'environment']),
  'services.*.develop.watch.*.path': (value, path) => {
    if (value === '') fail(path, 'must not be empty');
  },
  'services.*.deploy.resources.reservations.devices.*': checkDeviceRequest,
  'services.*.gpus.*': checkDeviceRequest,
});

/** Rules the schema cannot say: keys that exclude each other. */
export function checkExclusions(content: GoMap): void {
  applyRules(checks, content, (check, value, path) => {
    check(value, path);
    return value;
  });
}

function checkVolume(value: GoValue, path: Path): void {
  if (!isMap(value) || value.external !== true) return;
  for (const key of Object.keys(value)) {
    if (key === 'name' || key === 'external' || key.startsWith('x-')) continue;
    fail([...path, key], `\`external\` and \`${key}\` exclude each other`, {
      suggestion: `remove \`${key}\``,
    });
  }
}

function checkFileObject(keys: readonly string[]): Check {
  return (value, path) => {
    if (!isMap(value)) return;
    const present = keys.filter((key) => key in value);
    const list = keys.map((key) => `\`${key}\``).join(', ');
    if (present.length > 1) fail([...path, present[1]!], `only one of ${list} may be set`);
    if (present.length === 0 && !('driver' in value) && !('external' in value)) {
      fail(path, `one of ${list} must be set`);
    }
  };
}

function checkDeviceRequest(value: GoValue, path: Path): void {
  if (isMap(value) && 'count' in value && 'device_ids' in value) {
    fail([...path, 'device_ids'], '`count` and `device_ids` exclude each other');
  }
}
