import { isIP } from 'node:net';
import { logFilePattern, logFilesMax } from '@berth/domain/log-file';
import { probationMsMax } from '@berth/domain/release';
import { Ajv, type ValidateFunction } from 'ajv';
import type { Fault, Path } from './issue.ts';
import { faultsOf } from './schema.ts';
import type { ScheduleExtension } from './translate-schedule.ts';
import { durationMs } from './units.ts';

/** `x-berth` of a whole manifest: what the Compose Specification has no words for. */
export interface AppExtension {
  readonly routes?: readonly RouteExtension[];
  readonly redirects?: readonly { readonly host: string; readonly to: string; readonly status?: number }[];
  readonly strategy?: Readonly<Partial<Record<'drain' | 'warm' | 'deadline' | 'probation', string>>>;
  readonly hooks?: HooksExtension;
  /** Services of other apps it reaches. */
  readonly links?: readonly {
    readonly app: string;
    readonly service: string;
    readonly as?: string;
    readonly port?: number;
  }[];
  /** Services other apps may link to. */
  readonly expose?: readonly {
    readonly service: string;
    /** `53/udp`, or of TCP. */
    readonly ports: readonly (number | string)[];
    readonly to?: readonly string[];
  }[];
  /** External services it reaches. */
  readonly externals?: readonly string[];
  /** Variables and secrets that may have a weak value. */
  readonly allow_weak?: readonly string[];
}

/** `x-berth` of one service. */
export interface ServiceExtension {
  readonly port?: number;
  readonly probe?: ProbeExtension;
  readonly routes?: readonly Omit<RouteExtension, 'service'>[];
  readonly replicas?: number;
  /** Secrets delivered as variables: name of the variable to name of the secret. */
  readonly secret_variables?: Readonly<Record<string, string>>;
  readonly hooks?: HooksExtension;
  readonly schedule?: ScheduleExtension;
  /** Files whose lines belong to the service's log. */
  readonly logs?: readonly string[];
  /** Addresses and CIDRs of those who may reach what it publishes. */
  readonly allow_from?: readonly string[];
  /** What it needs, by the beginning of the variables that say where that is: `DB: {to: db}`. */
  readonly bindings?: Readonly<Record<string, BindingExtension>>;
}

/** `db:5432`, or in full. */
export type BindingExtension =
  | string
  | { readonly to: string; readonly port?: number; readonly scheme?: string; readonly path?: string };

export interface HooksExtension {
  readonly release?: HookExtension;
  readonly postDeploy?: HookExtension;
  readonly seed?: HookExtension;
}

export interface RouteExtension {
  readonly host?: string;
  readonly path?: string;
  readonly stripPrefix?: boolean;
  readonly service?: string;
}

export type ProbeExtension =
  | 'none'
  | { readonly http: { readonly path?: string; readonly port?: number; readonly host?: string } }
  | { readonly tcp: { readonly port?: number } };

export type HookExtension =
  | string
  | readonly string[]
  | { readonly command: string | readonly string[]; readonly service?: string };

/** `x-berth` of one volume. */
export interface VolumeExtension {
  /** What it may hold, such as `2G`: it is then a disk of its own. */
  readonly size?: string | number;
  /** May promise more than the disk of its node has. */
  readonly overcommit?: boolean;
}

