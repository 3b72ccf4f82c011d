import { refuse } from '@berth/contract/errors';
import { parseScope, type Scope } from '@berth/domain/scope';
import type { App } from '../apps/store.ts';

/** Where the apps and services are looked up that a scope names. */
export interface ScopeTargets {
  readonly apps: {
    /** Refuses with `app_not_found`. */
    get(name: string): Promise<App>;
  };
  /** Services of the live release; undefined when nothing is live. */
  servicesOf(app: App): Promise<readonly string[] | undefined>;
}

/** The contract has checked the form. */
export function scopeOf(text: string): Scope {
  const scope = parseScope(text);
  if (scope === undefined) throw new Error(`"${text}" is no scope`);
  return scope;
}

/** What a scope says exists only where its app does; an app's service has to be there once it was deployed. */
export async function requireTarget(deps: ScopeTargets, scope: Scope): Promise<void> {
  if (scope.kind === 'project' || scope.kind === 'environment') return;
  const app = await deps.apps.get(scope.app);
  if (scope.kind === 'app') return;
  const services = await deps.servicesOf(app);
  if (services === undefined || services.includes(scope.service)) return;
  throw refuse('not_found', `${app.name} has no service "${scope.service}"; it has ${services.join(', ')}.`);
}
