import { looksSecret } from './secret-name.ts';

/** One service as its tasks will find it. */
export interface GuardedService {
  readonly name: string;
  /** What the manifest names; undefined for one that is built. */
  readonly image: string | undefined;
  /** Written in the manifest. Null: without a value. */
  readonly environment: Readonly<Record<string, string | null>>;
  /** Set for the app; they win. Null: taken out. */
  readonly variables: Readonly<Record<string, string | null>>;
  /** Variables whose values are secrets. */
  readonly secretVariables: Readonly<Record<string, string>>;
}

export interface GuardedSecret {
  readonly name: string;
  /** The one service that gets it; undefined: all that have none of their own. */
  readonly service?: string;
  readonly text: string;
  /** Kept by `berth secret` under this name; undefined: content of the source, or a variable. */
  readonly stored?: string;
}

export interface SecretFault {
  readonly kind: 'weak' | 'missing';
  readonly at: string;
  readonly message: string;
  readonly suggestion: string;
}

const guessable = new Set([
  ...[
    'password',
    'passwd',
    'pass',
    'pwd',
    'pw',
    'passphrase',
    'secret',
    'token',
    'key',
    'apikey',
    'credential',
  ],
  ...[
    'supersecret',
    'topsecret',
    'secretkey',
    'secretpassword',
    'mysecret',
    'mysecretpassword',
    'mysecretpw',
  ],
  ...['changeme', 'changeit', 'changethis', 'changemenow', 'pleasechange', 'pleasechangeme', 'replaceme'],
  ...['example', 'sample', 'demo', 'test', 'testing', 'default', 'dev', 'develop', 'development', 'insecure'],
  ...[
    'postgres',
    'postgresql',
    'mysql',
    'mariadb',
    'mongo',
    'mongodb',
    'redis',
    'rabbitmq',
    'rabbit',
    'guest',
  ],
  ...['root', 'toor', 'admin', 'administrator', 'user', 'username', 'sa', 'docker', 'db', 'database', 'app'],
  ...['wordpress', 'somewordpress', 'drupal', 'joomla', 'nextcloud', 'ghost', 'gitea', 'grafana', 'minio'],
  ...[
    'minioadmin',
    'keycloak',
    'odoo',
    'sonar',
    'matomo',
    'zabbix',
    'elastic',
    'foo',
    'bar',
    'baz',
    'foobar',
  ],
  ...[
    'qwerty',
    'qwertyuiop',
    'letmein',
    'welcome',
    'iloveyou',
    'dragon',
    'monkey',
    'abc',
    'abc123',
    'hunter2',
  ],
  ...['123', '1234', '12345', '123456', '1234567', '12345678', '123456789', '1234567890', '0123456789'],
  ...[
    'none',
    'null',
    'todo',
    'tbd',
    'fixme',
    'notsecure',
    'unsafe',
    'temp',
    'tmp',
    'hello',
    'asdf',
    'qwer1234',
  ],
]);

const leet: Readonly<Record<string, string>> = { '@': 'a', $: 's', '0': 'o', '3': 'e', '5': 's', '1': 'i' };

/** Values people leave as they found them; why in words. Undefined: not obviously weak. */
export function findWeakness(
  value: string,
  others: { names: readonly string[] } = { names: [] },
): string | undefined {
  const plain = value.trim();
  if (plain === '') return undefined;
  const word = plain.toLowerCase().replace(/[^a-z0-9]/g, '');
  const stem = word.replace(/\d{1,4}$/, '');
  const spelled = [...plain.toLowerCase()].map((letter) => leet[letter] ?? letter).join('');
  if (
    [word, stem, spelled.replace(/[^a-z]/g, ''), spelled.replace(/[^a-z]/g, '').replace(/[il]$/, '')].some(
      (form) => form !== '' && guessable.has(form),
    )
  )
    return 'is one of the first an attacker tries';
  if (/change[-_ ]?(me|this|it)/i.test(plain) || /^(<.*>|\[.*\]|\{.*\}|x{3,}|\*+|\.+)$/i.test(plain))
    return 'is a placeholder';
  if (
    /^(your|my|some|a|the)[-_ ]?([a-z]+[-_ ]?){0,2}(password|passwd|pw|secret|token|key)([-_ ]?here)?$/i.test(
      plain,
    )
  )
    return 'is a placeholder';
  if (/^(.)\1*$/.test(plain)) return 'is one character repeated';
  if (others.names.some((name) => name.toLowerCase() === plain.toLowerCase()))
    return 'is the same as its user or name';
  return undefined;
}

/** Beside what `looksSecret` knows: other spellings of passwords and keys. */
const passwordName =
  /PASSWORD|PASSWD|(^|_)(PASS|PWD|PW)$|(SECRET|APP|ENCRYPTION|MASTER|SIGNING|JWT|SESSION|COOKIE|SECRET_KEY)_?KEY(_BASE)?$/i;
const otherMeaning =
  /(_FILE|_PATH|_DIR|_URL|_TTL|_EXPIRY|_LENGTH|_POLICY|_MIN|_MAX|_ALGORITHM|_METHOD|_TYPE|_MODE|_ENABLED|_USER|_NAME|_HOST|_PORT)$|ALLOW_EMPTY|RANDOM_ROOT|PUBLIC/i;
const isPassword = (name: string): boolean =>
  (looksSecret(name) || passwordName.test(name)) && !otherMeaning.test(name);

