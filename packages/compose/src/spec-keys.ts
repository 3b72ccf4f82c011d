import composeSchema from '../data/compose-spec.json' with { type: 'json' };

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

/**
 * Every key of the Compose Specification, as its official schema has them: `services.build.args`. Names people
 * choose (of services, of networks a service joins) and items of lists are left out of the path.
 */
export function keysOfSpecification(): readonly string[] {
  const root = composeSchema as unknown as Schema & {
    readonly definitions: Readonly<Record<string, Schema>>;
  };
  const keys = new Set<string>();
  const walk = (schema: Schema, path: string, open: readonly string[]): void => {
    if (schema.$ref !== undefined) {
      const name = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
      const target = root.definitions[name];
      if (target !== undefined && !open.includes(name)) walk(target, path, [...open, name]);
      return;
    }
    for (const part of [...(schema.oneOf ?? []), ...(schema.anyOf ?? []), ...(schema.allOf ?? [])])
      walk(part, path, open);
    for (const [key, value] of Object.entries(schema.properties ?? {})) {
      const full = path === '' ? key : `${path}.${key}`;
      keys.add(full);
      walk(value, full, open);
    }
    for (const [pattern, value] of Object.entries(schema.patternProperties ?? {}))
      if (!pattern.startsWith('^x-')) walk(value, path, open);
    if (typeof schema.additionalProperties === 'object') walk(schema.additionalProperties, path, open);
    if (schema.items !== undefined) walk(schema.items, path, open);
  };
  walk(root, '', []);
  return [...keys].sort();
}
