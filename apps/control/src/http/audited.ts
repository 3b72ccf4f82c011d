import type { ErrorCode } from '@berth/contract/errors';
import type { RouteSpec } from '@berth/contract/route-spec';
import { parseScope } from '@berth/domain/scope';
import { redact } from './redact.ts';
import type { RawInput } from './validate.ts';

/** Refusals that are kept whatever was asked. */
const keptRefusals: readonly ErrorCode[] = ['unauthenticated', 'token_expired', 'forbidden', 'policy_denied'];

/** Whether a call belongs in the audit log: what changes something, opens a session, shows a secret, or is refused. Pure. */
export function isAudited(spec: RouteSpec, query: unknown, refusal: ErrorCode | undefined): boolean {
  if (spec.method !== 'GET' || spec.stream === 'websocket') return true;
  if (typeof query === 'object' && query !== null && 'reveal' in query && isTrue(query.reveal)) return true;
  return refusal !== undefined && keptRefusals.includes(refusal);
}

const isTrue = (value: unknown): boolean => value === true || value === 'true' || value === '1';

/** What a call is about, from its path, or from its body for what is being made. Pure. */
export function auditObject(
  spec: RouteSpec,
  input: Pick<RawInput, 'params' | 'body' | 'query'>,
): {
  readonly object: string;
  readonly app: string | undefined;
} {
  const params = asRecord(input.params);
  const body = asRecord(input.body);
  const kind = spec.path.split('/')[2] ?? '';
  const singular = kind.endsWith('s') ? kind.slice(0, -1) : kind;
  if (kind === 'apps') {
    const app = textOf(params.app) ?? textOf(body.name);
    const rest = Object.entries(params)
      .filter(([name]) => name !== 'app')
      .map(([name, value]) => `/${name}/${String(value)}`)
      .join('');
    return { object: app === undefined ? 'app' : `app/${app}${rest}`, app };
  }
  const scope = textOf(asRecord(input.query).scope);
  const place = parseScope(scope ?? '');
  const app = place !== undefined && 'app' in place ? place.app : undefined;
  const id = textOf(params.id) ?? textOf(params.name) ?? textOf(body.name) ?? textOf(body.permission);
  const object = id === undefined ? singular || 'platform' : `${singular}/${id}`;
  // Of variables, secrets and config files: which of the same name.
  return { object: scope === undefined ? object : `${object} in ${scope}`, app };
}

/** Everything the caller gave but the path, without secrets. Pure. */
export function auditParameters(input: Pick<RawInput, 'query' | 'body'>): Record<string, unknown> {
  const query = asRecord(redact(input.query));
  const body = redact(input.body);
  return {
    ...(Object.keys(query).length === 0 ? {} : { query }),
    ...(Object.keys(asRecord(body)).length === 0 ? {} : { body }),
  };
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
