import {
  compareBytes,
  type GoMap,
  type GoValue,
  isInt,
  isInt64,
  isMap,
  sprint,
  Timestamp,
} from './go-value.ts';
import { fail, type Path } from './issue.ts';
import { anything, listOf, mapOf, type PrintedMap, type Type, text, toInt64 } from './model-types.ts';
import { CommandFault, splitCommand } from './shellwords.ts';

/** A mapping of strings, decoded by a rule of its own. */
function stringMap(decode: (value: GoValue, path: Path) => Map<string, string | null>): Type {
  return { ...mapOf(anything), decode: (value, path) => (value === null ? new Map() : decode(value, path)) };
}

function entriesOf(map: GoMap): [string, GoValue][] {
  return Object.keys(map).map((key) => [key, map[key]!]);
}

function cut(value: GoValue): [string, string | undefined] {
  const given = sprint(value);
  const at = given.indexOf('=');
  return at < 0 ? [given, undefined] : [given.slice(0, at), given.slice(at + 1)];
}

/** `environment`, `args`: a name without `=` has no value. */
export const variables = stringMap((value, path) => {
  if (isMap(value)) {
    return new Map(entriesOf(value).map(([key, item]) => [key, item === null ? null : sprint(item)]));
  }
  if (!Array.isArray(value)) return fail(path, 'must be a mapping or a list of NAME=value');
  return new Map(value.map(cut).map(([key, item]) => [key, item ?? null]));
});

/** `labels`: a name without `=` has an empty value. */
export const labels = stringMap((value, path) => {
  if (isMap(value))
    return new Map(entriesOf(value).map(([key, item]) => [key, item === null ? '' : sprint(item)]));
  if (!Array.isArray(value)) return fail(path, 'must be a mapping or a list of name=value');
  return new Map(value.map(cut).map(([key, item]) => [key, item ?? '']));
});

/** `annotations`, `sysctls` and the like. */
export const mapping = stringMap((value, path) => {
  if (isMap(value))
    return new Map(entriesOf(value).map(([key, item]) => [key, item === null ? '' : sprint(item)]));
  if (!Array.isArray(value)) return fail(path, 'must be a mapping or a list of name=value');
  return new Map(
    value.map((item) => {
      const [key, rest] = cut(item);
      return [key, rest ?? ''];
    }),
  );
});

/** Options passed on to a driver. */
export const driverOptions = stringMap((value, path) => {
  if (!isMap(value)) return fail(path, 'must be a mapping');
  return new Map(entriesOf(value).map(([key, item]) => [key, item === null ? '' : sprint(item)]));
});

/** A string, or a list of strings. */
export const textList: Type = {
  ...listOf(text),
  decode: (value, path) => {
    if (value === null) return [];
    if (typeof value === 'string') return [value];
    if (!Array.isArray(value)) return fail(path, 'must be a string or a list of strings');
    return value.map((item, index) =>
      typeof item === 'string' ? item : fail([...path, index], 'must be a string'),
    );
  },
};

/** `expose`: strings or numbers. */
export const portList: Type = {
  ...listOf(text),
  decode: (value, path) => {
    if (value === null) return [];
    if (typeof value === 'string') return [value];
    if (!Array.isArray(value)) return fail(path, 'must be a list');
    return value.map((item, index) =>
      isInt(item) && !isInt64(item) ? fail([...path, index], 'is not a port') : sprint(item),
    );
  },
};

/** A command: undefined leaves the image's own, an empty list clears it. */
export const command: Type = {
  decode: (value, path) => {
    if (value === null) return undefined;
    if (typeof value === 'string') {
      try {
        return splitCommand(value);
      } catch (cause) {
        if (!(cause instanceof CommandFault)) throw cause;
        return fail(path, 'the command cannot be split into words', {
          suggestion: 'check its quotes, or write it as a list',
        });
      }
    }
    // A date, which Compose's schema takes for a string, is no command to it; in a list it makes it panic.
    if (!Array.isArray(value)) return undefined;
    return value.map((item, index) =>
      typeof item === 'string' ? item : fail([...path, index], 'must be a string'),
    );
  },
  zero: () => undefined,
  isZero: (value) => value === undefined,
  yaml: (value) => (value as string[] | undefined) ?? null,
};

