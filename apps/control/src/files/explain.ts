import { refuse } from '@berth/contract/errors';
import type { FileExplained } from '@berth/contract/stored-files';
import { fileFor, fileNamesOf } from '@berth/domain/file';
import type { ReleaseFile } from '@berth/domain/release';
import type { ServiceSpec } from '@berth/domain/service';
import type * as z from 'zod';
import type { App } from '../apps/store.ts';
import type { EnvStore } from '../env/store.ts';
import type { Handlers } from '../http/handler.ts';
import type { ReleaseStore } from '../releases/store.ts';
import type { ScopesSeen } from './scopes.ts';
import type { FileStore } from './store.ts';

export interface FileExplainDependencies {
  readonly files: Pick<FileStore, 'current'>;
  readonly scopes: ScopesSeen;
  readonly env: Pick<EnvStore, 'forApp'>;
  readonly apps: { get(name: string): Promise<App> };
  readonly releases: Pick<ReleaseStore, 'open'>;
}

type Explained = z.input<typeof FileExplained>;

/** Where the live release has each config and secret from, and whether the next one has it from elsewhere. */
export function fileExplainHandlers(deps: FileExplainDependencies): Pick<Handlers, 'explainFiles'> {
  /** Nearest first. */
  async function storedFor(app: string, service: string, { kind, from }: ReleaseFile) {
    if (from.kind !== 'stored') return [];
    const found = [];
    for (const scope of await deps.scopes(app, service)) {
      const content = await deps.files.current({ kind, scope, name: from.name });
      if (content !== undefined) found.push(content);
    }
    return found;
  }

  return {
    explainFiles: async ({ params, query }) => {
      const app = await deps.apps.get(params.app);
      if (app.liveRelease === undefined) throw refuse('never_deployed', `${app.name} has no release yet.`);
      const release = await deps.releases.open(app.name, app.liveRelease);
      const specs = release.services.map(({ spec }) => spec);
      if (query.service !== undefined && !specs.some(({ name }) => name === query.service))
        throw refuse(
          'not_found',
          `${app.name} has no service "${query.service}"; it has ${specs.map(({ name }) => name).join(', ')}.`,
        );
      const { variables } = await deps.env.forApp(app.name);
      const items: Explained[] = [];
      for (const spec of specs.filter(({ name }) => query.service === undefined || name === query.service))
        for (const wanted of fileNamesOf(spec)) {
          const file = fileFor(release.files, spec.name, wanted);
          if (file === undefined) continue;
          const stored = await storedFor(app.name, spec.name, file);
          const scope = file.from.kind === 'stored' ? file.from.scope : undefined;
          items.push({
            service: spec.name,
            ...wanted,
            ...placesOf(spec, wanted),
            origin: file.from,
            overrides: stored.filter((one) => one.scope !== scope).map((one) => one.scope),
            pending: isOther(file, stored[0], variables),
          });
        }
      return { release: release.number, items };
    },
  };
}

const placesOf = (spec: ServiceSpec, { kind, name }: Pick<ReleaseFile, 'kind' | 'name'>) => ({
  targets: spec.files
    .filter((grant) => grant.kind === kind && grant.source === name)
    .map(({ target }) => target),
  variables: Object.entries(spec.secretVariables)
    .filter(([, secret]) => kind === 'secret' && secret === name)
    .map(([variable]) => variable),
});

function isOther(
  { from, base64 }: ReleaseFile,
  now: { scope: string; version: number } | undefined,
  variables: Readonly<Record<string, string | null>>,
): boolean {
  switch (from.kind) {
    case 'content':
      return false;
    case 'variable':
      return Buffer.from(variables[from.variable] ?? '').toString('base64') !== base64;
    case 'stored':
      return now?.scope !== from.scope || now.version !== from.version;
  }
}
