import { type Fields, type Imported, ImportFault, isFields, literal, serviceName } from './imported.ts';

const port = 8080;

interface Addon {
  readonly service: string;
  readonly fields: Fields;
  readonly variable: string;
  readonly url: string;
}

const password = '$'.concat('{DATABASE_PASSWORD:?choose a password}');
/** The data stores an app.json asks for, by the word in the plan's name. */
const addons: readonly (readonly [RegExp, Addon])[] = [
  [
    /postgres/,
    {
      service: 'postgres',
      fields: {
        image: 'postgres:16-alpine',
        environment: { POSTGRES_PASSWORD: password, POSTGRES_DB: 'app' },
        volumes: ['postgres-data:/var/lib/postgresql/data'],
      },
      variable: 'DATABASE_URL',
      url: `postgres://postgres:${password}@postgres:5432/app`,
    },
  ],
  [
    /mysql|cleardb|jawsdb|maria/,
    {
      service: 'mysql',
      fields: {
        image: 'mysql:8',
        environment: { MYSQL_ROOT_PASSWORD: password, MYSQL_DATABASE: 'app' },
        volumes: ['mysql-data:/var/lib/mysql'],
      },
      variable: 'DATABASE_URL',
      url: `mysql://root:${password}@mysql:3306/app`,
    },
  ],
  [
    /redis/,
    {
      service: 'redis',
      fields: { image: 'redis:7-alpine', volumes: ['redis-data:/data'] },
      variable: 'REDIS_URL',
      url: 'redis://redis:6379/0',
    },
  ],
  [
    /memcache/,
    {
      service: 'memcached',
      fields: { image: 'memcached:1.6-alpine' },
      variable: 'MEMCACHE_SERVERS',
      url: 'memcached:11211',
    },
  ],
];

/** A Procfile, an app.json, or both, as a Compose file: each process type is a service of one build. */
export function importProcfile(input: { readonly procfile?: string; readonly appJson?: string }): Imported {
  const app = input.appJson === undefined ? {} : parseAppJson(input.appJson);
  const processes = input.procfile === undefined ? new Map<string, string>() : parseProcfile(input.procfile);
  const notes: string[] = [];
  const { environment, required } = readEnv(app);
  if (required.length > 0)
    notes.push(`these have no value in app.json and must be set: ${required.join(', ')}`);
  const stores = addonsOf(app, notes);
  for (const { variable, url } of stores) environment[variable] = url;
  const formation = isFields(app.formation) ? app.formation : {};
  const services: Record<string, Fields> = {};
  if (processes.size === 0) notes.push('no Procfile: `web` runs what the image runs by default');
  const all = processes.size === 0 ? new Map([['web', '']]) : processes;
  const commands: { release?: string; seed?: string } = {};
  for (const [type, command] of all) {
    if (type === 'release') {
      commands.release = command;
      continue;
    }
    const size = isFields(formation[type]) ? formation[type].quantity : undefined;
    services[serviceName(type)] = {
      build: '.',
      ...(command === '' ? {} : { command: ['/bin/sh', '-c', literal(command)] }),
      environment: { ...(type === 'web' ? { PORT: String(port) } : {}), ...environment },
      ...(type === 'web' ? { ports: [`${port}`] } : {}),
      ...(stores.length === 0 ? {} : { depends_on: stores.map(({ service }) => service) }),
      ...(typeof size === 'number' && size !== 1 ? { deploy: { replicas: size } } : {}),
    };
  }
  const volumes: Record<string, null> = {};
  for (const { service, fields } of stores) {
    services[service] = fields;
    for (const mount of (fields.volumes as string[] | undefined) ?? []) volumes[mount.split(':')[0]!] = null;
  }
  const scripts = isFields(app.scripts) ? app.scripts : {};
  for (const [name, script] of Object.entries(scripts)) {
    // Run there once, after the first deployment of an app.
    if (name === 'postdeploy' && typeof script === 'string') {
      commands.seed = script;
      continue;
    }
    notes.push(`app.json: the script ${name} (\`${String(script)}\`) is not run by itself: use berth run`);
  }
  const name = typeof app.name === 'string' ? { name: serviceName(app.name) } : {};
  return { manifest: { ...name, services, volumes, ...hooksOf(commands, services) }, notes };
}

/** Commands around a deployment, in the image of the web process, or of the first there is. */
function hooksOf(
  commands: Readonly<Record<string, string>>,
  services: Readonly<Record<string, Fields>>,
): Fields {
  const service = services.web === undefined ? Object.keys(services)[0] : 'web';
  const hooks = Object.entries(commands).map(([hook, command]) => [
    hook,
    { service, command: ['/bin/sh', '-c', literal(command)] },
  ]);
  return hooks.length === 0 || service === undefined
    ? {}
    : { 'x-berth': { hooks: Object.fromEntries(hooks) } };
}

function parseProcfile(text: string): Map<string, string> {
  const processes = new Map<string, string>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#.*)?$/.test(line)) continue;
    const match = /^([A-Za-z0-9_-]+):\s*(.+?)\s*$/.exec(line);
    if (match === null) {
      throw new ImportFault(`"${line}" is not of the form type: command`, { line: index + 1 });
    }
    processes.set(match[1]!, match[2]!);
  }
  if (processes.size === 0) throw new ImportFault('the Procfile names no process');
  return processes;
}

function parseAppJson(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text);
    if (isFields(value)) return value;
  } catch (cause) {
    throw new ImportFault(`app.json is not JSON: ${(cause as Error).message}`);
  }
  throw new ImportFault('app.json must be an object');
}

function readEnv(app: Fields): { environment: Record<string, string>; required: string[] } {
  const environment: Record<string, string> = {};
  const required: string[] = [];
  for (const [name, given] of Object.entries(isFields(app.env) ? app.env : {})) {
    const value = isFields(given) ? given.value : given;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      environment[name] = literal(String(value));
    } else if (!isFields(given) || given.required !== false) {
      required.push(name);
      environment[name] = '$'.concat(`{${name}:?set ${name}}`);
    }
  }
  return { environment, required };
}

function addonsOf(app: Fields, notes: string[]): Addon[] {
  const found: Addon[] = [];
  for (const given of Array.isArray(app.addons) ? app.addons : []) {
    const plan = String(isFields(given) ? given.plan : given);
    const addon = addons.find(([pattern]) => pattern.test(plan))?.[1];
    if (addon === undefined)
      notes.push(`the add-on ${plan} has no counterpart here: run it as a service or outside`);
    else if (!found.includes(addon)) found.push(addon);
  }
  return found;
}
