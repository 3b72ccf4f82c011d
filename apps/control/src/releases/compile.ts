import type { AppSpec, Release, ReleaseFile, ReleaseService } from '@berth/domain/release';
import { volumesMounted } from '@berth/domain/volume';
import type { ReleaseContent, ReleaseSummary } from './store.ts';

/** Where an app is asked to listen when neither it nor its image names a port. */
const defaultPort = 8080;

export interface ImageFacts {
  readonly image: string;
  readonly imageLabel: string;
  readonly port?: number;
}

/** A specification with its images becomes the content of a release. Pure. */
export function compileRelease(input: {
  spec: AppSpec;
  images: Readonly<Record<string, ImageFacts>>;
  portFromImage: readonly string[];
  variables: Release['variables'];
  serviceVariables: Release['serviceVariables'];
  files: readonly ReleaseFile[];
}): ReleaseContent {
  const { spec } = input;
  const services: ReleaseService[] = spec.services.map(({ spec: service }) => {
    const image = input.images[service.name];
    if (image === undefined) throw new Error(`service ${service.name} has no image`);
    const fallback = input.portFromImage.includes(service.name) ? (image.port ?? defaultPort) : undefined;
    const port = service.port ?? fallback;
    return {
      spec: { ...service, ...(port === undefined ? {} : { port }) },
      image: image.image,
      imageLabel: image.imageLabel,
    };
  });
  return {
    services,
    variables: input.variables,
    serviceVariables: input.serviceVariables,
    routes: spec.routes,
    redirects: spec.redirects,
    hooks: spec.hooks,
    networks: spec.networks,
    links: spec.links,
    exposes: spec.exposes,
    externals: spec.externals,
    volumes: spec.volumes,
    files: input.files,
    deadlineMs: spec.deadlineMs,
    drainMs: spec.drainMs,
    warmMs: spec.warmMs,
    ...(spec.startMs === undefined ? {} : { startMs: spec.startMs }),
    ...(spec.probationMs === undefined ? {} : { probationMs: spec.probationMs }),
  };
}

/** What of a release may be read without opening it. */
export function summarise(
  content: ReleaseContent,
  more: { changes: readonly string[]; warnings: readonly string[] },
): ReleaseSummary {
  return {
    services: content.services.map(({ spec, image, imageLabel }) => ({
      name: spec.name,
      image,
      imageLabel,
      replicas: spec.replicas,
      memoryBytesMax: spec.resources.memoryBytesMax,
      ...(spec.port === undefined ? {} : { port: spec.port }),
      volumes: volumesMounted(spec).map((source) => {
        const shared = content.volumes.find(({ name }) => name === source)?.shared;
        const mounts = spec.mounts.filter((mount) => mount.kind === 'volume' && mount.source === source);
        return {
          name: source,
          ...(shared === undefined ? {} : { shared }),
          readOnly: mounts.every((mount) => mount.kind === 'volume' && mount.readOnly),
        };
      }),
    })),
    routes: content.routes,
    redirects: content.redirects,
    ...more,
  };
}
