import {
  Float,
  formatFloat,
  type GoMap,
  type GoValue,
  isInt,
  isInt64,
  isMap,
  isNilList,
  newMap,
  sprint,
  type Timestamp,
} from './go-value.ts';
import { toBoolean, toInt } from './interpolate.ts';
import { fail, type Path } from './issue.ts';
import { compareKeys } from './key-order.ts';
import { parseGoFloat } from './scalar.ts';
import { parseBytes, parseDuration, printDuration } from './units.ts';

/**
 * What is printed. Mappings are `Map`s, in the order they are printed in; `Float` and `Timestamp` stay what
 * they are for the printers.
 */
export type Printed = null | boolean | number | bigint | string | Float | Timestamp | Printed[] | PrintedMap;
export interface PrintedMap extends Map<string, Printed> {}

/** A mapping whose keys have no order of their own: each printer sorts them its way. */
export class SortedMap extends Map<string, Printed> {}

/**
 * A type of Compose's model: how a value of a file becomes one, and how it is printed. YAML and JSON leave
 * out different things, as Go's two encoders do.
 */
export interface Type {
  /** Also given null, which stands for the type's zero value. */
  decode(value: GoValue, path: Path): unknown;
  /** What an absent key stands for. */
  zero(): unknown;
  isZero(value: unknown): boolean;
  /** Left out of JSON when optional: Go's encoder never leaves out a struct. Default: as `isZero`. */
  isEmptyInJson?(value: unknown): boolean;
  yaml(value: unknown): Printed;
  /** Default: as `yaml`. */
  json?(value: unknown): Printed;
}

export interface Field {
  readonly type: Type;
  /** Printed even when zero. */
  readonly always?: 'yaml' | 'json' | 'both';
  readonly jsonKey?: string;
}

function leaf<T extends Printed>(zero: T, decode: (value: GoValue, path: Path) => T): Type {
  return {
    decode: (value, path) => (value === null ? zero : decode(value, path)),
    zero: () => zero,
    isZero: (value) => (value instanceof Float ? value.value === 0 : value === zero),
    yaml: (value) => value as Printed,
  };
}

export const text = leaf('', (value, path) => {
  if (typeof value === 'string') return value;
  return isInt64(value) ? String(value) : fail(path, 'must be a string');
});

export const flag = leaf(false, (value, path) => {
  if (typeof value === 'boolean') return value;
  const cast = typeof value === 'string' ? toBoolean(value) : undefined;
  return cast ?? fail(path, 'must be true or false');
});

/** What Go makes of a number that has no room in an int64. */
export function toInt64(value: number | bigint | Float): number | bigint {
  if (typeof value === 'bigint') return BigInt.asIntN(64, value);
  if (typeof value === 'number') return value;
  const whole = Math.trunc(value.value);
  return Math.abs(whole) < 2 ** 63 ? exactly(whole) : -(2n ** 63n);
}

function toUint64(float: Float): number | bigint {
  const whole = Math.trunc(float.value);
  return whole < 2 ** 64 ? exactly(whole) : 2n ** 63n;
}

/** Printed with all its digits, which JavaScript shortens from 2 ** 60 or so on. */
const exactly = (whole: number): number | bigint => (Number.isSafeInteger(whole) ? whole : BigInt(whole));

export const integer = leaf<number | bigint>(0, (value, path) => {
  if (isInt(value) || value instanceof Float) return toInt64(value);
  return (typeof value === 'string' ? toInt(value) : undefined) ?? fail(path, 'must be an integer');
});

export const unsigned = leaf<number | bigint>(0, (value, path) => {
  const size = value instanceof Float ? toUint64(value) : value;
  if (!isInt(size)) return fail(path, 'must be an integer');
  return size < 0 ? fail(path, 'must not be negative') : size;
});

/** An integer of so many bits: what is larger loses its upper ones. */
export function unsignedOf(bits: 16 | 32): Type {
  return {
    ...unsigned,
    decode: (value, path) =>
      Number(BigInt.asUintN(bits, BigInt(unsigned.decode(value, path) as number | bigint))),
  };
}

