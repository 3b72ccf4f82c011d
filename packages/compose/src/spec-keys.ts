import composeSchema from '../data/compose-spec.json' with { type: 'json' };

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
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
export const keysOfSpecification = (): readonly string[] => [...formsOfSpecification().keys()].sort();

/** The keys, each with the forms its value may have, in words. */
export function formsOfSpecification(): ReadonlyMap<string, ReadonlySet<string>> {
  const root = composeSchema as unknown as Schema & {
    readonly definitions: Readonly<Record<string, Schema>>;
  };
  const keys = new Map<string, Set<string>>();
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
      const forms = keys.get(full) ?? new Set();
      keys.set(full, forms);
      for (const form of formsOf(value, root.definitions)) forms.add(form);
      walk(value, full, open);
    }
    for (const [pattern, value] of Object.entries(schema.patternProperties ?? {}))
      if (!pattern.startsWith('^x-')) walk(value, path, open);
    if (typeof schema.additionalProperties === 'object') walk(schema.additionalProperties, path, open);
    if (schema.items !== undefined) walk(schema.items, path, open);
  };
  walk(root, '', []);
  return keys;
}

const words: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'number',
  integer: 'number',
  boolean: 'true or false',
  object: 'mapping',
};

function formsOf(schema: Schema, definitions: Readonly<Record<string, Schema>>, depth = 0): string[] {
  const again = (part: Schema) => (depth > 4 ? [] : formsOf(part, definitions, depth + 1));
  if (schema.$ref !== undefined) {
    const target = definitions[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)];
    return target === undefined ? [] : again(target);
  }
  if (schema.enum !== undefined) return [`one of: ${schema.enum.join(', ')}`];
  const parts = [...(schema.oneOf ?? []), ...(schema.anyOf ?? []), ...(schema.allOf ?? [])];
  if (parts.length > 0) return parts.flatMap(again);
  return [schema.type ?? []].flat().flatMap((type) => {
    if (type !== 'array') return words[type] ?? [];
    const items = [...new Set(schema.items === undefined ? [] : again(schema.items))];
    return `list of ${items.length === 0 ? 'values' : items.join(' or ')}`;
  });
}
