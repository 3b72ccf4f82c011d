import type { Release } from '@berth/domain/release';
import { variablesOf } from '@berth/domain/release';

/** A value that is given beside the file: `${NAME:?}`. */
export class Given {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

export interface Values {
  /** Of each service: its variables, each by the name its value is given under; null takes out what the image sets. */
  readonly environment: ReadonlyMap<string, Readonly<Record<string, Given | null>>>;
  /** What is given under each name. */
  readonly values: Readonly<Record<string, string>>;
}

/** Variables of all services. One name is one value: where services differ, theirs begin with their own names. */
export function valuesOf(release: Release): Values {
  const all = release.services.flatMap(({ spec }) =>
    Object.entries({ ...spec.environment, ...variablesOf(release, spec.name) }).map(([name, value]) => ({
      service: spec.name,
      name,
      value,
    })),
  );
  const set = all.filter((one): one is typeof one & { value: string } => one.value !== null);
  const values: Record<string, string> = {};
  const environment = new Map<string, Record<string, Given | null>>();
  for (const { service, name, value } of all) {
    if (value === null) {
      environment.set(service, { ...environment.get(service), [name]: null });
      continue;
    }
    const isShared = set.every((other) => other.name !== name || other.value === value);
    const given = nameFor(isShared ? name : `${service.toUpperCase()}_${name}`, value, values);
    values[given] = value;
    environment.set(service, { ...environment.get(service), [name]: new Given(given) });
  }
  return { environment, values };
}

/** What can stand in `${}`, and is not another value’s. */
function nameFor(wanted: string, value: string, taken: Readonly<Record<string, string>>): string {
  const word = wanted.replace(/\W/g, '_').replace(/^(?=\d)/, '_');
  let name = word;
  for (let n = 2; Object.hasOwn(taken, name) && taken[name] !== value; n += 1) name = `${word}_${n}`;
  return name;
}

/** Text stays what it is: a dollar begins nothing. */
export function literal(value: unknown): unknown {
  if (value instanceof Given) return `\${${value.name}?}`;
  if (typeof value === 'string') return value.replaceAll('$', '$$$$');
  if (Array.isArray(value)) return value.map(literal);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, literal(item)]));
}

/** Without what says nothing. */
export function without(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => !isNothing(value)));
}

const isNothing = (value: unknown): boolean =>
  value === undefined ||
  value === false ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === 'object' &&
    value !== null &&
    !(value instanceof Given) &&
    Object.keys(value).length === 0);

export const spanOf = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : `${ms}ms`;