export const float32 = leaf<Float>(new Float(0, 32), (value, path) => {
  if (isInt(value)) return new Float(Number(value), 32);
  if (value instanceof Float) return new Float(value.value, 32);
  const parsed = typeof value === 'string' ? parseGoFloat(value) : undefined;
  return parsed === undefined ? fail(path, 'must be a number') : new Float(parsed, 32);
});

/** A part of a processor. */
export const processors: Type = {
  ...float32,
  decode: (value, path) =>
    isInt(value) && !isInt64(value) ? fail(path, 'must be a number') : float32.decode(value, path),
};

/** Bytes, printed as a string of digits. */
export const bytes: Type = {
  ...leaf<number | bigint>(0, (value, path) => {
    // What has no room in an int64 is of no type that Compose knows here, as any other.
    if (isInt64(value)) return value;
    if (typeof value !== 'string') return 0;
    const size = parseBytes(value);
    if (size !== undefined) return toInt64(new Float(size));
    return fail(path, `"${value}" is not a size`, { suggestion: 'write it like 512m, 1.5g or 1048576' });
  }),
  yaml: (value) => String(value),
};

export const duration: Type = {
  decode: (value, path) => {
    if (value === null) return 0n;
    const given = sprint(value);
    return (
      parseDuration(given) ??
      fail(path, `"${given}" is not a duration`, {
        suggestion: /^\d+$/.test(given) ? `write a unit: ${given}s` : 'write it like 1m30s, 10s or 500ms',
      })
    );
  },
  zero: () => 0n,
  isZero: (value) => value === 0n,
  yaml: (value) => printDuration(value as bigint),
};

export const deviceCount = leaf<number | bigint>(0, (value, path) => {
  if (isInt64(value)) return value;
  if (typeof value === 'string') {
    if (value.toLowerCase() === 'all') return -1;
    const count = toInt(value);
    if (count !== undefined) return count;
  }
  return fail(path, 'must be "all" or a number');
});

/** Any value, printed as it was written. */
export const anything: Type = {
  decode: (value) => value,
  zero: () => null,
  isZero: (value) => value === null,
  yaml: (value) => printValue(value as GoValue),
};

/** A value of an extension as it is printed: the keys of mappings sorted. */
export function printValue(value: GoValue): Printed {
  // A nil list stays itself: JSON prints it as null.
  if (Array.isArray(value)) return isNilList(value) ? (value as Printed[]) : value.map(printValue);
  if (!isMap(value)) return value;
  return sortedMap(Object.keys(value).map((key) => [key, printValue(value[key]!)] as const));
}

/** Undefined when absent, and then left out; printed when present, be it zero. */
export function optional(type: Type): Type {
  return {
    decode: (value, path) => (value === null ? undefined : type.decode(value, path)),
    zero: () => undefined,
    isZero: (value) => value === undefined,
    yaml: (value) => (value === undefined ? null : type.yaml(value)),
    json: (value) => (value === undefined ? null : toJsonOf(type, value)),
  };
}

function toJsonOf(type: Type, value: unknown): Printed {
  return type.json === undefined ? type.yaml(value) : type.json(value);
}

export function listOf(type: Type): Type {
  return {
    decode: (value, path) => {
      if (value === null) return [];
      if (!Array.isArray(value)) return fail(path, 'must be a list');
      return value.map((item, index) => type.decode(item, [...path, index]));
    },
    zero: () => [],
    isZero: (value) => (value as unknown[]).length === 0,
    yaml: (value) => (value as unknown[]).map((item) => type.yaml(item)),
    json: (value) => (value as unknown[]).map((item) => toJsonOf(type, item)),
  };
}

