import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The repository as the rules see it: text and manifests, no disk. */
export interface Tree {
  readonly files: readonly SourceFile[];
  readonly packages: readonly Package[];
}

export interface SourceFile {
  /** From the root, with slashes: `apps/control/src/main.ts`. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** `import type`: leaves nothing at run time. */
  readonly isTypeOnly: boolean;
  /** `import('x')`: done when it is reached, not when the file is loaded. */
  readonly isLazy: boolean;
}

export interface Package {
  /** `packages/domain`, or `''` for the root. */
  readonly folder: string;
  readonly name: string;
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
}

export interface Violation {
  readonly at: string;
  readonly message: string;
}

const sources = ['apps/*/src/**/*.ts', 'packages/*/src/**/*.ts', 'e2e/src/**/*.ts', 'scripts/**/*.ts'];

export function readTree(root: string): Tree {
  const paths = globSync(sources, { cwd: root, exclude: isOutside });
  const manifests = globSync(
    ['package.json', 'apps/*/package.json', 'packages/*/package.json', 'e2e/package.json'],
    {
      cwd: root,
    },
  );
  return {
    files: paths.sort().map((path) => parseFile(path, readFileSync(join(root, path), 'utf8'))),
    packages: manifests
      .sort()
      .map((path) => parsePackage(dirname(path), JSON.parse(readFileSync(join(root, path), 'utf8')))),
  };
}

const isOutside = (path: string): boolean => /(^|\/)(node_modules|fixtures|generated)(\/|$)/.test(path);

export function parseFile(path: string, text: string): SourceFile {
  return { path, text, imports: findImports(text) };
}

export function parsePackage(folder: string, manifest: unknown): Package {
  const { name, dependencies, devDependencies } = manifest as Record<string, unknown>;
  return {
    folder: folder === '.' ? '' : folder,
    name: String(name),
    dependencies: Object.keys((dependencies ?? {}) as object),
    devDependencies: Object.keys((devDependencies ?? {}) as object),
  };
}

/** `import … from 'x'`, `export … from 'x'`, `import 'x'`, `import('x')`; a statement begins its line. */
const statement =
  /^[ \t]*(?:(import|export)(\s+type)?\s+(?:[^'"`;]*?\sfrom\s+)?|[^\n'"`]*?\bimport\()['"]([^'"\n]+)['"]/gm;

export function findImports(text: string): Import[] {
  const bare = text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '));
  return [...bare.matchAll(statement)].map((match) => ({
    specifier: match[3]!,
    line: bare.slice(0, match.index).split('\n').length,
    isTypeOnly: match[2] !== undefined,
    isLazy: match[1] === undefined,
  }));
}

export const isTest = (path: string): boolean =>
  /(\.test\.ts$|\/fixtures\/)/.test(path) || path.startsWith('e2e/') || path.startsWith('packages/testkit/');

/** `packages/domain` of `packages/domain/src/edge.ts`. */
export function folderOf(path: string): string {
  if (path.startsWith('scripts/')) return '';
  const parts = path.split('/');
  return parts[0] === 'e2e' ? 'e2e' : parts.slice(0, 2).join('/');
}

/** `zod` of `zod/v4`, `@berth/domain` of `@berth/domain/edge`; undefined for relative and `node:` ones. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('/') || specifier.startsWith('node:'))
    return undefined;
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0];
}
