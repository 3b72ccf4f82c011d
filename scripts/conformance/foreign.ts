import { readdirSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import type { Case, Flags } from './case.ts';

const variants: readonly (readonly [string, Flags])[] = [
  ['', {}],
  ['every profile', { profiles: ['*'] }],
  ['paths as written', { noPathResolution: true }],
];

/** Every YAML file below a directory, each as a project of its own, loaded in every way that matters. */
export function foreignCases(root: string): Case[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .flatMap((file) =>
      variants.map(([words, flags]) => ({
        name: `${relative(root, file)}${words === '' ? '' : `, ${words}`}`,
        directory: dirname(file),
        flags: { ...flags, files: [basename(file)] },
      })),
    );
}
