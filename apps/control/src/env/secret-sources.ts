import type { Variables } from '@berth/domain/release';
import type { ServiceSpec } from '@berth/domain/service';
import type { EffectiveVariables } from './store.ts';

/** Of a manifest or a release: where the content of its configs and secrets comes from. */
type Sources = readonly {
  readonly kind: 'config' | 'secret';
  readonly from: { readonly kind: string; readonly variable?: string };
}[];

/** Variables that are the content of a secret (`secrets: {token: {environment: TOKEN}}`). */
export const secretSources = (files: Sources): ReadonlySet<string> =>
  new Set(files.flatMap(({ kind, from }) => (kind === 'secret' ? (from.variable ?? []) : [])));

/** What of the variables said for many reaches a service: not the content of a secret, unless its manifest asks. */
export const reaching = (
  values: Variables,
  secrets: ReadonlySet<string>,
  { environment }: Pick<ServiceSpec, 'environment'>,
): Variables =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !secrets.has(name) || name in environment));

/**
 * A variable that is the content of a secret reaches tasks as that file. As a variable, which the engine shows to
 * whoever may inspect a container, only services have it whose manifest names it, or for which it is said alone.
 */
export function withoutSecretSources(
  effective: EffectiveVariables,
  services: readonly Pick<ServiceSpec, 'name' | 'environment'>[],
  files: Sources,
): EffectiveVariables {
  const secrets = secretSources(files);
  const held = Object.entries(effective.variables).filter(([name]) => secrets.has(name));
  if (held.length === 0) return effective;
  const asking = services.flatMap((spec) => {
    const asked = held.filter(([name]) => name in spec.environment);
    return asked.length === 0
      ? []
      : [[spec.name, { ...Object.fromEntries(asked), ...effective.serviceVariables[spec.name] }] as const];
  });
  return {
    ...effective,
    variables: Object.fromEntries(Object.entries(effective.variables).filter(([name]) => !secrets.has(name))),
    serviceVariables: { ...effective.serviceVariables, ...Object.fromEntries(asking) },
  };
}