const port = { type: 'integer', minimum: 1, maximum: 65_535 };
const host = { type: 'string', minLength: 1, maxLength: 253 };
const name = { type: 'string', minLength: 1, maxLength: 63 };
const dnsLabel = { type: 'string', pattern: '^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$' };
const command = {
  oneOf: [
    { type: 'string', minLength: 1 },
    { type: 'array', items: { type: 'string' }, minItems: 1 },
  ],
};
const closed = (properties: object, required: readonly string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const routeKeys = {
  host,
  path: { type: 'string', pattern: '^/' },
  stripPrefix: { type: 'boolean' },
};
const hook = {
  oneOf: [...command.oneOf, closed({ command, service: { type: 'string' } }, ['command'])],
};
const hooks = closed({ release: hook, postDeploy: hook, seed: hook });
const span = { type: 'string', format: 'span' };
const schedule = {
  oneOf: [
    { type: 'string', minLength: 1 },
    closed(
      {
        cron: { type: 'string', minLength: 1 },
        timezone: { type: 'string', minLength: 1 },
        concurrency: { enum: ['forbid', 'allow', 'replace'] },
        missed: { enum: ['run', 'skip'] },
        timeout: span,
        history: { type: 'integer', minimum: 1, maximum: 1_000 },
        alert: { type: 'string', maxLength: 2_000 },
      },
      ['cron'],
    ),
  ],
};

/** `53/udp` */
const portOfProtocol = {
  type: 'string',
  pattern: '^([1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])(/(tcp|udp))?$',
};

const appSchema = closed({
  routes: { type: 'array', items: closed({ ...routeKeys, service: { type: 'string' } }) },
  redirects: {
    type: 'array',
    items: closed({ host, to: { type: 'string', minLength: 1 }, status: { enum: [301, 302, 307, 308] } }, [
      'host',
      'to',
    ]),
  },
  strategy: closed({
    drain: span,
    warm: span,
    deadline: span,
    probation: { type: 'string', format: 'probation' },
  }),
  hooks,
  links: {
    type: 'array',
    items: closed({ app: name, service: name, as: dnsLabel, port }, ['app', 'service']),
  },
  expose: {
    type: 'array',
    items: closed(
      {
        service: name,
        ports: { type: 'array', items: { oneOf: [port, portOfProtocol] }, minItems: 1 },
        to: { type: 'array', items: name },
      },
      ['service', 'ports'],
    ),
  },
  externals: { type: 'array', items: dnsLabel, uniqueItems: true },
  allow_weak: { type: 'array', items: { type: 'string', minLength: 1 } },
});

const binding = {
  oneOf: [
    { type: 'string', pattern: `^${dnsLabel.pattern.slice(1, -1)}(:\\d{1,5})?$` },
    closed(
      {
        to: dnsLabel,
        port,
        scheme: { type: 'string', pattern: '^[a-z][a-z0-9+.-]*$' },
        path: { type: 'string', pattern: '^/' },
      },
      ['to'],
    ),
  ],
};

const serviceSchema = closed({
  port,
  allow_from: { type: 'array', items: { type: 'string', format: 'cidr' }, minItems: 1, maxItems: 200 },
  bindings: {
    type: 'object',
    propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
    additionalProperties: binding,
  },
  probe: {
    oneOf: [
      { type: 'string', enum: ['none'] },
      {
        ...closed({
          http: closed({ path: { type: 'string', pattern: '^/' }, port, host }),
          tcp: closed({ port }),
        }),
        minProperties: 1,
        maxProperties: 1,
      },
    ],
  },
  routes: { type: 'array', items: closed(routeKeys) },
  replicas: { type: 'integer', minimum: 0, maximum: 500 },
  hooks,
  secret_variables: {
    type: 'object',
    propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
    additionalProperties: { type: 'string', minLength: 1 },
  },
  schedule,
  logs: {
    type: 'array',
    items: { type: 'string', pattern: logFilePattern.source },
    maxItems: logFilesMax,
  },
});

const volumeSchema = closed({ size: { type: ['string', 'integer'] }, overcommit: { type: 'boolean' } });

/** `10.0.0.0/8`, `192.0.2.7`, `2001:db8::/32` */
function isCidr(text: string): boolean {
  const [address = '', bits, more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more !== undefined || address.includes('%')) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 6 ? 128 : 32));
}

/** Every key, as `x-berth-keys.ts` names them. */
export const keysOfExtensions = (): string[] =>
  [
    ['x-berth', appSchema],
    ['services.x-berth', serviceSchema],
    ['volumes.x-berth', volumeSchema],
  ].flatMap(([at, schema]) =>
    Object.keys((schema as { properties: object }).properties).map((key) => `${String(at)}.${key}`),
  );

let validators:
  | {
      readonly app: ValidateFunction;
      readonly service: ValidateFunction;
      readonly volume: ValidateFunction;
    }
  | undefined;

function compile() {
  if (validators === undefined) {
    const ajv = new Ajv({ allErrors: true, strict: false, verbose: true });
    ajv.addFormat('cidr', isCidr);
    ajv.addFormat('span', (text: string) => (durationMs(text) ?? -1) >= 0);
    ajv.addFormat('probation', (text: string) => (durationMs(text) ?? Infinity) <= probationMsMax);
    validators = {
      app: ajv.compile(appSchema),
      service: ajv.compile(serviceSchema),
      volume: ajv.compile(volumeSchema),
    };
  }
  return validators;
}

type Parsed<T> = { readonly ok: T } | { readonly faults: readonly Fault[] };

/** `x-berth` at the top of a manifest; every key it does not know is a fault. */
export function parseAppExtension(value: unknown): Parsed<AppExtension> {
  return parse(compile().app, value, ['x-berth']);
}

/** `x-berth` of the service `name`. */
export function parseServiceExtension(value: unknown, name: string): Parsed<ServiceExtension> {
  return parse(compile().service, value, ['services', name, 'x-berth']);
}

/** `x-berth` of the volume `name`. */
export function parseVolumeExtension(value: unknown, name: string): Parsed<VolumeExtension> {
  return parse(compile().volume, value, ['volumes', name, 'x-berth']);
}

function parse<T>(validate: ValidateFunction, value: unknown, path: Path): Parsed<T> {
  if (value === undefined || value === null) return { ok: {} as T };
  if (validate(value)) return { ok: value as T };
  const faults = faultsOf(validate.errors ?? []).map((fault) => ({
    ...fault,
    path: [...path, ...fault.path],
    message: fault.message
      .replace('must match format "span"', 'must be a duration like 30s or 10m')
      .replace('must match format "probation"', 'must be a duration of at most 1h; 0s is none')
      .replace('must match format "cidr"', 'must be an address or a range like 10.0.0.0/8'),
  }));
  return { faults };
}
