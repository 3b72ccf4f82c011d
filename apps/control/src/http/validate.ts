import { type Issue, refuse } from '@berth/contract/errors';
import type { RouteSpec } from '@berth/contract/route-spec';
import type * as z from 'zod';

export interface RawInput {
  readonly params: unknown;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

export interface ValidInput {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/**
 * Parses all parts of a request by the schemas of its route; refuses with every issue at once. Places: body
 * `/set/NAME` (JSON pointer), query `?limit`, path `{app}`.
 */
export function parseInput(spec: RouteSpec, raw: RawInput): ValidInput {
  const issues: PlacedIssue[] = [];
  const part = (schema: z.ZodType | undefined, value: unknown, place: Placer): unknown => {
    if (schema === undefined) return undefined;
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    issues.push(...result.error.issues.flatMap((issue) => placedIssues(issue, place)));
    return undefined;
  };
  const params = part(spec.params, raw.params, (path) => `{${path.join('/')}}`);
  const query = part(spec.query, raw.query, (path) => `?${path.join('/')}`);
  if (spec.scope !== 'public') issues.push(...unknownQueryKeys(spec, raw.query));
  const body =
    spec.body === undefined || spec.body === 'binary' ? raw.body : part(spec.body, raw.body, pointer);
  if (issues.length > 0) throw refusalOf(issues);
  return { params, query, body };
}

type Placer = (path: readonly PropertyKey[]) => string;
interface PlacedIssue extends Issue {
  readonly isName: boolean;
}

/** RFC 6901. The whole document is `/`, as an empty string tells a person nothing. */
const pointer: Placer = (path) =>
  path.length === 0
    ? '/'
    : path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

function placedIssues(issue: z.core.$ZodIssue, place: Placer): PlacedIssue[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      at: place([...issue.path, key]),
      message: 'is not known here',
      isName: false,
    }));
  }
  const params = issue.code === 'custom' ? issue.params : undefined;
  return [
    {
      at: place(issue.path),
      message: issue.message,
      isName: params?.refusal === 'invalid_name',
      ...(typeof params?.suggestion === 'string' ? { suggestion: params.suggestion } : {}),
    },
  ];
}

function unknownQueryKeys(spec: RouteSpec, query: Readonly<Record<string, unknown>>): PlacedIssue[] {
  const known = Object.keys(spec.query?.shape ?? {});
  return Object.keys(query)
    .filter((key) => !known.includes(key))
    .map((key) => ({
      at: `?${key}`,
      message:
        known.length === 0
          ? 'is not known: this takes no parameters'
          : `is not known; known: ${known.join(', ')}`,
      isName: false,
    }));
}

function refusalOf(issues: readonly PlacedIssue[]): Error {
  const plain = issues.slice(0, 50).map(({ isName: _, ...issue }) => issue);
  const detail = plain
    .slice(0, 3)
    .map((issue) => `${issue.at} ${issue.message}`)
    .join('; ');
  const rest = issues.length > 3 ? `; and ${issues.length - 3} more` : '';
  return refuse(issues.every((issue) => issue.isName) ? 'invalid_name' : 'invalid', `${detail}${rest}`, {
    issues: plain,
  });
}