/** Official images that do not start, or start with a password everybody knows, unless one of these is set. */
const needs: Readonly<Record<string, readonly (readonly string[])[]>> = {
  postgres: [['POSTGRES_PASSWORD', 'POSTGRES_PASSWORD_FILE', 'POSTGRES_HOST_AUTH_METHOD']],
  'postgis/postgis': [['POSTGRES_PASSWORD', 'POSTGRES_PASSWORD_FILE', 'POSTGRES_HOST_AUTH_METHOD']],
  'timescale/timescaledb': [['POSTGRES_PASSWORD', 'POSTGRES_PASSWORD_FILE', 'POSTGRES_HOST_AUTH_METHOD']],
  mysql: [mysqlRoot('MYSQL')],
  percona: [mysqlRoot('MYSQL')],
  mariadb: [[...mysqlRoot('MARIADB'), ...mysqlRoot('MYSQL')]],
  couchdb: [['COUCHDB_PASSWORD'], ['COUCHDB_USER']],
  'minio/minio': [['MINIO_ROOT_PASSWORD', 'MINIO_ROOT_PASSWORD_FILE', 'MINIO_SECRET_KEY']],
  'grafana/grafana': [['GF_SECURITY_ADMIN_PASSWORD', 'GF_SECURITY_ADMIN_PASSWORD__FILE']],
};

function mysqlRoot(prefix: string): readonly string[] {
  return [
    `${prefix}_ROOT_PASSWORD`,
    `${prefix}_ROOT_PASSWORD_FILE`,
    `${prefix}_ROOT_PASSWORD_HASH`,
    `${prefix}_ALLOW_EMPTY_PASSWORD`,
    `${prefix}_ALLOW_EMPTY_ROOT_PASSWORD`,
    `${prefix}_RANDOM_ROOT_PASSWORD`,
  ];
}

/** `docker.io/library/postgres:16@sha256:…` is `postgres`. */
function officialName(reference: string): string {
  const name = reference.split('@')[0] ?? '';
  const path = name
    .replace(/:[^/]*$/, '')
    .replace(/^(docker\.io|index\.docker\.io|registry-1\.docker\.io)\//, '');
  return path.replace(/^library\//, '');
}

/**
 * Passwords that are missing or easy to guess, by name and never by value, and what a manifest should not have
 * in it. `allowed` names those a person said may be weak. Pure.
 */
export function guardSecrets(input: {
  app: string;
  services: readonly GuardedService[];
  secrets: readonly GuardedSecret[];
  allowed: readonly string[];
}): { faults: readonly SecretFault[]; warnings: readonly string[] } {
  const faults = new Map<string, SecretFault>();
  const warnings: string[] = [];
  const { app } = input;
  const allowed = new Set(input.allowed);
  const used = new Set<string>();
  const add = (name: string, fault: SecretFault) => {
    if (allowed.has(name)) used.add(name);
    else if (!faults.has(`${name} ${fault.message}`)) faults.set(`${name} ${fault.message}`, fault);
  };
  for (const service of input.services) {
    const at = `services.${service.name}`;
    const effective: Record<string, string | null> = { ...service.environment, ...service.variables };
    for (const name of Object.keys(service.secretVariables)) delete effective[name];
    const names = [
      service.name,
      ...Object.entries(effective).flatMap(([name, value]) =>
        value !== null && value !== '' && /(USER|USERNAME|LOGIN|DATABASE|DB)$/i.test(name) ? [value] : [],
      ),
    ];
    for (const [name, value] of Object.entries(effective)) {
      if (value === null || !isPassword(name)) continue;
      const weakness = findWeakness(value, { names: [name, ...names] });
      const isOfApp = Object.hasOwn(service.variables, name);
      if (weakness !== undefined)
        add(name, {
          kind: 'weak',
          at: `${isOfApp ? 'variables' : `${at}.environment`}.${name}`,
          message: `the value of ${name} ${weakness}`,
          suggestion: `\`berth env generate ${name} -a ${app}${isOfApp ? ' --replace' : ''}\` makes a random one; \`x-berth: {allow_weak: [${name}]}\` keeps it`,
        });
      else if (
        !isOfApp &&
        !/^(true|false|yes|no|on|off|\d{0,6})$/i.test(value) &&
        !Object.values(service.variables).includes(value)
      )
        warnings.push(
          `${at}: ${name} is written in the manifest, where everybody who reads the source reads it; take it out and \`berth env set ${name}=- -a ${app}\`, or make it a secret`,
        );
    }
    for (const alternatives of needs[officialName(service.image ?? '')] ?? []) {
      const isGiven = alternatives.some(
        (name) => (effective[name] ?? '') !== '' || Object.hasOwn(service.secretVariables, name),
      );
      const [first = ''] = alternatives;
      if (!isGiven)
        add(first, {
          kind: 'missing',
          at,
          message: `the image ${service.image} needs ${first}, which is not set`,
          suggestion: `\`berth env generate ${first} -a ${app}\` makes a random one`,
        });
    }
  }
  for (const { name, service, text, stored } of input.secrets) {
    const weakness = text.length > 64 || /\n./.test(text) ? undefined : findWeakness(text, { names: [name] });
    if (weakness === undefined) continue;
    add(name, {
      kind: 'weak',
      at: `secrets.${name}`,
      message: `the content of the secret ${name}${service === undefined ? '' : ` of ${service}`} ${weakness}`,
      suggestion:
        stored === undefined
          ? `make it \`external: true\`, and \`berth secret generate ${name} -a ${app}\` makes a random one; \`x-berth: {allow_weak: [${name}]}\` keeps it`
          : `\`berth secret generate ${stored} -a ${app}${service === undefined ? '' : ` --service ${service}`} --replace\` makes a random one; \`x-berth: {allow_weak: [${name}]}\` keeps it`,
    });
  }
  for (const name of used)
    warnings.push(`${name} is weak or missing; x-berth.allow_weak says that it may be`);
  return { faults: [...faults.values()], warnings };
}
