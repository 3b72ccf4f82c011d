import { cleanPath } from './canonical.ts';
import { type GoMap, type GoValue, isMap, newMap, nilList, sprint } from './go-value.ts';

type Lookup = (name: string) => string | undefined;

/** Variables a service, secret or config names without a value, taken from the project's environment. */
export function resolveEnvironment(content: GoMap, lookup: Lookup): void {
  for (const service of maps(content.services)) {
    if (!Array.isArray(service.environment)) continue;
    service.environment = service.environment
      .filter((entry) => typeof entry === 'string')
      .map((entry) => {
        const value = lookup(entry);
        return value === undefined ? entry : `${entry}=${value}`;
      });
  }
  for (const config of maps(content.configs)) {
    const value = typeof config.environment === 'string' ? lookup(config.environment) : undefined;
    if (value !== undefined) config.content = value;
  }
}

function maps(value: GoValue | undefined): GoMap[] {
  return isMap(value) ? Object.values(value).filter(isMap) : [];
}

/** What Compose makes explicit: the default network, implied dependencies, names of resources. */
export function normalize(content: GoMap, lookup: Lookup): GoMap {
  normalizeNetworks(content);
  for (const service of maps(content.services)) normalizeService(service, lookup);
  nameResources(content);
  return content;
}

function normalizeNetworks(content: GoMap): void {
  const networks = isMap(content.networks) ? content.networks : newMap();
  let usesDefault = false;
  for (const service of maps(content.services)) {
    if ('network_mode' in service) continue;
    if (!isMap(service.networks) || Object.keys(service.networks).length === 0) {
      service.networks = newMap([['default', null]]);
    }
    if ('default' in (service.networks as GoMap)) usesDefault = true;
  }
  if (usesDefault && !('default' in networks)) networks.default = null;
  if (Object.keys(networks).length > 0) content.networks = networks;
}

function normalizeService(service: GoMap, lookup: Lookup): void {
  if (service.pull_policy === 'if_not_present') service.pull_policy = 'missing';
  if (isMap(service.build)) {
    const build = service.build;
    build.context ??= '.';
    if ((build.dockerfile ?? null) === null && (build.dockerfile_inline ?? null) === null) {
      build.dockerfile = 'Dockerfile';
    }
    if ('args' in build) build.args = resolveValues(build.args!, lookup, false);
  }
  if ('environment' in service) service.environment = resolveValues(service.environment!, lookup, true);

  const dependsOn = isMap(service.depends_on) ? service.depends_on : newMap();
  const depend = (name: string, restart: boolean) => {
    if (name in dependsOn) return;
    dependsOn[name] = newMap([
      ['condition', 'service_started'],
      ['restart', restart],
      ['required', true],
    ]);
  };
  for (const link of asList(service.links)) {
    const parts = sprint(link).split(':');
    depend(parts.length === 2 ? parts[0]! : sprint(link), true);
  }
  for (const key of ['network_mode', 'ipc', 'pid', 'uts', 'cgroup']) {
    const value = service[key];
    if (typeof value === 'string' && value.startsWith('service:'))
      depend(value.slice('service:'.length), true);
  }
  for (const volume of asList(service.volumes)) {
    if (isMap(volume) && typeof volume.target === 'string') volume.target = cleanPath(volume.target);
  }
  for (const from of asList(service.volumes_from)) {
    const text = sprint(from);
    if (!text.startsWith('container:')) depend(text.split(':', 1)[0]!, false);
  }
  if (Object.keys(dependsOn).length > 0) service.depends_on = dependsOn;
}

function asList(value: GoValue | undefined): GoValue[] {
  return Array.isArray(value) ? value : [];
}

function resolveValues(value: GoValue, lookup: Lookup, keepEmpty: boolean): GoValue {
  if (Array.isArray(value)) {
    const list = nilList();
    for (const text of value.map(sprint)) {
      const found = text.includes('=') ? undefined : lookup(text);
      if (found !== undefined) list.push(`${text}=${found}`);
      else if (text.includes('=') || keepEmpty) list.push(text);
    }
    return list;
  }
  if (!isMap(value)) return value;
  const resolved = newMap();
  for (const key of Object.keys(value)) {
    if (value[key] !== null) {
      resolved[key] = value[key]!;
      continue;
    }
    const found = lookup(key);
    if (found !== undefined) resolved[key] = found;
    else if (keepEmpty) resolved[key] = null;
  }
  return resolved;
}

function nameResources(content: GoMap): void {
  for (const kind of ['networks', 'volumes', 'configs', 'secrets']) {
    const resources = content[kind];
    if (!isMap(resources)) continue;
    for (const key of Object.keys(resources)) {
      const resource = isMap(resources[key]) ? resources[key] : newMap();
      if ((resource.name ?? null) === null) {
        const isExternal = resource.external === true || resource.external === 'true';
        resource.name = isExternal ? key : `${sprint(content.name)}_${key}`;
      }
      resources[key] = resource;
    }
  }
}
