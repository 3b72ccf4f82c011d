import { AppError, refuse } from '@berth/contract/errors';
import type { ExplainedService, VariableOrigin } from '@berth/contract/variables';
import { fileFor } from '@berth/domain/file';
import { type ReleaseFile, type ReleaseService, type Variables, variablesOf } from '@berth/domain/release';
import { printScope, scopesOf } from '@berth/domain/scope';
import { looksSecret } from '@berth/domain/secret-name';
import { isAbsent } from '@berth/engine/engine';
import type * as z from 'zod';
import { type App, placeOf } from '../apps/store.ts';
import type { Deployment } from '../deployments/deployment.ts';
import type { SpecSupply, VariablePlace } from '../deployments/ports.ts';
import { requireScope } from '../http/authenticate.ts';
import type { Handlers } from '../http/handler.ts';
import type { Nodes } from '../nodes/ports.ts';
import type { ReleaseStore } from '../releases/store.ts';
import { secretVariables } from '../swarm/process-spec.ts';
import { reaching, secretSources } from './secret-sources.ts';
import type { EnvStore } from './store.ts';

export interface ExplainDependencies {
  readonly env: Pick<EnvStore, 'valuesAt'>;
  readonly apps: { get(name: string): Promise<App> };
  readonly releases: Pick<ReleaseStore, 'open' | 'find'>;
  readonly deployments: { get(id: string): Promise<Deployment | undefined> };
  readonly specs: Pick<SpecSupply, 'placesOf'>;
  readonly nodes: Pick<Nodes, 'manager'>;
}

type Origin = Pick<z.input<typeof VariableOrigin>, 'kind' | 'at' | 'scope'>;
type Explained = z.input<typeof ExplainedService>;

/** What one origin says of the variables of a service. */
export interface Layer {
  readonly origins: (name: string) => Origin;
  readonly values: Variables;
}

export function explainHandlers(deps: ExplainDependencies): Pick<Handlers, 'explainEnv'> {
  /** Undefined: the engine does not have the image. */
  async function variablesOfImage(image: string, signal: AbortSignal): Promise<Variables | undefined> {
    try {
      const { engine } = await deps.nodes.manager({ signal });
      const { Config } = await engine.inspectImage(image, { signal });
      return Object.fromEntries((Config.Env ?? []).map(splitLine));
    } catch (error) {
      // Explaining is possible without: the rest is known, and the answer says that this is not.
      if (isAbsent(error) || error instanceof AppError) return undefined;
      throw error;
    }
  }

  async function placesOf(
    app: string,
    release: number,
  ): Promise<(service: string, name: string) => VariablePlace> {
    const writer = (await deps.releases.find(app, release))?.deployment;
    const deployment = writer === undefined ? undefined : await deps.deployments.get(writer);
    if (deployment === undefined) return () => ({ kind: 'file' });
    return deps.specs.placesOf(deployment);
  }

  return {
    explainEnv: async ({ params, query, actor, signal }) => {
      if (query.reveal) requireScope(actor, 'admin');
      const app = await deps.apps.get(params.app);
      if (app.liveRelease === undefined) throw refuse('never_deployed', `${app.name} has no release yet.`);
      const release = await deps.releases.open(app.name, app.liveRelease);
      const wanted = release.services.filter(
        ({ spec }) => query.service === undefined || spec.name === query.service,
      );
      if (wanted.length === 0)
        throw refuse(
          'not_found',
          `${app.name} has no service "${query.service}"; it has ${release.services.map(({ spec }) => spec.name).join(', ')}.`,
        );
      const placeIn = await placesOf(app.name, release.number);
      const items: Explained[] = [];
      for (const service of wanted) {
        const { name } = service.spec;
        const image = await variablesOfImage(service.image, signal);
        const said: Layer[] = [];
        for (const scope of scopesOf(placeOf(app), name))
          said.push({
            origins: () => ({ kind: 'scope', at: printScope(scope) }),
            // The content of a secret of the manifest is a file, unless it is asked for as a variable, too.
            values:
              scope.kind === 'service'
                ? await deps.env.valuesAt(scope)
                : reaching(await deps.env.valuesAt(scope), secretSources(release.files), service.spec),
          });
        const released: Layer = { origins: () => ({ kind: 'scope' }), values: variablesOf(release, name) };
        const around = (between: readonly Layer[]) =>
          layersOf(service, { image: image ?? {}, files: release.files, placeIn, between });
        items.push({
          service: name,
          imageKnown: image !== undefined,
          variables: explain(around(said), around([released]), { reveal: query.reveal }).filter(
            (variable) => query.name === undefined || variable.name === query.name,
          ),
        });
      }
      return { release: release.number, items };
    },
  };
}

/** Weakest first. */
function layersOf(
  { spec }: ReleaseService,
  facts: {
    image: Variables;
    files: readonly ReleaseFile[];
    placeIn: (service: string, name: string) => VariablePlace;
    between: readonly Layer[];
  },
): Layer[] {
  return [
    { origins: () => ({ kind: 'image' }), values: facts.image },
    {
      origins: (name) => {
        const place = facts.placeIn(spec.name, name);
        return place.kind === 'file' && place.at !== undefined
          ? { kind: 'file', at: place.at }
          : { kind: place.kind };
      },
      values: spec.environment,
    },
    ...facts.between,
    {
      origins: (name) => {
        const secret = spec.secretVariables[name] ?? '';
        const from = fileFor(facts.files, spec.name, { kind: 'secret', name: secret })?.from;
        return { kind: 'secret', at: secret, ...(from?.kind === 'stored' ? { scope: from.scope } : {}) };
      },
      values: secretVariables(spec, facts.files),
    },
  ];
}

/**
 * Every variable with the strongest layer that says something of it, and those it wins over. What the live
 * release has otherwise is pending. Pure.
 */
export function explain(
  layers: readonly Layer[],
  live: readonly Layer[],
  options: { reveal: boolean },
): Explained['variables'] {
  const names = [...new Set([...layers, ...live].flatMap(({ values }) => Object.keys(values)))].sort();
  return names.map((name): Explained['variables'][number] => {
    const found = layers.filter(({ values }) => name in values).reverse();
    const [first] = found;
    const lives = live.findLast(({ values }) => name in values)?.values[name] ?? null;
    // Gone from its scope: only the live release has it still.
    if (first === undefined)
      return { name, state: 'absent', origin: { kind: 'scope' }, overrides: [], pending: true };
    const value = first.values[name] ?? null;
    return {
      name,
      state: value === null ? 'absent' : 'set',
      origin: originOf(first, name, options),
      overrides: found.slice(1).map((layer) => originOf(layer, name, options)),
      pending: value !== lives,
    };
  });
}

/** The password in a URL: `postgres://user:password@host`. */
const urlPassword = /:\/\/[^\s/:@]*:[^\s/@]+@/;

function originOf(
  layer: Layer,
  name: string,
  { reveal }: { reveal: boolean },
): z.input<typeof VariableOrigin> {
  const origin = layer.origins(name);
  const value = layer.values[name] ?? null;
  if (value === null) return { ...origin, absent: true };
  // A manifest may interpolate secrets. An image has none of them, unless it brings its own.
  const isPublic =
    origin.kind === 'platform' || (origin.kind === 'image' && !looksSecret(name) && !urlPassword.test(value));
  return { ...origin, ...(reveal || isPublic ? { value } : {}) };
}

function splitLine(line: string): [string, string] {
  const at = line.indexOf('=');
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
}
