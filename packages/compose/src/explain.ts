import { type ServiceSpec, safeDefaults } from '@berth/domain/service';
import { rowOf, type Treatment, treatment } from './keys.ts';
import { nearest } from './schema.ts';
import { formsOfSpecification } from './spec-keys.ts';
import { extensionKeys } from './x-berth-keys.ts';

/** What a manifest may say with a key, and what becomes of it. */
export interface Explanation {
  readonly key: string;
  /** Absent for keys of `x-berth`, which are Berth's own. */
  readonly treatment?: Treatment;
  /** The key whose treatment it shares. */
  readonly as?: string;
  readonly text?: string;
  /** `list of text`, `one of: a, b`… */
  readonly forms: readonly string[];
  /** What a service has that does not say it. */
  readonly standard?: unknown;
  /** Keys inside it. */
  readonly keys: readonly string[];
}

export type Explained =
  | { readonly kind: 'known'; readonly explanation: Explanation }
  | { readonly kind: 'unknown'; readonly near: readonly string[] };

/** `cap_add`, `services.web.cap_add`, `deploy.resources.limits`, `x-berth.probe`: the key that is meant. */
export function explainKey(given: string): Explained {
  const specification = formsOfSpecification();
  const known = [...specification.keys(), ...Object.keys(extensionKeys)];
  const key = candidates(given).find((candidate) => known.includes(candidate));
  if (key === undefined) return { kind: 'unknown', near: nearTo(given, known) };
  const inside = known
    .filter((other) => other.startsWith(`${key}.`) && !other.slice(key.length + 1).includes('.'))
    .map((other) => other.slice(key.length + 1));
  const forms = [...(specification.get(key) ?? [])];
  const text = extensionKeys[key];
  if (text !== undefined) return { kind: 'known', explanation: { key, text, forms, keys: inside } };
  const row = rowOf(key) ?? key;
  const how = treatment[row];
  const standard = standardOf(key);
  return {
    kind: 'known',
    explanation: {
      key,
      ...(how === undefined ? {} : { treatment: how }),
      ...(row === key ? {} : { as: row }),
      forms,
      ...(standard === undefined ? {} : { standard }),
      keys: inside,
    },
  };
}

/** As it is, as a key of a service, and without the name of a service, network… after the first part. */
function candidates(given: string): string[] {
  const parts = given.replace(/\[\d+\]/g, '').split('.');
  const [first = '', , ...rest] = parts;
  const named = ['services', 'networks', 'volumes', 'configs', 'secrets'].includes(first)
    ? [[first, ...rest].join('.')]
    : [];
  return [parts.join('.'), `services.${parts.join('.')}`, ...named];
}

function nearTo(given: string, known: readonly string[]): string[] {
  const last = given.slice(given.lastIndexOf('.') + 1);
  const same = known.filter((key) => key.slice(key.lastIndexOf('.') + 1) === last);
  if (same.length > 0) return same.slice(0, 5);
  const lasts = [...new Set(known.map((key) => key.slice(key.lastIndexOf('.') + 1)))];
  const near = nearest(last, lasts);
  return near === undefined
    ? []
    : known.filter((key) => key.endsWith(`.${near}`) || key === near).slice(0, 5);
}

const standards: Readonly<Record<string, (standard: Omit<ServiceSpec, 'name'>) => unknown>> = {
  'services.cap_drop': ({ capDrop }) => capDrop,
  'services.cpu_shares': ({ resources }) => resources.cpuWeight,
  'services.deploy.mode': ({ mode }) => mode,
  'services.deploy.replicas': ({ replicas }) => replicas,
  'services.deploy.resources.limits.memory': ({ resources }) => resources.memoryBytesMax,
  'services.deploy.resources.limits.pids': ({ resources }) => resources.pidsMax,
  'services.init': ({ init }) => init,
  'services.logging': ({ logging }) => logging,
  'services.mem_limit': ({ resources }) => resources.memoryBytesMax,
  'services.networks': ({ networks }) => networks.map(({ network }) => network),
  'services.pids_limit': ({ resources }) => resources.pidsMax,
  'services.read_only': ({ readOnly }) => readOnly,
  'services.restart': ({ restart }) => restart.condition,
  'services.stop_grace_period': ({ stop }) => `${stop.graceMs / 1000}s`,
};

const standardOf = (key: string): unknown => standards[key]?.(safeDefaults);
