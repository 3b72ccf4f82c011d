import { asList, type Fields, type Imported, ImportFault, isFields, namedVolumes } from './imported.ts';

/** A `docker-compose` file of version 1: services at the top, no `services`. */
export function importComposeV1(value: unknown): Imported {
  if (!isFields(value)) throw new ImportFault('the top of the file must be a mapping of services');
  const notes: string[] = [];
  const services: Record<string, Fields> = {};
  for (const [name, given] of Object.entries(value)) {
    if (!isFields(given)) throw new ImportFault(`${name} must be a mapping`);
    services[name] = v1Service(name, given, Object.keys(value), notes);
  }
  if (Object.keys(services).length === 0) throw new ImportFault('there are no services in the file');
  notes.push(
    'containers of version 1 shared one network: services now meet in the network of the project, by name',
  );
  return { manifest: { services, volumes: namedVolumes(services) }, notes };
}

/** A service as version 1 wrote it, with the keys it has now. */
export function v1Service(name: string, given: Fields, all: readonly string[], notes: string[]): Fields {
  const {
    dockerfile,
    net,
    log_driver: driver,
    log_opt: options,
    volume_driver: volumeDriver,
    volumes_from: from,
    build,
    ...service
  } = given;
  if (build !== undefined) {
    service.build = dockerfile === undefined ? build : { context: build, dockerfile };
  }
  if (driver !== undefined || options !== undefined) {
    service.logging = {
      ...(driver === undefined ? {} : { driver }),
      ...(options === undefined ? {} : { options }),
    };
  }
  if (typeof net === 'string' && net !== 'bridge') {
    const target = /^container:(.*)$/.exec(net)?.[1];
    service.network_mode = target !== undefined && all.includes(target) ? `service:${target}` : net;
  }
  if (volumeDriver !== undefined) {
    notes.push(
      `${name}: volume_driver ${String(volumeDriver)} belongs to the volume now: top-level \`volumes\`, \`driver\``,
    );
  }
  if (from !== undefined) {
    // Version 1 named containers and services alike.
    service.volumes_from = asList(from).map((each) => {
      const [source, mode] = String(each).split(':');
      const target = all.includes(source!) ? source! : `container:${source}`;
      return mode === undefined ? target : `${target}:${mode}`;
    });
  }
  const outside = asList(service.links).filter((link) => !all.includes(String(link).split(':')[0]!));
  if (outside.length > 0) {
    service.external_links = [...asList(service.external_links), ...outside];
    service.links = asList(service.links).filter((link) => !outside.includes(link));
    if (asList(service.links).length === 0) delete service.links;
    notes.push(`${name}: links to what is not in the file became external_links: ${outside.join(', ')}`);
  }
  return service;
}
