import {
  asList,
  type Fields,
  type Imported,
  ImportFault,
  isFields,
  namedVolumes,
  serviceName,
} from './imported.ts';

const kept = new Set([
  'build',
  'cap_add',
  'cap_drop',
  'command',
  'cpu_shares',
  'cpus',
  'depends_on',
  'entrypoint',
  'env_file',
  'environment',
  'expose',
  'external_links',
  'image',
  'labels',
  'logging',
  'mem_limit',
  'memswap_limit',
  'network_mode',
  'pid',
  'ports',
  'privileged',
  'read_only',
  'shm_size',
  'stop_signal',
  'user',
  'volumes',
  'working_dir',
]);

/** A kontena.yml (a stack) as a Compose file. */
export function importKontena(value: Fields): Imported {
  const { services: given } = value;
  if (!isFields(given)) throw new ImportFault('the stack has no services');
  const notes: string[] = [];
  const names = Object.keys(given);
  const services: Record<string, Fields> = {};
  const secrets: Record<string, Fields> = {};
  for (const [name, service] of Object.entries(given)) {
    if (!isFields(service)) throw new ImportFault(`services.${name} must be a mapping`);
    services[name] = fromService(name, service, { names, notes, secrets });
  }
  for (const variable of Object.keys(isFields(value.variables) ? value.variables : {})) {
    notes.push(`the stack variable ${variable} is a variable of the Compose file now: set it in .env`);
  }
  const stack = typeof value.stack === 'string' ? { name: serviceName(value.stack.split('/').at(-1)!) } : {};
  const volumes = Object.fromEntries(
    Object.keys(isFields(value.volumes) ? value.volumes : {}).map((name) => [name, null]),
  );
  return {
    manifest: { ...stack, services, volumes: { ...volumes, ...namedVolumes(services) }, secrets },
    notes,
  };
}

interface Stack {
  readonly names: readonly string[];
  readonly notes: string[];
  readonly secrets: Record<string, Fields>;
}

function fromService(name: string, given: Fields, stack: Stack): Fields {
  const service: Fields = {};
  const { notes, names } = stack;
  for (const [key, value] of Object.entries(given)) if (kept.has(key)) service[key] = value;
  const rest = Object.keys(given).filter((key) => !kept.has(key) && !handled.has(key));
  if (rest.length > 0) notes.push(`${name}: not carried over: ${rest.join(', ')}`);
  const deploy: Fields = {};
  if (given.instances !== undefined) deploy.replicas = given.instances;
  const {
    strategy,
    wait_for_port: port,
    min_health: minHealth,
  } = isFields(given.deploy) ? given.deploy : ({} as Fields);
  if (strategy === 'daemon') {
    deploy.mode = 'global';
    delete deploy.replicas;
  }
  if (minHealth !== undefined || port !== undefined)
    notes.push(`${name}: releases wait for health by themselves`);
  const constraints = asList(given.affinity).flatMap((rule) => {
    const match = /^(?:label==([^=]+)=(.+)|node(==|!=)(.+))$/.exec(String(rule));
    if (match === null) {
      notes.push(`${name}: the affinity ${String(rule)} is not carried over`);
      return [];
    }
    return [
      match[1] === undefined
        ? `node.hostname ${match[3]} ${match[4]}`
        : `node.labels.${match[1]} == ${match[2]}`,
    ];
  });
  if (constraints.length > 0) deploy.placement = { constraints };
  if (Object.keys(deploy).length > 0) service.deploy = deploy;
  const links = asList(given.links).map(String);
  const inside = links.filter((link) => names.includes(link.split(':')[0]!));
  if (inside.length > 0) service.links = inside;
  for (const link of links.filter((each) => !inside.includes(each))) {
    notes.push(`${name}: the link ${link} leads to another stack: declare it as an external service`);
  }
  addHealth(service, given.health_check);
  addSecrets(name, service, given.secrets, stack);
  return service;
}

const handled = new Set(['instances', 'deploy', 'affinity', 'links', 'health_check', 'secrets', 'stateful']);

function addHealth(service: Fields, check: unknown): void {
  if (!isFields(check)) return;
  const port = Number(check.port);
  const uri = typeof check.uri === 'string' ? check.uri : '/';
  const seconds = (value: unknown) => (typeof value === 'number' ? `${value}s` : String(value));
  service.healthcheck = {
    test:
      check.protocol === 'http'
        ? ['CMD-SHELL', `wget -q -O /dev/null http://127.0.0.1:${port}${uri}`]
        : ['CMD-SHELL', `nc -z 127.0.0.1 ${port}`],
    ...(check.interval === undefined ? {} : { interval: seconds(check.interval) }),
    ...(check.timeout === undefined ? {} : { timeout: seconds(check.timeout) }),
    ...(check.initial_delay === undefined ? {} : { start_period: seconds(check.initial_delay) }),
  };
}

/** Secrets came as variables; they keep coming so, from the variables of whoever deploys. */
function addSecrets(name: string, service: Fields, given: unknown, { notes }: Stack): void {
  const list = asList(given).filter(isFields);
  if (list.length === 0) return;
  const before = isFields(service.environment)
    ? Object.entries(service.environment).map(([key, value]) =>
        value === null ? key : `${key}=${String(value)}`,
      )
    : asList(service.environment).map(String);
  const added = list.map(({ secret, name: variable }) =>
    `${String(variable)}=$`.concat(`{${String(secret)}:?set it with berth secret}`),
  );
  service.environment = [...before, ...added];
  const names = list.map(({ secret }) => String(secret)).join(', ');
  notes.push(`${name}: secrets of the vault are variables here: ${names}`);
}
