import { refuse } from '@berth/contract/errors';
import { type AppSpec, type ReleaseFile, variablesOf } from '@berth/domain/release';
import { guardSecrets } from '@berth/domain/weak-secret';
import type { EffectiveVariables } from '../env/store.ts';

/** Refuses missing and weak passwords with `weak_secret` or `missing_variable`; gives what is only worth a warning. */
export function requireStrongSecrets(input: {
  app: string;
  spec: AppSpec;
  variables: EffectiveVariables;
  files: readonly ReleaseFile[];
}): readonly string[] {
  const { app, spec, variables } = input;
  const { faults, warnings } = guardSecrets({
    app,
    services: spec.services.map(({ spec: service, image }) => ({
      name: service.name,
      image: image.kind === 'image' ? image.reference : undefined,
      environment: service.environment,
      variables: variablesOf(variables, service.name),
      secretVariables: service.secretVariables,
    })),
    secrets: input.files
      .filter(({ kind }) => kind === 'secret')
      .map(({ name, service, base64, from }) => ({
        name,
        ...(service === undefined ? {} : { service }),
        text: Buffer.from(base64, 'base64').toString('utf8'),
        ...(from.kind === 'stored' ? { stored: from.name } : {}),
      })),
    allowed: spec.allowWeak ?? [],
  });
  if (faults.length === 0) return warnings;
  const isWeak = faults.some(({ kind }) => kind === 'weak');
  throw refuse(
    isWeak ? 'weak_secret' : 'missing_variable',
    `${app} is not deployed: ${faults.map(({ message }) => message).join('; ')}.`,
    { issues: faults.map(({ at, message, suggestion }) => ({ at, message, suggestion })) },
  );
}
