import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { manifestNames } from '@berth/compose/load';
import { type Case, type Flags, readCase } from './case.ts';

const variants: readonly (readonly [string, Flags])[] = [
  ['', {}],
  ['every profile', { profiles: ['*'] }],
  ['paths as written', { noPathResolution: true }],
  ['another name', { projectName: 'another', profiles: ['*'] }],
];
const isYaml = (name: string) => /\.ya?ml$/.test(name);
/** `.env.example`, `sample.env`, `.env.production`: variables to try a manifest with. */
const isEnvFile = (name: string) => /^\.?env\.|\.env(\.|$)/.test(name) && name !== '.env' && !isYaml(name);

/**
 * The projects below a directory. One with a `case.json` is what that says. Elsewhere every YAML file is a
 * project of its own, loaded in every way that matters: alone, under each manifest that its name extends
 * (`compose.prod.yaml` over `compose.yaml`), with each env file beside it, and as it is found by itself.
 */
export function foreignCases(root: string): Case[] {
  const directories = new Set(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && isYaml(entry.name))
      .map((entry) => entry.parentPath),
  );
  return [...directories].sort().flatMap((directory) => casesOf(root, directory));
}

function casesOf(root: string, directory: string): Case[] {
  const where = relative(root, directory);
  if (existsSync(join(directory, 'case.json'))) return [readCase(dirname(directory), basename(directory))];
  const names = readdirSync(directory).sort();
  const files = names.filter(isYaml);
  const envFiles = names.filter(isEnvFile);
  const cases: Case[] = [];
  const add = (words: readonly string[], flags: Flags) =>
    cases.push({ name: [join(where, words[0]!), ...words.slice(1)].join(', '), directory, flags });
  for (const file of files) {
    for (const [words, flags] of variants)
      add(words === '' ? [file] : [file, words], { ...flags, files: [file] });
    const stem = file.replace(/ya?ml$/, '');
    for (const over of files.filter((other) => other !== file && other.startsWith(stem))) {
      add([file, `under ${over}`], { files: [file, over], profiles: ['*'] });
    }
    for (const env of envFiles)
      add([file, `with ${env}`], { files: [file], envFiles: [env], profiles: ['*'] });
  }
  if (files.some((file) => manifestNames.includes(file))) add(['.', 'as found'], {});
  return cases;
}
