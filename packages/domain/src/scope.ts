import { appNameLengthMax, findNameFault, serviceNameLengthMax } from './name.ts';

/**
 * What a variable, a secret or a config file is said for. The nearer to a service, the stronger: what the
 * service is told wins over what its app is told, that over the environment, that over the project.
 */
export type Scope =
  | { readonly kind: 'project'; readonly project: string }
  | { readonly kind: 'environment'; readonly project: string; readonly environment: string }
  | { readonly kind: 'app'; readonly app: string }
  | { readonly kind: 'service'; readonly app: string; readonly service: string };

/** Where an app stands. `family` is its name without the environment. */
export interface AppPlace {
  readonly app: string;
  readonly family: string;
  readonly environment: string;
  readonly project: string;
}

export const projectNameLengthMax = 30;
export const environmentNameLengthMax = 20;
export const defaultProject = 'default';
/** The environment whose apps have no suffix: what `berth deploy` without `-e` is about. */
export const defaultEnvironment = 'production';

/** Weakest first. */
const scopesOfApp = (place: AppPlace): readonly Scope[] => [
  { kind: 'project', project: place.project },
  { kind: 'environment', project: place.project, environment: place.environment },
  { kind: 'app', app: place.app },
];

/** The scopes that say something to an app, or to one of its services: weakest first, each wins over those before it. */
export function scopesOf(place: AppPlace, service?: string): readonly Scope[] {
  const scopes = scopesOfApp(place);
  return service === undefined ? scopes : [...scopes, { kind: 'service', app: place.app, service }];
}

/** Does what is said at `scope` reach the app? A scope of one of its services does. */
export function reaches(scope: Scope, place: AppPlace): boolean {
  switch (scope.kind) {
    case 'project':
      return scope.project === place.project;
    case 'environment':
      return scope.project === place.project && scope.environment === place.environment;
    case 'app':
    case 'service':
      return scope.app === place.app;
  }
}

/** `project:shop`, `environment:shop/staging`, `app:web`, `service:web/worker`: how a scope is stored and shown. */
export function printScope(scope: Scope): string {
  switch (scope.kind) {
    case 'project':
      return `project:${scope.project}`;
    case 'environment':
      return `environment:${scope.project}/${scope.environment}`;
    case 'app':
      return `app:${scope.app}`;
    case 'service':
      return `service:${scope.app}/${scope.service}`;
  }
}

/** For people. */
export function describeScope(scope: Scope): string {
  switch (scope.kind) {
    case 'project':
      return `project ${scope.project}`;
    case 'environment':
      return `${scope.environment} of project ${scope.project}`;
    case 'app':
      return scope.app;
    case 'service':
      return `${scope.service} of ${scope.app}`;
  }
}

/** Undefined for what no scope prints as. */
export function parseScope(text: string): Scope | undefined {
  const match = /^(project|environment|app|service):([^/]*)(?:\/([^/]*))?$/.exec(text);
  if (match === null) return undefined;
  const [, kind, first = '', second] = match;
  if (kind === 'project' && second === undefined && isName(first, projectNameLengthMax))
    return { kind, project: first };
  if (kind === 'app' && second === undefined && isName(first, appNameLengthMax)) return { kind, app: first };
  if (second === undefined) return undefined;
  if (
    kind === 'environment' &&
    isName(first, projectNameLengthMax) &&
    isName(second, environmentNameLengthMax)
  )
    return { kind, project: first, environment: second };
  if (kind === 'service' && isName(first, appNameLengthMax) && isName(second, serviceNameLengthMax))
    return { kind, app: first, service: second };
  return undefined;
}

const isName = (text: string, max: number): boolean => findNameFault(text, max) === undefined;

/** The app's own name: of the family `shop`, `shop` in production and `shop-staging` in staging. */
export function appNameIn(family: string, environment: string): string {
  return environment === defaultEnvironment ? family : `${family}-${environment}`;
}