export function mapOf(type: Type): Type {
  const print = (value: unknown, one: (item: unknown) => Printed) =>
    sortedMap([...(value as Map<string, unknown>)].map(([key, item]) => [key, one(item)] as const));
  return {
    decode: (value, path) => {
      if (value === null) return new Map();
      if (!isMap(value)) return fail(path, 'must be a mapping');
      return new Map(Object.keys(value).map((key) => [key, type.decode(value[key]!, [...path, key])]));
    },
    zero: () => new Map(),
    isZero: (value) => (value as Map<string, unknown>).size === 0,
    yaml: (value) => print(value, type.yaml),
    json: (value) => print(value, (item) => toJsonOf(type, item)),
  };
}

/** A struct of Compose's model and the `x-` keys written in it. */
export interface Struct {
  readonly fields: Record<string, unknown>;
  readonly extensions: GoMap;
}

/** The key under which the loader keeps the `x-` keys of a mapping. */
export const extensionsKey = '#extensions';

export interface StructOptions {
  /** Last word on what is printed, for types that hide a field. */
  readonly adjust?: (fields: Record<string, unknown>) => Record<string, unknown>;
  /** Compose loses the `x-` keys here. */
  readonly dropsExtensions?: boolean;
}

export function struct(fields: Readonly<Record<string, Field | Type>>, options: StructOptions = {}): Type {
  const list = Object.entries(fields).map(([key, field]) => ({
    key,
    ...('type' in field ? (field as Field) : { type: field as Type }),
  }));
  const shown = (value: unknown) => {
    const { fields: own } = value as Struct;
    return options.adjust === undefined ? own : options.adjust(own);
  };
  return {
    decode: (value, path): Struct => {
      const own: Record<string, unknown> = {};
      if (value !== null && !isMap(value)) return fail(path, 'must be a mapping');
      const given = value ?? newMap();
      const lowered = new Map(Object.keys(given).map((key) => [key.toLowerCase(), key]));
      for (const { key, type } of list) {
        const name = key in given ? key : lowered.get(key);
        const item = name === undefined ? undefined : given[name];
        own[key] = item === undefined ? type.zero() : type.decode(item, [...path, key]);
      }
      const extensions = given[extensionsKey];
      const keeps = isMap(extensions) && options.dropsExtensions !== true;
      return { fields: own, extensions: keeps ? extensions : newMap() };
    },
    zero: (): Struct => ({
      fields: Object.fromEntries(list.map(({ key, type }) => [key, type.zero()])),
      extensions: newMap(),
    }),
    isZero: (value) =>
      Object.keys((value as Struct).extensions).length === 0 &&
      list.every(({ key, type }) => type.isZero((value as Struct).fields[key])),
    isEmptyInJson: () => false,
    yaml: (value) => {
      const own = shown(value);
      const printed: PrintedMap = new Map();
      for (const { key, type, always } of list) {
        if (always !== 'yaml' && always !== 'both' && type.isZero(own[key])) continue;
        printed.set(key, type.yaml(own[key]));
      }
      const { extensions } = value as Struct;
      const extra = printValue(extensions) as PrintedMap;
      for (const [key, item] of extra) printed.set(key, item);
      return printed;
    },
    json: (value) => {
      const own = shown(value);
      const printed: PrintedMap = new Map();
      for (const { key, type, always, jsonKey } of list) {
        const isEmpty = (type.isEmptyInJson ?? type.isZero)(own[key]);
        if (always !== 'json' && always !== 'both' && isEmpty) continue;
        printed.set(jsonKey ?? key, toJsonOf(type, own[key]));
      }
      return printed;
    },
  };
}

export function sortedMap(entries: readonly (readonly [string, Printed])[]): PrintedMap {
  return new SortedMap([...entries].sort(([a], [b]) => compareKeys(a, b)));
}
/** A float in YAML: as Go's shortest form, infinities as YAML writes them. */
export function printFloat(value: Float): string {
  const shown = formatFloat(value);
  return { '+Inf': '.inf', '-Inf': '-.inf', NaN: '.nan' }[shown] ?? shown;
}
