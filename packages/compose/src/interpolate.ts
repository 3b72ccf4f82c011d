import { Float, type GoMap, type GoValue, isMap, newMap } from './go-value.ts';
import { fail, type Path } from './issue.ts';
import { PathTable } from './path-table.ts';
import { parseGoFloat } from './scalar.ts';
import { substitute, TemplateFault, type Variables } from './template.ts';

/** Turns the text of a key that wants a number or a boolean into one; undefined when it cannot. */
type Cast = (text: string) => GoValue | undefined;

export const toInt = (text: string): number | bigint | undefined => {
  if (!/^[-+]?\d+$/.test(text)) return undefined;
  const value = BigInt(text.replace('+', ''));
  if (value >= 2n ** 63n || value < -(2n ** 63n)) return undefined;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
};
const toFloat: Cast = (text) => {
  const value = parseGoFloat(text);
  return value === undefined ? undefined : new Float(value);
};
const toFloat32: Cast = (text) => {
  const value = parseGoFloat(text);
  return value === undefined ? undefined : new Float(value, 32);
};

export function toBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (['true', 'y', 'yes', 'on'].includes(word)) return true;
  if (['false', 'n', 'no', 'off'].includes(word)) return false;
  return undefined;
}

export const castWords = new Map<Cast, string>([
  [toInt, 'an integer'],
  [toFloat, 'a number'],
  [toFloat32, 'a number'],
  [toBoolean, 'true or false'],
]);

const casts = new PathTable<Cast>({
  'services.*.configs.*.mode': toInt,
  'services.*.cpu_count': toInt,
  'services.*.cpu_percent': toFloat,
  'services.*.cpu_period': toInt,
  'services.*.cpu_quota': toInt,
  'services.*.cpu_rt_period': toInt,
  'services.*.cpu_rt_runtime': toInt,
  'services.*.cpus': toFloat32,
  'services.*.cpu_shares': toInt,
  'services.*.init': toBoolean,
  'services.*.deploy.replicas': toInt,
  'services.*.deploy.update_config.parallelism': toInt,
  'services.*.deploy.update_config.max_failure_ratio': toFloat,
  'services.*.deploy.rollback_config.parallelism': toInt,
  'services.*.deploy.rollback_config.max_failure_ratio': toFloat,
  'services.*.deploy.restart_policy.max_attempts': toInt,
  'services.*.deploy.placement.max_replicas_per_node': toInt,
  'services.*.healthcheck.retries': toInt,
  'services.*.healthcheck.disable': toBoolean,
  'services.*.oom_kill_disable': toBoolean,
  'services.*.oom_score_adj': toInt,
  'services.*.pids_limit': toInt,
  'services.*.ports.*.target': toInt,
  'services.*.privileged': toBoolean,
  'services.*.read_only': toBoolean,
  'services.*.scale': toInt,
  'services.*.secrets.*.mode': toInt,
  'services.*.stdin_open': toBoolean,
  'services.*.tty': toBoolean,
  'services.*.ulimits.*': toInt,
  'services.*.ulimits.*.hard': toInt,
  'services.*.ulimits.*.soft': toInt,
  'services.*.volumes.*.read_only': toBoolean,
  'services.*.volumes.*.volume.nocopy': toBoolean,
  'networks.*.external': toBoolean,
  'networks.*.internal': toBoolean,
  'networks.*.attachable': toBoolean,
  'networks.*.enable_ipv4': toBoolean,
  'networks.*.enable_ipv6': toBoolean,
  'volumes.*.external': toBoolean,
  'secrets.*.external': toBoolean,
  'configs.*.external': toBoolean,
});

/** A copy of a file's content with variables filled in, and text cast where a key wants another type. */
export function interpolate(content: GoMap, variables: Variables): GoMap {
  const result = newMap();
  for (const key of Object.keys(content)) result[key] = interpolateValue(content[key]!, [key], variables);
  return result;
}

function interpolateValue(value: GoValue, path: Path, variables: Variables): GoValue {
  if (typeof value === 'string') return interpolateText(value, path, variables);
  if (Array.isArray(value)) {
    return value.map((item, index) => interpolateValue(item, [...path, index], variables));
  }
  if (isMap(value)) {
    const result = newMap();
    for (const key of Object.keys(value)) {
      result[key] = interpolateValue(value[key]!, [...path, key], variables);
    }
    return result;
  }
  return value;
}

function interpolateText(text: string, path: Path, variables: Variables): GoValue {
  const replaced = substituteAt(text, path, variables);
  const cast = casts.find(path);
  if (cast === undefined) return replaced;
  const value = cast(replaced);
  if (value === undefined) fail(path, `"${replaced}" is not ${castWords.get(cast)}`);
  return value;
}

/** `substitute`, with its faults told at `path`. */
export function substituteAt(text: string, path: Path, variables: Variables): string {
  try {
    return substitute(text, variables);
  } catch (cause) {
    if (!(cause instanceof TemplateFault)) throw cause;
    if (cause.isBeyondLimits) fail(path, cause.message);
    if (cause.missing !== undefined) {
      fail(path, cause.message, { suggestion: `set ${cause.missing} in the environment or in the env file` });
    }
    fail(path, `invalid variable in "${cause.template ?? text}"`, {
      suggestion: 'write a literal $ as $$',
    });
  }
}
