import type { ComposeModel } from './compose-model.ts';
import { findInconsistencies } from './consistency.ts';
import { Float, type GoMap, type GoValue, isMap, newMap, plainNumber, Timestamp } from './go-value.ts';
import { ComposeFault, fail, type Path } from './issue.ts';
import { readEnvFile } from './load-file.ts';
import { topLevel } from './model.ts';
import { extensionsKey, type Printed, type PrintedMap, printValue, type Struct } from './model-types.ts';
import type { Scope } from './scope.ts';

type Structs = Map<string, Struct>;

/** A loaded project in Compose's types, from which YAML, JSON and our model are printed. */
export interface TypedProject {
  readonly name: string;
  readonly services: Structs;
  readonly disabled: Structs;
  readonly networks: Structs;
  readonly volumes: Structs;
  readonly secrets: Structs;
  readonly configs: Structs;
  readonly extensions: GoMap;
}

const userKeys = new Set(['services', 'volumes', 'networks', 'secrets', 'configs']);

/** Moves the `x-` keys of every mapping aside, as Compose does before it gives values types. */
function setExtensionsAside(map: GoMap, path: Path = []): GoMap {
  const isUserKeyed =
    (path.length === 1 && userKeys.has(String(path[0]))) ||
    (path.length === 3 && path[0] === 'services' && path[2] === 'depends_on');
  const extensions = newMap();
  for (const key of Object.keys(map)) {
    const value = map[key]!;
    if (!isUserKeyed && key.startsWith('x-')) {
      extensions[key] = value;
      delete map[key];
    } else if (isMap(value)) {
      setExtensionsAside(value, [...path, key]);
    } else if (Array.isArray(value)) {
      value.forEach((item, index) => {
        if (isMap(item)) setExtensionsAside(item, [...path, key, index]);
      });
    }
  }
  if (Object.keys(extensions).length > 0) map[extensionsKey] = extensions;
  return map;
}

/** Types, profiles and, where it is checked, cross-references. Throws a `ComposeFault`. */
export function toProject(
  name: string,
  content: GoMap,
  { profiles, isChecked }: { profiles: readonly string[]; isChecked: boolean },
): TypedProject {
  delete content.name;
  const given = setExtensionsAside(content);
  const decode = (key: keyof typeof topLevel) => topLevel[key].decode(given[key] ?? null, [key]) as Structs;
  const services: Structs = new Map();
  const disabled: Structs = new Map();
  for (const [key, service] of decode('services')) {
    (isEnabled(service, profiles) ? services : disabled).set(key, service);
  }
  const extensions = given[extensionsKey];
  const project: TypedProject = {
    name,
    services,
    disabled,
    networks: decode('networks'),
    volumes: decode('volumes'),
    secrets: decode('secrets'),
    configs: decode('configs'),
    extensions: isMap(extensions) ? extensions : newMap(),
  };
  // What sets the replicas is one of Compose's checks, too.
  if (!isChecked) return project;
  const off = new Map([...disabled].map(([key, { fields }]) => [key, fields.profiles as string[]]));
  const faults = findInconsistencies({ model: toModel(project), disabled: off });
  if (faults.length > 0) throw new ComposeFault(faults);
  for (const { fields } of services.values()) {
    const deploy = fields.deploy as Struct | undefined;
    if (fields.scale !== undefined && deploy !== undefined) deploy.fields.replicas = fields.scale;
  }
  return project;
}

function isEnabled(service: Struct, profiles: readonly string[]): boolean {
  const own = service.fields.profiles as string[];
  return own.length === 0 || profiles.includes('*') || own.some((profile) => profiles.includes(profile));
}

/** Fills `environment` from the env files and the project's environment, and `labels` from label files. */
export function resolveFiles(
  project: TypedProject,
  { scope, withEnvFiles }: { scope: Scope; withEnvFiles: boolean },
): void {
  for (const [name, { fields }] of project.services) {
    if (withEnvFiles) {
      fields.environment = serviceEnvironment(name, fields, scope);
      fields.env_file = [];
    }
    fields.labels = serviceLabels(name, fields, scope);
    fields.label_file = [];
  }
}

type Values = Map<string, string | null>;

function serviceEnvironment(name: string, fields: Record<string, unknown>, scope: Scope): Values {
  const values: Values = new Map();
  const origins = new Map<string, string>();
  const lookup = (variable: string) => values.get(variable) ?? scope.environment.get(variable);
  const files = fields.env_file as Struct[];
  for (const [index, { fields: file }] of files.entries()) {
    const path = String(file.path);
    const at = ['services', name, 'env_file', index];
    if (path === '' || scope.port.kind(path) === 'absent') {
      if (file.required !== true) continue;
      fail(at, `the env file ${path} does not exist`, { suggestion: 'create it, or say `required: false`' });
    }
    if (scope.port.kind(path) === 'directory') fail(at, `${path} is a directory`);
    if (file.format !== '') fail(at, `the env file format "${file.format}" is not supported`);
    for (const [key, value] of readEnvFile(scope, path, lookup)) {
      values.set(key, value);
      origins.set(key, path);
    }
  }
  scope.envFiles.set(name, origins);
  for (const [key, value] of fields.environment as Values) {
    values.set(key, value ?? scope.environment.get(key) ?? null);
  }
  return values;
}

