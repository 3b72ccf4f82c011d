import * as z from 'zod';
import { errorTable } from './errors.ts';
import type { RouteSpec } from './route-spec.ts';
import { routes } from './routes.ts';

type Json = Record<string, unknown>;

/** The API as OpenAPI 3.1, from the route table: `docs/openapi.json`, and what control serves. Deterministic. */
export function renderOpenapi(): Json {
  const components = new Components();
  const paths: Record<string, Json> = {};
  for (const [id, spec] of Object.entries<RouteSpec>(routes)) {
    const path = paths[spec.path] ?? {};
    path[spec.method.toLowerCase()] = operationOf(id, spec, components);
    paths[spec.path] = path;
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Berth',
      version: 'v1',
      description:
        'Lists come in pages: give `next` back as `cursor`. Mutations take an `Idempotency-Key`, kept for 24 hours. Refusals are problem+json (RFC 9457) with a `code` from docs/errors.md.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'A token `berth_<id>_<secret>` with a scope: read < deploy < admin.',
        },
      },
      responses: {
        Problem: {
          description: 'A refusal',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
      schemas: { ...components.schemas, Problem: problemSchema() },
    },
  };
}

/** Schemas with an `id` become components, once each. */
class Components {
  readonly schemas: Record<string, Json> = {};

  of(schema: z.ZodType, io: 'input' | 'output'): Json {
    const {
      $schema: _,
      $defs,
      ...rest
    } = z.toJSONSchema(schema, {
      io,
      target: 'draft-2020-12',
      unrepresentable: 'any',
      reused: 'inline',
    }) as Json & { $defs?: Record<string, Json> };
    for (const [name, definition] of Object.entries($defs ?? {})) this.#put(name, definition);
    const own = typeof rest.id === 'string' ? rest.id : undefined;
    if (own === undefined) return pointed(rest);
    this.#put(own, rest);
    return { $ref: `#/components/schemas/${own}` };
  }

  #put(name: string, definition: Json): void {
    const { id: _, $id: __, ...own } = definition;
    const schema = pointed(own);
    const before = this.schemas[name];
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(schema))
      throw new Error(`two different schemas have the id ${name}`);
    this.schemas[name] = schema;
  }
}

/** References inside one JSON Schema document become references to components. */
function pointed(schema: Json): Json {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')) as Json;
}

function operationOf(id: string, spec: RouteSpec, components: Components): Json {
  return {
    operationId: id,
    summary: spec.summary,
    tags: [tagOf(spec.path)],
    'x-scope': spec.scope,
    ...(spec.scope === 'public' ? { security: [] } : {}),
    ...listOf('parameters', [
      ...parametersOf('path', spec.params, components),
      ...parametersOf('query', spec.query, components),
      ...headerParametersOf(spec),
    ]),
    ...requestBodyOf(spec, components),
    responses: {
      [spec.status]: successOf(spec, components),
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

const tagOf = (path: string): string => /^\/v1\/(\w+)/.exec(path)?.[1] ?? 'platform';
const listOf = (name: string, items: readonly unknown[]): Json =>
  items.length === 0 ? {} : { [name]: items };

function parametersOf(
  where: 'path' | 'query',
  schema: z.ZodObject | undefined,
  components: Components,
): Json[] {
  return Object.entries(schema?.shape ?? {}).map(([name, field]) => {
    const type = field as z.ZodType;
    const isRequired = where === 'path' || !type.safeParse(undefined).success;
    const description = type.description;
    return {
      name,
      in: where,
      required: isRequired,
      ...(description === undefined ? {} : { description }),
      schema: components.of(type, 'input'),
    };
  });
}

function headerParametersOf(spec: RouteSpec): Json[] {
  const header = (name: string, description: string): Json => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string', maxLength: 200 },
  });
  if (spec.stream === 'sse') return [header('Last-Event-ID', 'Go on after this event.')];
  if (spec.method === 'GET' || spec.body === 'binary' || spec.scope === 'public') return [];
  return [header('Idempotency-Key', 'The same key and request give the same answer for 24 hours.')];
}

function requestBodyOf(spec: RouteSpec, components: Components): Json {
  if (spec.body === undefined) return {};
  const content =
    spec.body === 'binary'
      ? { 'application/gzip': { schema: { type: 'string', format: 'binary' } } }
      : { 'application/json': { schema: components.of(spec.body, 'input') } };
  const isRequired = spec.body === 'binary' || !spec.body.safeParse({}).success;
  return { requestBody: { required: isRequired, content } };
}

function successOf(spec: RouteSpec, components: Components): Json {
  if (spec.stream === 'websocket')
    return { description: 'Switched to a WebSocket; frames are described in packages/contract/src/exec.ts' };
  if (spec.stream === 'sse' && spec.event !== undefined)
    return {
      description: 'Server-sent events; `data` of each is as in the schema',
      content: { 'text/event-stream': { schema: components.of(spec.event, 'output') } },
    };
  if (spec.response === undefined) return { description: 'Done' };
  return {
    description: 'Done',
    content: { 'application/json': { schema: components.of(spec.response, 'output') } },
  };
}

function problemSchema(): Json {
  const text = { type: 'string' };
  return {
    type: 'object',
    required: [
      'type',
      'title',
      'status',
      'detail',
      'code',
      'hint',
      'retryable',
      'requestId',
      'issues',
      'evidence',
    ],
    properties: {
      type: { type: 'string', format: 'uri' },
      title: text,
      status: { type: 'integer' },
      detail: text,
      code: { type: 'string', enum: Object.keys(errorTable) },
      hint: text,
      retryable: { type: 'boolean' },
      requestId: text,
      issues: {
        type: 'array',
        items: {
          type: 'object',
          required: ['at', 'message'],
          properties: { at: text, message: text, suggestion: text },
        },
      },
      evidence: { type: 'array', items: text },
    },
  };
}