export const healthTest: Type = {
  ...listOf(text),
  decode: (value, path) => {
    if (value === null) return [];
    if (typeof value === 'string') return ['CMD-SHELL', value];
    return Array.isArray(value) ? value.map(sprint) : fail(path, 'must be a string or a list');
  },
};

/** `extra_hosts`: addresses by host name, printed as a sorted list of `name=address`. */
export const hosts: Type = {
  decode: (value, path) => {
    const found = new Map<string, string[]>();
    if (isMap(value)) {
      for (const [host, item] of entriesOf(value)) {
        if (item instanceof Timestamp) fail([...path, host], 'must be an address');
        found.set(host, Array.isArray(item) ? item.map(sprint) : [item === null ? '' : sprint(item)]);
      }
    } else if (Array.isArray(value)) {
      value.forEach((item, index) => {
        const given = sprint(item);
        const separator = ['=', ':'].find((sign) => given.includes(sign));
        if (separator === undefined) fail([...path, index], `"${given}" has no address`);
        const at = given.indexOf(separator);
        const host = given.slice(0, at);
        found.set(host, [...(found.get(host) ?? []), ...given.slice(at + 1).split(',')]);
      });
    } else if (value !== null) {
      fail(path, 'must be a mapping or a list');
    }
    for (const [host, addresses] of found) {
      if (host === '' || /[:=]/.test(host)) fail(path, `"${host}" is not a host name`);
      found.set(
        host,
        addresses.map((ip) =>
          ip.length > 2 && ip.startsWith('[') && ip.endsWith(']') ? ip.slice(1, -1) : ip,
        ),
      );
    }
    return found;
  },
  zero: () => new Map(),
  isZero: (value) => (value as Map<string, string[]>).size === 0,
  yaml: (value) =>
    [...(value as Map<string, string[]>)]
      .flatMap(([host, addresses]) => addresses.map((ip) => `${host}=${ip}`))
      .sort(compareBytes),
};

/** SSH keys for a build, by id. */
export const sshKeys: Type = {
  decode: (value, path) => {
    if (value === null) return [];
    if (!isMap(value)) return fail(path, 'must be a mapping');
    return entriesOf(value)
      .sort(([a], [b]) => compareBytes(a, b))
      .map(([id, key]) => (key === null || sprint(key) === '' ? id : `${id}: ${sprint(key)}`));
  },
  zero: () => [],
  isZero: (value) => (value as string[]).length === 0,
  yaml: (value) => value as string[],
};

interface Ulimit {
  readonly single: number | bigint;
  readonly soft: number | bigint;
  readonly hard: number | bigint;
}

export const ulimit: Type = {
  decode: (value, path): Ulimit => {
    if (isInt64(value)) return { single: value, soft: 0, hard: 0 };
    if (!isMap(value)) return fail(path, 'must be an integer or a mapping');
    const side = (key: string) => {
      const size = value[key] ?? 0;
      return isInt64(size) ? size : fail([...path, key], 'must be an integer');
    };
    return { single: 0, soft: side('soft'), hard: side('hard') };
  },
  zero: (): Ulimit => ({ single: 0, soft: 0, hard: 0 }),
  isZero: () => false,
  yaml: (value) => {
    const { single, soft, hard } = value as Ulimit;
    if (single !== 0) return single;
    return new Map([
      ['soft', soft],
      ['hard', hard],
    ]);
  },
  json: (value) => {
    const { single, soft, hard } = value as Ulimit;
    if (single !== 0) return single;
    const printed: PrintedMap = new Map();
    if (soft !== 0) printed.set('soft', soft);
    if (hard !== 0) printed.set('hard', hard);
    return printed;
  },
};