function serviceLabels(name: string, fields: Record<string, unknown>, scope: Scope): Values {
  const values: Values = new Map();
  for (const [index, path] of (fields.label_file as string[]).entries()) {
    if (path === '' || scope.port.kind(path) === 'absent') {
      fail(['services', name, 'label_file', index], `the label file ${path} does not exist`);
    }
    if (scope.port.kind(path) === 'directory') {
      fail(['services', name, 'label_file', index], `${path} is a directory`);
    }
    const lookup = (variable: string) => values.get(variable) ?? undefined;
    for (const [key, value] of readEnvFile(scope, path, lookup)) values.set(key, value);
  }
  for (const [key, value] of fields.labels as Values) values.set(key, value);
  return values;
}

/** Only the networks, volumes, secrets and configs that a service that is on uses. */
export function withoutUnused(project: TypedProject): TypedProject {
  const used = { networks: new Set(), volumes: new Set(), secrets: new Set(), configs: new Set() };
  const sources = (value: unknown) => (value as Struct[]).map(({ fields }) => fields.source);
  for (const { fields, extensions } of project.services.values()) {
    for (const key of secretsAsVariables(extensions)) used.secrets.add(key);
    for (const key of (fields.networks as Structs).keys()) used.networks.add(key);
    for (const { fields: mount } of fields.volumes as Struct[]) {
      if (mount.type === 'volume' && mount.source !== '') used.volumes.add(mount.source);
    }
    for (const key of sources(fields.secrets)) used.secrets.add(key);
    const build = fields.build as Struct | undefined;
    for (const key of build === undefined ? [] : sources(build.fields.secrets)) used.secrets.add(key);
    for (const key of sources(fields.configs)) used.configs.add(key);
  }
  const keep = (kind: keyof typeof used) =>
    new Map([...project[kind]].filter(([key]) => used[kind].has(key)));
  return {
    ...project,
    networks: keep('networks'),
    volumes: keep('volumes'),
    secrets: keep('secrets'),
    configs: keep('configs'),
  };
}

/** Berth's own use of a secret, which Compose does not know: `x-berth: {secret_variables: {NAME: secret}}`. */
function secretsAsVariables(extensions: GoMap): GoValue[] {
  const own = extensions['x-berth'];
  const named = isMap(own) ? own.secret_variables : undefined;
  return isMap(named) ? Object.values(named) : [];
}

/**
 * Turns on the services that `profiles` of services asked for by name stand for. Where services are asked for, env
 * files of all are read, also of a project whose own were left unread.
 */
export function enableServices(
  project: TypedProject,
  names: readonly string[],
  { scope, withEnvFiles }: { scope: Scope; withEnvFiles: boolean },
): TypedProject {
  const profiles = names.flatMap((name) => (project.disabled.get(name)?.fields.profiles as string[]) ?? []);
  const added = new Map([...project.disabled].filter(([, service]) => isEnabled(service, profiles)));
  const unread = names.length === 0 ? [] : withEnvFiles ? added : [...project.services, ...added];
  for (const [name, { fields }] of unread) {
    fields.environment = serviceEnvironment(name, fields, scope);
    fields.env_file = [];
  }
  const disabled = new Map([...project.disabled].filter(([name]) => !added.has(name)));
  return { ...project, services: new Map([...project.services, ...added]), disabled };
}

/** Only `names` and what they depend on; the others are off. */
export function selectServices(project: TypedProject, names: readonly string[]): TypedProject {
  const chosen = new Set<string>();
  const add = (name: string, isRequired: boolean) => {
    if (chosen.has(name)) return;
    const service = project.services.get(name);
    if (service === undefined) {
      if (isRequired) fail(['services'], `there is no service \`${name}\``);
      return;
    }
    chosen.add(name);
    for (const [other, { fields }] of service.fields.depends_on as Structs)
      add(other, fields.required === true);
  };
  for (const name of names) add(name, true);
  const services: Structs = new Map();
  const disabled: Structs = new Map(project.disabled);
  for (const [name, service] of project.services) {
    if (!chosen.has(name)) {
      disabled.set(name, service);
      continue;
    }
    const dependencies = [...(service.fields.depends_on as Structs)].filter(([other]) => chosen.has(other));
    services.set(name, { ...service, fields: { ...service.fields, depends_on: new Map(dependencies) } });
  }
  return { ...project, services, disabled };
}

/** What is printed, in Compose's order. */
export function printProject(project: TypedProject, format: 'yaml' | 'json'): PrintedMap {
  const printed: PrintedMap = new Map([['name', project.name]]);
  for (const key of ['services', 'networks', 'volumes', 'secrets', 'configs'] as const) {
    if (key !== 'services' && project[key].size === 0) continue;
    const type = topLevel[key];
    printed.set(
      key,
      format === 'json' && type.json !== undefined ? type.json(project[key]) : type.yaml(project[key]),
    );
  }
  for (const [key, value] of printValue(project.extensions) as PrintedMap) printed.set(key, value);
  return printed;
}

/** The project as plain data. */
export function toModel(project: TypedProject): ComposeModel {
  return toPlain(printProject(project, 'yaml')) as unknown as ComposeModel;
}

export function toPlain(value: Printed): unknown {
  if (value instanceof Map) {
    const plain: Record<string, unknown> = Object.create(null);
    for (const [key, item] of value) plain[key] = toPlain(item);
    return plain;
  }
  if (Array.isArray(value)) return value.map(toPlain);
  if (value instanceof Float) return plainNumber(value);
  if (value instanceof Timestamp) return value.text;
  return typeof value === 'bigint' ? Number(value) : value;
}
