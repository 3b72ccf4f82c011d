import type { ErrorObject } from 'ajv';
import { closest, distance } from 'fastest-levenshtein';
import validate from '../generated/schema-validator.js';
import { Float, type GoMap, type GoValue, isMap, isNilList, plainNumber, Timestamp } from './go-value.ts';
import { ComposeFault, type Fault, fail, type Path } from './issue.ts';

/** Checks a merged file against the Compose Specification's schema. Throws a `ComposeFault` with each fault. */
export function checkSchema(content: GoMap): void {
  refuseInfinite(content, []);
  if (validate(toJson(content))) return;
  throw new ComposeFault(faultsOf(validate.errors ?? []));
}

/** JSON has no such numbers, so Compose's schema cannot look at them. */
function refuseInfinite(value: GoValue, path: Path): void {
  if (value instanceof Float) {
    if (!Number.isFinite(value.value))
      fail(path, 'the number is not finite', { suggestion: 'write it in quotes' });
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) refuseInfinite(item, [...path, index]);
  } else if (isMap(value)) {
    for (const key of Object.keys(value)) refuseInfinite(value[key]!, [...path, key]);
  }
}

/** As the schema sees a value: floats as numbers, dates as text, nil lists as null. */
export function toJson(value: GoValue): unknown {
  if (value instanceof Float) return plainNumber(value);
  if (value instanceof Timestamp) return value.text;
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return isNilList(value) ? null : value.map(toJson);
  if (isMap(value)) {
    // With a prototype: ajv compares items by calling methods on them.
    return Object.fromEntries(Object.keys(value).map((key) => [key, toJson(value[key]!)]));
  }
  return value;
}

/**
 * The faults worth reading: of the branches of a `oneOf` only the one that fits the value's type, and of
 * several complaints about one path the most telling.
 */
export function faultsOf(errors: readonly ErrorObject[]): Fault[] {
  const faults = new Map<string, Fault & { weight: number }>();
  const branches = errors.filter((error) => error.keyword === 'oneOf' || error.keyword === 'anyOf');
  for (const error of errors) {
    if (isOfOtherBranch(error, errors, branches)) continue;
    const fault = toFault(error);
    if (fault === undefined) continue;
    const key = JSON.stringify(fault.path);
    const before = faults.get(key);
    if (before === undefined || before.weight < fault.weight) faults.set(key, fault);
  }
  const found = [...faults.values()];
  // A fault above another one only repeats that something below is wrong.
  return found
    .filter((fault) => fault.weight > 0 || !found.some((other) => other !== fault && isBelow(other, fault)))
    .map(({ weight: _weight, ...fault }) => fault);
}

function isBelow(fault: Fault, above: Fault): boolean {
  return fault.path.length >= above.path.length && above.path.every((part, i) => fault.path[i] === part);
}

/** A type mismatch in one branch of a `oneOf` says nothing when another branch got further. */
function isOfOtherBranch(
  error: ErrorObject,
  errors: readonly ErrorObject[],
  branches: readonly ErrorObject[],
): boolean {
  if (error.keyword !== 'type') return false;
  return branches.some(
    (branch) =>
      branch.instancePath === error.instancePath &&
      errors.some(
        (other) =>
          other !== error &&
          other !== branch &&
          other.keyword !== 'oneOf' &&
          (other.instancePath.startsWith(`${branch.instancePath}/`) ||
            (other.instancePath === branch.instancePath && other.keyword !== 'type')),
      ),
  );
}

function toFault(error: ErrorObject): (Fault & { weight: number }) | undefined {
  const path = parsePointer(error.instancePath);
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = (error.params as { additionalProperty: string }).additionalProperty;
      const schema = error.parentSchema as { properties?: object; patternProperties?: object };
      const known = Object.keys(schema.properties ?? {});
      if (known.length === 0) {
        return {
          path: [...path, key],
          weight: 3,
          message: `"${key}" is not a valid name`,
          suggestion: 'use letters, digits, `.`, `_` and `-`',
        };
      }
      const near = nearest(key, known);
      return {
        path: [...path, key],
        weight: 3,
        message: `unknown key \`${key}\``,
        suggestion: near === undefined ? `known here: ${known.join(', ')}` : `did you mean \`${near}\`?`,
      };
    }
    case 'required': {
      const key = (error.params as { missingProperty: string }).missingProperty;
      return { path, weight: 2, message: `\`${key}\` is missing` };
    }
    case 'type':
      return { path, weight: 1, message: `must be ${typeWords([error.schema as string].flat())}` };
    case 'enum':
      return enumFault(path, error);
    case 'uniqueItems': {
      const { i, j } = error.params as { i: number; j: number };
      const data = error.data as unknown[];
      return {
        path: [...path, Math.max(i, j)],
        weight: 2,
        message: `${JSON.stringify(data[i])} is listed twice`,
      };
    }
    case 'minimum':
    case 'maximum':
      return { path, weight: 2, message: error.message ?? 'out of range' };
    case 'oneOf':
    case 'anyOf':
      return { path, weight: 0, message: `must be ${branchWords(error)}` };
    default:
      return { path, weight: 1, message: error.message ?? error.keyword };
  }
}

function enumFault(path: Path, error: ErrorObject): Fault & { weight: number } {
  const values = (error.params as { allowedValues: unknown[] }).allowedValues.map(String);
  const near = nearest(String(error.data), values);
  return {
    path,
    weight: 2,
    message: `${JSON.stringify(error.data)} is not one of ${values.join(', ')}`,
    ...(near === undefined ? {} : { suggestion: `did you mean \`${near}\`?` }),
  };
}

/** The known word a person most likely meant; undefined when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const lower = word.toLowerCase().replaceAll('-', '_');
  const best = closest(lower, [...known]);
  const limit = word.length <= 3 ? 1 : Math.max(2, Math.floor(word.length / 3));
  const far = distance(lower, best);
  return far <= limit && far < word.length ? best : undefined;
}

const typeNames: Readonly<Record<string, string>> = {
  object: 'a mapping',
  array: 'a list',
  string: 'a string',
  number: 'a number',
  integer: 'an integer',
  boolean: 'true or false',
  null: 'empty',
};

function typeWords(types: readonly string[]): string {
  return types.map((type) => typeNames[type] ?? type).join(' or ');
}

function branchWords(error: ErrorObject): string {
  const branches = Array.isArray(error.schema)
    ? (error.schema as { type?: string | string[]; $ref?: string }[])
    : [];
  const types = branches.flatMap((branch) =>
    branch.$ref?.endsWith('list_of_strings') ? ['array'] : (branch.type ?? []),
  );
  return types.length === 0 ? 'of another form' : typeWords([...new Set(types)]);
}

function parsePointer(pointer: string): Path {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}
