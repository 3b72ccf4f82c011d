import { hashService } from './hash.ts';
import type { Fault, Issue } from './issue.ts';
import { type LoadRequest, loadCompose, loadUninterpolated } from './load.ts';
import type { Struct } from './model-types.ts';
import { printValue } from './model-types.ts';
import type { TypedProject } from './project.ts';
import { renderConfig, renderJson, renderYaml } from './render.ts';
import { combineUses, findVariableUses, type VariableUse } from './variables.ts';

export const configLists = ['services', 'volumes', 'images', 'profiles'] as const;
export type ConfigList = (typeof configLists)[number];

/** What `docker compose config` can be asked to print of a project. */
export type ConfigView =
  | { readonly kind: 'project'; readonly format: 'yaml' | 'json' }
  | { readonly kind: 'uninterpolated'; readonly format: 'yaml' | 'json' }
  /** Names, one a line; of services and volumes of the whole project, whichever services are asked for. */
  | { readonly kind: 'list'; readonly list: ConfigList; readonly joinsNamesAsBefore?: boolean }
  /** Of these services; undefined: of all. */
  | { readonly kind: 'hash'; readonly names: readonly string[] | undefined }
  | { readonly kind: 'variables' };

export type ConfigText =
  | { readonly kind: 'ok'; readonly text: string; readonly warnings: readonly string[] }
  /** A service that was asked for, and is not there or off. */
  | { readonly kind: 'unknown-service'; readonly name: string; readonly known: readonly string[] }
  | { readonly kind: 'invalid'; readonly issues: readonly Issue[] };

/** The text `docker compose config` prints, without a newline at the end of JSON, as there. */
export function viewConfig(request: LoadRequest, view: ConfigView): ConfigText {
  if (view.kind === 'uninterpolated' || view.kind === 'variables') {
    const loaded = loadUninterpolated(request);
    if (loaded.kind === 'invalid') return loaded;
    const { content, warnings } = loaded;
    if (view.kind === 'variables')
      return { kind: 'ok', text: variableTable(combineUses(findVariableUses(content))), warnings };
    const printed = printValue(content);
    return { kind: 'ok', text: view.format === 'json' ? renderJson(printed) : renderYaml(printed), warnings };
  }
  const loaded = loadCompose(requestFor(request, view));
  if (loaded.kind === 'invalid') return loaded;
  const { project, environment, warnings } = loaded;
  if (view.kind === 'project') return { kind: 'ok', text: renderConfig(project, view.format), warnings };
  const known = [...project.services.keys()].sort();
  if (view.kind === 'list') {
    // Only a project that was not checked has such a one.
    const missing = view.list === 'services' ? missingDependency(project) : undefined;
    if (missing !== undefined) return { kind: 'unknown-service', name: missing, known };
    return {
      kind: 'ok',
      text: asLines(namesIn(project, view.list, separatorOf(view, environment))),
      warnings,
    };
  }
  const wanted = [...(view.names ?? known)].sort();
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown !== undefined) return { kind: 'unknown-service', name: unknown, known };
  const platform = environment.get('DOCKER_DEFAULT_PLATFORM') || undefined;
  const other = platform === undefined ? undefined : findOtherPlatform(project, platform);
  if (other !== undefined) return { kind: 'invalid', issues: [loaded.toIssue(other)] };
  return {
    kind: 'ok',
    text: asLines(wanted.map((name) => `${name} ${hashService(project, name, platform)}`)),
    warnings,
  };
}

/** As Compose 2 joins names of images it makes up; its first version did by `_`. */
function separatorOf(view: ConfigView, environment: ReadonlyMap<string, string>): '-' | '_' {
  const joinsAsBefore =
    (view.kind === 'list' && view.joinsNamesAsBefore === true) ||
    /^(y|1|t|true)$/i.test(environment.get('COMPOSE_COMPATIBILITY')?.trim() ?? '');
  return joinsAsBefore ? '_' : '-';
}

/** A service that is built, but not for the platform that is asked for where none is said. */
function findOtherPlatform({ services }: TypedProject, platform: string): Fault | undefined {
  for (const [name, { fields }] of services) {
    const platforms = (fields.build as Struct | undefined)?.fields.platforms as string[] | undefined;
    if (fields.platform || platforms === undefined || platforms.length === 0) continue;
    if (!platforms.includes(platform))
      return {
        path: ['services', name, 'build', 'platforms'],
        message: `must have ${platform}, which DOCKER_DEFAULT_PLATFORM names`,
      };
  }
  return undefined;
}

/** Only a project that is printed itself needs its env files, and few views are of some services alone. */
function requestFor(request: LoadRequest, view: ConfigView): LoadRequest {
  if (view.kind === 'project') return request;
  const isOfAll = view.kind === 'hash' || (view.kind === 'list' && wholeLists.includes(view.list));
  const { services, ...whole } = request;
  return { ...whole, ...(isOfAll || services === undefined ? {} : { services }), resolvesEnvFiles: false };
}

const wholeLists: readonly ConfigList[] = ['services', 'volumes'];

const asLines = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

function namesIn(project: TypedProject, list: ConfigList, separator: string): string[] {
  switch (list) {
    case 'services':
      return inStartOrder(project);
    case 'volumes':
      return [...project.volumes.keys()].sort();
    case 'images':
      return [...project.services]
        .map(([name, { fields }]) => String(fields.image || `${project.name}${separator}${name}`))
        .sort();
    case 'profiles': {
      const all: Struct[] = [...project.services.values(), ...project.disabled.values()];
      return [...new Set(all.flatMap(({ fields }) => fields.profiles as string[]))].sort();
    }
  }
}

const dependenciesOf = ({ fields }: Struct): [name: string, isRequired: boolean][] =>
  [...(fields.depends_on as ReadonlyMap<string, Struct>)]
    .map(([name, dependency]): [string, boolean] => [name, dependency.fields.required === true])
    .sort();

const missingDependency = ({ services }: TypedProject): string | undefined =>
  [...services.values()]
    .flatMap(dependenciesOf)
    .find(([name, isRequired]) => isRequired && !services.has(name))?.[0];

/** What others depend on comes first. */
function inStartOrder({ services }: TypedProject): string[] {
  const order = new Set<string>();
  const add = (name: string) => {
    const service = services.get(name);
    if (order.has(name) || service === undefined) return;
    for (const [other] of dependenciesOf(service)) add(other);
    order.add(name);
  };
  for (const name of [...services.keys()].sort()) add(name);
  return [...order];
}

const titles = ['NAME', 'REQUIRED', 'DEFAULT VALUE', 'ALTERNATE VALUE'];
const cellMin = 20;
const cellGap = 3;

/** A table as Go's `tabwriter` sets it, as Compose uses it. */
export function variableTable(uses: readonly VariableUse[]): string {
  const rows = [
    titles,
    ...uses.map(({ name, required, standard, alternative }) => [
      name,
      String(required),
      standard,
      alternative,
    ]),
  ];
  const length = (text: string) => Array.from(text).length;
  const widths = titles.map((_title, column) =>
    Math.max(cellMin, ...rows.map((row) => length(row[column] ?? '') + cellGap)),
  );
  const isLast = (column: number) => column === titles.length - 1;
  return asLines(
    rows.map((row) =>
      row
        .map((cell, column) =>
          isLast(column) ? cell : cell + ' '.repeat((widths[column] ?? 0) - length(cell)),
        )
        .join(''),
    ),
  );
}
