import type { AgentConfig } from '@berth/contract/config';

/** Every field and what it is; `?` may be missing. A type that lacks one of AgentConfig does not compile. */
type Shape<T> = {
  readonly [K in keyof T]-?: NonNullable<T[K]> extends string
    ? 'text'
    : NonNullable<T[K]> extends number
      ? undefined extends T[K]
        ? 'number?'
        : 'number'
      : NonNullable<T[K]> extends readonly unknown[]
        ? number extends NonNullable<T[K]>['length']
          ? 'texts'
          : 'range'
        : Shape<NonNullable<T[K]>>;
};

const shape: Shape<AgentConfig> = {
  platform: 'text',
  version: 'text',
  dataDir: 'text',
  hostDataDir: 'text',
  engineSocket: 'text',
  control: {
    host: 'text',
    port: 'number',
    serverName: 'text',
    caFile: 'text',
    certFile: 'text',
    keyFile: 'text',
  },
  edge: {
    image: 'text',
    httpPort: 'number',
    httpsPort: 'number',
    appPorts: 'range',
    systemNetwork: 'text',
    apiHost: 'text',
    apiUpstream: { host: 'text', port: 'number' },
    statsPort: 'number?',
  },
  volumes: { image: 'text' },
  build: { memoryBytesMax: 'number', cpusMax: 'number' },
  allow: 'texts',
  logLevel: 'text',
};

const checks: Readonly<Record<string, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string' && value !== '',
  number: (value) => typeof value === 'number' && value >= 0,
  'number?': (value) => value === undefined || (typeof value === 'number' && value >= 0),
  texts: (value) => Array.isArray(value) && value.every((text) => typeof text === 'string'),
  range: (value) =>
    Array.isArray(value) && value.length === 2 && value.every((port) => Number.isInteger(port)),
};

/**
 * The agent's configuration, checked by hand: loading the schema's library for one small file that `berth up`
 * has already checked would cost every node 16 MB for good.
 */
export function readConfig(text: string): AgentConfig {
  const value = JSON.parse(text) as Record<string, unknown>;
  const config = { logLevel: 'info', ...value };
  const faults = findFaults(shape, config, '');
  if (faults.length > 0) throw new Error(`the agent's configuration is wrong at ${faults.join(', ')}`);
  return config as unknown as AgentConfig;
}

function findFaults(wanted: object, given: unknown, at: string): readonly string[] {
  if (typeof given !== 'object' || given === null) return [at];
  return Object.entries(wanted).flatMap(([key, kind]) => {
    const value = (given as Record<string, unknown>)[key];
    if (typeof kind === 'object') return findFaults(kind, value, `${at}/${key}`);
    return checks[kind as string]?.(value) === true ? [] : [`${at}/${key}`];
  });
}
