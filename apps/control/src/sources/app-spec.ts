import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { manifestsOf } from '@berth/compose/overlay';
import { refuse } from '@berth/contract/errors';
import {
  type AppService,
  type AppSpec,
  appDefaults,
  releaseDefaults,
  variablesOf,
} from '@berth/domain/release';
import { safeDefaults } from '@berth/domain/service';
import { directoryTree } from '@berth/source/directory-tree';
import { inferAppSpec } from '@berth/source/infer';
import { type Recognised, recognise } from '@berth/source/recognise';
import { renderDockerfile } from '@berth/source/render';
import { type Deployment, type Origin, originOf } from '../deployments/deployment.ts';
import type { SpecSupply } from '../deployments/ports.ts';
import { withoutSecretSources } from '../env/secret-sources.ts';
import type { EffectiveVariables, EnvStore } from '../env/store.ts';
import { type FileResolver, resolveFiles, sourcesOf } from '../files/resolve.ts';
import { requireStrongSecrets } from './guard.ts';
import type { SourceStore } from './store.ts';

export interface SpecSupplyDependencies {
  readonly sources: SourceStore;
  readonly variables: Pick<EnvStore, 'forApp' | 'placeOf'>;
  readonly storedFiles: FileResolver;
}

type Supplied = NonNullable<Awaited<ReturnType<SpecSupply['specOf']>>>;
type Manifest = Omit<Supplied, keyof EffectiveVariables | 'files'> & {
  /** Of one that has Compose files. */
  readonly placeOf?: (service: string, name: string) => string | undefined;
};
type WithVariables = Omit<Supplied, 'files'>;

/** Specifications from uploads and images, with the app's variables filled in. */
export function createSpecSupply(deps: SpecSupplyDependencies): SpecSupply {
  async function manifestOf(
    deployment: Pick<Deployment, 'app' | 'kind' | 'from'>,
    variables: Readonly<Record<string, string>>,
  ): Promise<Manifest | undefined> {
    const origin = originOf(deployment.from);
    if (origin === undefined) return undefined;
    const { app } = deployment;
    if (origin.kind === 'image') return ofImage(app, origin);
    if ((await deps.sources.find(origin.id)) === undefined) return undefined;
    const { environment } = await deps.variables.placeOf(app);
    return ofSource({ dir: deps.sources.dirOf(origin.id), app, environment, origin, variables });
  }
  return {
    variablesOf: (app) => deps.variables.forApp(app),
    async filesOf(app, { files, services }) {
      const variables = settable(await deps.variables.forApp(app));
      return resolveFiles({
        app,
        sources: sourcesOf(files),
        services: services.map(({ spec }) => spec),
        variables,
        stored: deps.storedFiles,
      });
    },
    async placesOf(deployment) {
      const effective = await deps.variables.forApp(deployment.app);
      const manifest = await manifestOf(deployment, settable(effective));
      if (manifest === undefined) return () => ({ kind: 'file' });
      const { placeOf } = manifest;
      // What has no manifest is told its port by Berth, and nothing else.
      return placeOf === undefined
        ? () => ({ kind: 'platform' })
        : (service, name) => ({ kind: 'file', at: placeOf(service, name) });
    },
    async specOf(deployment) {
      const { app } = deployment;
      const effective = await deps.variables.forApp(app);
      const variables = settable(effective);
      const manifest = await manifestOf(deployment, variables);
      if (manifest === undefined) return undefined;
      const { placeOf: _placeOf, ...plain } = manifest;
      const supplied = withVariables(plain, effective);
      const files = await resolveFiles({
        app,
        sources: supplied.spec.files,
        services: supplied.spec.services.map(({ spec }) => spec),
        variables,
        stored: deps.storedFiles,
      });
      const warnings = requireStrongSecrets({ app, spec: supplied.spec, variables: effective, files });
      return { ...supplied, warnings: [...supplied.warnings, ...warnings], files };
    },
  };
}

async function ofSource(input: {
  dir: string;
  app: string;
  environment: string;
  origin: Extract<Origin, { kind: 'source' }>;
  variables: Readonly<Record<string, string>>;
}): Promise<Manifest> {
  const { dir, app, environment, origin, variables } = input;
  const tree = await directoryTree(dir);
  const recognised = await recognise(tree);
  const paths = tree.files.map((file) => file.path);
  const files = manifestsOf({
    ...(origin.manifests === undefined ? {} : { named: origin.manifests }),
    isForeign: origin.isForeign === true,
    found: recognised.kind === 'compose' ? recognised.file : undefined,
    environment,
    paths,
  });
  if (files !== undefined) {
    // Parser and schema validator are loaded by the first Compose file: an idle control does without.
    const { loadManifest } = await import('./manifest.ts');
    const loaded = loadManifest({ dir, files, app, variables });
    const dockerfiles: Record<string, string> = {};
    const texts = new Map<string, Promise<string | undefined>>();
    for (const service of loaded.spec.services) {
      // Services of one context are many: each context is looked at once.
      const key = JSON.stringify(service.image);
      const read = texts.get(key) ?? dockerfileOf(dir, service);
      texts.set(key, read);
      const text = await read;
      if (text !== undefined) dockerfiles[service.spec.name] = text;
    }
    return { ...loaded, dockerfiles, portFromImage: [] };
  }
  const spec = inferAppSpec({ app, tree, recognised });
  const text = await dockerfileText(dir, recognised);
  return {
    spec,
    warnings: recognised.warnings,
    asks: [],
    dockerfiles:
      text === undefined ? {} : Object.fromEntries(spec.services.map((service) => [service.spec.name, text])),
    portFromImage: [],
  };
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
  return {
    spec,
    warnings: [],
    asks: [],
    dockerfiles: {},
    portFromImage: from.port === undefined ? ['web'] : [],
  };
}

/** A PORT that was set is where an app that was told its port listens. */
function withVariables(supplied: Manifest, all: EffectiveVariables): WithVariables {
  const effective = withoutSecretSources(
    all,
    supplied.spec.services.map(({ spec }) => spec),
    supplied.spec.files.map(({ kind, source }) => ({ kind, from: source })),
  );
  const services = supplied.spec.services.map(({ spec, image }) => {
    const port = Number(variablesOf(effective, spec.name).PORT ?? Number.NaN);
    const isTold = spec.port !== undefined && spec.environment.PORT === String(spec.port);
    const isPort = Number.isInteger(port) && port >= 1 && port <= 65_535;
    return { image, spec: isTold && isPort ? { ...spec, port } : spec };
  });
  return { ...supplied, ...effective, spec: { ...supplied.spec, services } };
}

/** Those with a value: what a manifest may interpolate. Services have theirs for themselves. */
const settable = ({ variables }: EffectiveVariables): Record<string, string> =>
  Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== null),
  );
