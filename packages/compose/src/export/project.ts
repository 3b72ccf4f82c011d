import { fileFor } from '@berth/domain/file';
import {
  type AppNetwork,
  type AppVolume,
  type Hooks,
  type Release,
  releaseDefaults,
} from '@berth/domain/release';
import type { FileGrant, ServiceSpec } from '@berth/domain/service';
import { volumesMounted } from '@berth/domain/volume';
import { exportService, profilePath } from './service.ts';
import { literal, spanOf, valuesOf, without } from './values.ts';

/** A release as a Compose project: what runs it anywhere else, and what has to be given beside it. */
export interface ExportedProject {
  /** Of `compose.yaml`. */
  readonly project: Readonly<Record<string, unknown>>;
  /** Of `.env`: what the project asks for. */
  readonly values: Readonly<Record<string, string>>;
  /** Configs and secrets, by the path the project has them at. */
  readonly files: readonly {
    readonly path: string;
    readonly kind: 'config' | 'secret';
    readonly base64: string;
  }[];
}

/** The Compose project of a release. Loaded and translated again it gives the same services. Pure. */
export function exportProject(release: Release): ExportedProject {
  const { environment, values } = valuesOf(release);
  const objects = new Map<string, { kind: FileGrant['kind']; key: string; base64: string }>();
  const keyIn = (service: string) => (grant: Pick<FileGrant, 'kind' | 'source'>) => {
    const file = fileFor(release.files, service, { kind: grant.kind, name: grant.source });
    const own = file?.service === undefined ? '' : `-${service}`;
    const key = `${grant.source.replace(/[^A-Za-z0-9_.-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '')}${own}`;
    if (file !== undefined)
      objects.set(`${grant.kind}/${key}`, { kind: grant.kind, key, base64: file.base64 });
    return key;
  };
  const services = Object.fromEntries(
    release.services.map((service) => {
      const { name } = service.spec;
      const keyOf = keyIn(name);
      return [
        name,
        exportService(service, {
          environment: environment.get(name) ?? {},
          keyOf,
          extension: extensionOf(service.spec, (secret) => keyOf({ kind: 'secret', source: secret })),
        }),
      ];
    }),
  );
  const used = (kind: FileGrant['kind']) =>
    Object.fromEntries(
      [...objects.values()]
        .filter((object) => object.kind === kind)
        .map(({ key }) => [key, { file: `./files/${kind}s/${key}` }]),
    );
  const project = without({
    name: release.app,
    services,
    networks: Object.fromEntries(
      release.networks.flatMap((network) => {
        const options = networkOf(network);
        const isImplied = network.name === 'default' && Object.keys(options).length === 0;
        return network.name.startsWith('none.') || isImplied ? [] : [[network.name, options]];
      }),
    ),
    volumes: {
      ...Object.fromEntries(
        release.services.flatMap(({ spec }) => volumesMounted(spec).map((name) => [name, {}])),
      ),
      ...Object.fromEntries(release.volumes.map((volume) => [volume.name, volumeOf(volume)])),
    },
    configs: used('config'),
    secrets: used('secret'),
    'x-berth': appExtensionOf(release),
  });
  return {
    project: literal(project) as Record<string, unknown>,
    values,
    files: [
      ...[...objects.values()].map(({ kind, key, base64 }) => ({
        path: `files/${kind}s/${key}`,
        kind,
        base64,
      })),
      ...profilesOf(release),
    ],
  };
}

/** Seccomp profiles, of services that have their own. */
const profilesOf = ({ services }: Release): ExportedProject['files'] =>
  services.flatMap(({ spec: { name, seccomp } }) =>
    seccomp?.kind === 'custom'
      ? [
          {
            path: profilePath(name),
            kind: 'config' as const,
            base64: Buffer.from(seccomp.profile).toString('base64'),
          },
        ]
      : [],
  );

const networkOf = (network: AppNetwork): Record<string, unknown> =>
  network.shared !== undefined
    ? { external: true, name: network.shared }
    : without({
        internal: network.internal,
        labels: network.labels,
        driver_opts: without({
          encrypted: network.encrypted ? 'true' : undefined,
          'com.docker.network.driver.mtu': network.mtu === undefined ? undefined : String(network.mtu),
        }),
        ipam:
          network.subnet === undefined
            ? undefined
            : {
                config: [
                  without({ subnet: network.subnet, gateway: network.gateway, ip_range: network.ipRange }),
                ],
              },
      });

const volumeOf = (volume: AppVolume): Record<string, unknown> =>
  without({
    name: volume.shared,
    external: volume.external,
    labels: volume.labels,
    'x-berth': without({ size: volume.sizeBytes, overcommit: volume.overcommit }),
  });

function extensionOf(spec: ServiceSpec, keyOf: (secret: string) => string): Record<string, unknown> {
  const { schedule, probe } = spec;
  return without({
    port: spec.port,
    allow_from: spec.allowFrom,
    probe:
      probe.kind === 'none'
        ? 'none'
        : {
            [probe.kind]: without(
              Object.fromEntries(Object.entries(probe).filter(([key]) => key !== 'kind')),
            ),
          },
    logs: spec.logFiles,
    secret_variables: Object.fromEntries(
      Object.entries(spec.secretVariables).map(([variable, secret]) => [variable, keyOf(secret)]),
    ),
    schedule:
      schedule === undefined
        ? undefined
        : without({
            cron: schedule.cron,
            timezone: schedule.timeZone,
            concurrency: schedule.concurrency,
            missed: schedule.missed,
            timeout: spanOf(schedule.timeoutMs),
            history: schedule.historyMax,
            alert: schedule.alertUrl,
          }),
  });
}

function appExtensionOf(release: Release): Record<string, unknown> {
  const time = (ms: number, standard: number) => (ms === standard ? undefined : spanOf(ms));
  return without({
    routes: release.routes.map(({ service, host, path, stripPrefix }) =>
      without({ service, host, path, stripPrefix }),
    ),
    redirects: release.redirects,
    hooks: hooksOf(release.hooks),
    links: release.links,
    expose: release.exposes.map(({ service, ports, udpPorts = [], to }) =>
      without({ service, ports: [...ports, ...udpPorts.map((port) => `${port}/udp`)], to }),
    ),
    externals: release.externals,
    strategy: without({
      drain: time(release.drainMs, releaseDefaults.drainMs),
      warm: time(release.warmMs, releaseDefaults.warmMs),
      deadline: time(release.deadlineMs, releaseDefaults.deadlineMs),
      probation: time(release.probationMs ?? releaseDefaults.probationMs, releaseDefaults.probationMs),
    }),
  });
}

const hooksOf = (hooks: Hooks): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(hooks).map(([kind, { service, command }]) => [kind, { service, command }]),
  );
