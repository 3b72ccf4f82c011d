import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refuse } from '@berth/contract/errors';
import { type AppService, type AppSpec, appDefaults, releaseDefaults } from '@berth/domain/release';
import { safeDefaults } from '@berth/domain/service';
import { directoryTree } from '@berth/source/directory-tree';
import { inferAppSpec } from '@berth/source/infer';
import { type Recognised, recognise } from '@berth/source/recognise';
import { renderDockerfile } from '@berth/source/render';
import type { SpecSupply } from '../deployments/ports.ts';
import type { Deployment } from '../deployments/store.ts';
import { type FileResolver, resolveFiles, sourcesOf } from '../files/resolve.ts';
import { requireStrongSecrets } from './guard.ts';
import { loadManifest } from './manifest.ts';
import type { SourceStore } from './store.ts';

export interface SpecSupplyDependencies {
  readonly sources: SourceStore;
  readonly variables: { valuesFor(app: string): Promise<Readonly<Record<string, string>>> };
  readonly storedFiles: FileResolver;
}

type Supplied = NonNullable<Awaited<ReturnType<SpecSupply['specOf']>>>;
type Manifest = Omit<Supplied, 'variables' | 'files'>;
type WithVariables = Omit<Supplied, 'files'>;

/** Specifications from uploads and images, with the app's variables filled in. */
export function createSpecSupply(deps: SpecSupplyDependencies): SpecSupply {
  async function manifestOf(
    deployment: Deployment,
    variables: Readonly<Record<string, string>>,
  ): Promise<Manifest | undefined> {
    const { from } = deployment;
    if (from.kind === 'image') return ofImage(deployment.app, from);
    if (from.kind !== 'source') throw new Error(`a ${deployment.kind} of a kept release has no source`);
    if ((await deps.sources.find(from.id)) === undefined) return undefined;
    return ofSource(deps.sources.dirOf(from.id), deployment, from.manifests, variables);
  }
  return {
    variablesOf: (app) => deps.variables.valuesFor(app),
    async filesOf(app, files) {
      const variables = await deps.variables.valuesFor(app);
      return resolveFiles({ app, sources: sourcesOf(files), variables, stored: deps.storedFiles });
    },
    async specOf(deployment) {
      const { app } = deployment;
      const variables = await deps.variables.valuesFor(app);
      const manifest = await manifestOf(deployment, variables);
      if (manifest === undefined) return undefined;
      const supplied = withVariables(manifest, variables);
      const sources = supplied.spec.files;
      const files = await resolveFiles({ app, sources, variables, stored: deps.storedFiles });
      const warnings = requireStrongSecrets({ app, spec: supplied.spec, variables, files });
      return { ...supplied, warnings: [...supplied.warnings, ...warnings], files };
    },
  };
}

async function ofSource(
  dir: string,
  deployment: Deployment,
  manifests: readonly string[] | undefined,
  variables: Readonly<Record<string, string>>,
): Promise<Manifest> {
  const tree = await directoryTree(dir);
  const recognised = await recognise(tree);
  if (manifests !== undefined || recognised.kind === 'compose') {
    const files =
      manifests ??
      (recognised.kind === 'compose'
        ? composeFiles(
            recognised.file,
            tree.files.map((file) => file.path),
          )
        : []);
    const loaded = await loadManifest({ dir, files, app: deployment.app, variables });
    const dockerfiles: Record<string, string> = {};
    for (const service of loaded.spec.services) {
      const text = await dockerfileOf(dir, service);
      if (text !== undefined) dockerfiles[service.spec.name] = text;
    }
    return { spec: loaded.spec, warnings: loaded.warnings, dockerfiles, portFromImage: [] };
  }
  const spec = inferAppSpec({ app: deployment.app, tree, recognised });
  const text = await dockerfileText(dir, recognised);
  return {
    spec,
    warnings: recognised.warnings,
    dockerfiles:
      text === undefined ? {} : Object.fromEntries(spec.services.map((service) => [service.spec.name, text])),
    portFromImage: [],
  };
}

/** `compose.override.yaml` beside it is merged, as Compose does when no file is named. */
function composeFiles(file: string, paths: readonly string[]): string[] {
  const override = file.replace(/\.(ya?ml)$/, '.override.$1');
  return paths.includes(override) ? [file, override] : [file];
}

async function dockerfileText(dir: string, recognised: Recognised): Promise<string | undefined> {
  switch (recognised.kind) {
    case 'dockerfile':
      return readFile(join(dir, recognised.file), 'utf8');
    case 'node':
    case 'static':
    case 'procfile':
      return renderDockerfile(recognised);
    default:
      return undefined;
  }
}

/** The text a service of a Compose file is built by; a context without a Dockerfile is recognised like an app. */
async function dockerfileOf(dir: string, service: AppService): Promise<string | undefined> {
  if (service.image.kind !== 'build') return undefined;
  if (service.image.dockerfileText !== undefined) return service.image.dockerfileText;
  const context = join(dir, service.image.context);
  if (service.image.dockerfile !== undefined)
    return readFile(join(context, service.image.dockerfile), 'utf8');
  const tree = await directoryTree(context);
  // The Compose file that asks for this build is not what is to be built.
  const files = tree.files.filter((file) => !/^(docker-)?compose(\..*)?\.ya?ml$/.test(file.path));
  const recognised = await recognise({ ...tree, files });
  const text = await dockerfileText(context, recognised);
  if (text === undefined) {
    throw refuse(
      'source_unrecognised',
      `The build context "${service.image.context}" of ${service.spec.name} has no Dockerfile, and no kind of app was recognised in it.`,
    );
  }
  return text;
}

function ofImage(app: string, from: { reference: string; port?: number | undefined }): Manifest {
  const spec: AppSpec = {
    app,
    services: [
      {
        spec: {
          ...safeDefaults,
          name: 'web',
          ...(from.port === undefined ? {} : { port: from.port, environment: { PORT: String(from.port) } }),
        },
        image: { kind: 'image', reference: from.reference },
      },
    ],
    routes: [{ service: 'web', path: '/', stripPrefix: false }],
    redirects: [],
    hooks: {},
    ...appDefaults,
    ...releaseDefaults,
  };
  return { spec, warnings: [], dockerfiles: {}, portFromImage: from.port === undefined ? ['web'] : [] };
}

/** A PORT that was set is where an app that was told its port listens. */
function withVariables(supplied: Manifest, variables: Readonly<Record<string, string>>): WithVariables {
  const port = Number(variables['PORT']);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return { ...supplied, variables };
  return {
    ...supplied,
    variables,
    spec: {
      ...supplied.spec,
      services: supplied.spec.services.map(({ spec, image }) => ({
        image,
        spec:
          spec.port !== undefined && spec.environment['PORT'] === String(spec.port)
            ? { ...spec, port }
            : spec,
      })),
    },
  };
}
