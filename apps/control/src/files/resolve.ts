import { type ErrorCode, type Issue, refuse } from '@berth/contract/errors';
import { findSizeFault } from '@berth/domain/file';
import type { FileSource, ReleaseFile } from '@berth/domain/release';

/** A stored config or secret as an app gets it: the nearest scope's. */
export interface StoredContent {
  readonly base64: string;
  readonly scope: string;
  readonly version: number;
}

export interface FileResolver {
  find(app: string, kind: FileSource['kind'], name: string): Promise<StoredContent | undefined>;
}

/**
 * Content of what a manifest names. Refuses with every one that is missing or does not fit, by name and never
 * by value: `missing_variable`, `missing_secret` or `invalid`.
 */
export async function resolveFiles(input: {
  app: string;
  sources: readonly FileSource[];
  variables: Readonly<Record<string, string | null>>;
  stored: FileResolver;
}): Promise<ReleaseFile[]> {
  const { app, variables } = input;
  const files: ReleaseFile[] = [];
  const issues: (Issue & { code: ErrorCode })[] = [];
  for (const { kind, name, source } of input.sources) {
    const at = `${kind}s.${name}`;
    const missing = (code: ErrorCode, message: string, suggestion: string) =>
      issues.push({ code, at, message, suggestion });
    if (source.kind === 'content') {
      files.push({ kind, name, base64: source.base64, from: { kind: 'content' } });
    } else if (source.kind === 'variable') {
      const value = variables[source.variable] ?? undefined;
      if (value === undefined) {
        missing(
          'missing_variable',
          `${kind} \`${name}\` is the variable ${source.variable}, which is not set`,
          `\`berth env set ${source.variable}=- -a ${app}\`, or \`berth env generate ${source.variable} -a ${app}\` for a random one`,
        );
        continue;
      }
      const fault = findSizeFault(kind, name, Buffer.byteLength(value));
      if (fault !== undefined) missing('invalid', fault.message, fault.suggestion);
      const from = { kind: 'variable', variable: source.variable } as const;
      files.push({ kind, name, base64: Buffer.from(value).toString('base64'), from });
    } else {
      const found = await input.stored.find(app, kind, source.name);
      if (found === undefined) {
        missing(
          'missing_secret',
          `${kind} \`${name}\` is external, and Berth keeps no ${kind} \`${source.name}\` for ${app}`,
          kind === 'secret'
            ? `\`berth secret set ${source.name} -a ${app}\`, or \`berth secret generate ${source.name} -a ${app}\` for a random one`
            : `\`berth config-file set ${source.name} -a ${app} --file PATH\``,
        );
        continue;
      }
      const from = { kind: 'stored', name: source.name, scope: found.scope, version: found.version } as const;
      files.push({ kind, name, base64: found.base64, from });
    }
  }
  const [first] = issues;
  if (first === undefined) return files;
  throw refuse(first.code, `${app} cannot be given its ${issues.map(({ at }) => at).join(', ')}.`, {
    issues: issues.map(({ code: _code, ...issue }) => issue),
  });
}

/** What is asked again of a release that is kept without its manifest. */
export const sourcesOf = (files: readonly ReleaseFile[]): FileSource[] =>
  files.map(({ kind, name, base64, from }) => ({
    kind,
    name,
    source: from.kind === 'content' ? { kind: 'content', base64 } : from,
  }));
