import { v1Service } from './compose-v1.ts';
import {
  asList,
  type Fields,
  type Imported,
  ImportFault,
  isFields,
  literal,
  namedVolumes,
  serviceName,
} from './imported.ts';

/**
 * The `containers:` forms of 2014: a mapping of containers written as Compose services (group files), or a
 * list of containers with a name, ports, env and volume mounts (container manifests).
 */
export function importContainers(value: Fields): Imported {
  const { containers } = value;
  if (Array.isArray(containers)) return importManifest(value, containers);
  if (!isFields(containers)) throw new ImportFault('`containers` must be a list or a mapping');
  const notes: string[] = [];
  const services: Record<string, Fields> = {};
  for (const [name, given] of Object.entries(containers)) {
    if (!isFields(given)) throw new ImportFault(`containers.${name} must be a mapping`);
    services[name] = v1Service(name, given, Object.keys(containers), notes);
  }
  return { manifest: { ...nameOf(value), services, volumes: namedVolumes(services) }, notes };
}

function nameOf(value: Fields): { name?: string } {
  const name = value.name ?? value.id;
  return typeof name === 'string' ? { name: serviceName(name) } : {};
}

function importManifest(value: Fields, containers: readonly unknown[]): Imported {
  const notes: string[] = [];
  const services: Record<string, Fields> = {};
  const sources = new Map<string, string>();
  for (const volume of asList(value.volumes).filter(isFields)) {
    const { hostDir } = isFields(volume.source) ? volume.source : volume;
    const path = isFields(hostDir) ? hostDir.path : undefined;
    sources.set(String(volume.name), typeof path === 'string' ? path : String(volume.name));
  }
  for (const [index, container] of containers.entries()) {
    if (!isFields(container) || typeof container.image !== 'string') {
      throw new ImportFault(`containers[${index}] names no image`);
    }
    services[serviceName(String(container.name ?? ''), `app-${index + 1}`)] = fromContainer(
      container,
      sources,
    );
  }
  notes.push('containers of one group shared a network address: they now reach one another by service name');
  return { manifest: { ...nameOf(value), services, volumes: namedVolumes(services) }, notes };
}

function fromContainer(container: Fields, sources: ReadonlyMap<string, string>): Fields {
  const environment = Object.fromEntries(
    asList(container.env)
      .filter(isFields)
      .map((each) => [String(each.name ?? each.key), literal(String(each.value ?? ''))]),
  );
  const ports = asList(container.ports)
    .filter(isFields)
    .map(({ hostPort, containerPort, protocol }) => {
      const transport = typeof protocol === 'string' && protocol.toLowerCase() === 'udp' ? '/udp' : '';
      return hostPort === undefined
        ? `${containerPort}${transport}`
        : `${hostPort}:${containerPort}${transport}`;
    });
  const volumes = asList(container.volumeMounts)
    .filter(isFields)
    .map((mount) => {
      const source = sources.get(String(mount.name)) ?? String(mount.name);
      return `${source}:${String(mount.mountPath ?? mount.path)}${mount.readOnly === true ? ':ro' : ''}`;
    });
  const { cpu, memory, workingDir, command } = container;
  return {
    image: container.image,
    ...(command === undefined ? {} : { command: asList(command).map((word) => literal(String(word))) }),
    ...(workingDir === undefined ? {} : { working_dir: workingDir }),
    ...(Object.keys(environment).length === 0 ? {} : { environment }),
    ...(ports.length === 0 ? {} : { ports }),
    ...(volumes.length === 0 ? {} : { volumes }),
    // Thousandths of a core, and bytes.
    ...(typeof cpu === 'number' && cpu > 0 ? { cpus: cpu / 1000 } : {}),
    ...(typeof memory === 'number' && memory > 0 ? { mem_limit: memory } : {}),
  };
}
