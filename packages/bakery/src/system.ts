import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { type ContextEntry, listEntries } from './context.ts';
import { isMissing } from './missing.ts';

/** What runs in containers, by the directory each has in the image. */
const programs = {
  control: 'apps/control/src/main.ts',
  agent: 'apps/agent/src/main.ts',
  forwarder: 'apps/agent/src/forwarder/main.ts',
} as const;
const systemApps = ['apps/control', 'apps/agent'];
const rootFiles = ['package.json', 'package-lock.json'];
const home = 'opt/berth';

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** One hash over every file the programs may be made of; cheap enough for each `up`. */
export async function readSystemInputs(repositoryDir: string): Promise<string> {
  const hash = createHash('sha256');
  for (const path of rootFiles) hash.update(`${path}\n`).update(await readFile(join(repositoryDir, path)));
  for (const entry of await listSources(repositoryDir)) {
    hash.update(`${entry.path}\n`);
    if ('file' in entry) hash.update(await readFile(entry.file));
  }
  return hash.digest('hex');
}

/**
 * Each program with all it imports in a few files, as readable as they were written. The same for the same
 * sources, wherever the checkout is.
 */
export async function bundleSystem(repositoryDir: string): Promise<ContextEntry[]> {
  const entries: ContextEntry[] = [{ path: `${home}/package.json`, text: '{ "type": "module" }\n' }];
  for (const [name, main] of Object.entries(programs)) {
    const bundle = await rolldown({
      cwd: repositoryDir,
      input: { main: join(repositoryDir, main) },
      platform: 'node',
      onLog: (level, { message }) => {
        if (level === 'warn') throw new Error(`the program ${name} could not be put together: ${message}`);
      },
    });
    try {
      const { output } = await bundle.generate({ format: 'esm', entryFileNames: '[name].js' });
      for (const file of output) {
        if (file.type !== 'chunk') throw new Error(`the program ${name} has a file ${file.fileName}`);
        entries.push({ path: `${home}/${name}/${file.fileName}`, text: escapeWide(file.code) });
      }
    } finally {
      await bundle.close();
    }
  }
  return entries;
}

/** V8 keeps a source with one character beyond Latin-1 at two bytes for each: as escapes they cost nothing. */
const escapeWide = (code: string): string =>
  code.replace(/[^\0-\xff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

async function listSources(repositoryDir: string): Promise<ContextEntry[]> {
  const entries: ContextEntry[] = [];
  for (const workspace of await listUsedWorkspaces(repositoryDir)) {
    const skip = (path: string): boolean =>
      path === 'node_modules' || path.endsWith('.test.ts') || /(^|\/)(fixtures|cases)$/.test(path);
    entries.push(...(await listEntries(join(repositoryDir, workspace), workspace, skip)));
  }
  return entries;
}

/** The apps and, from their manifests, every workspace they need. */
async function listUsedWorkspaces(repositoryDir: string): Promise<string[]> {
  const all = new Map<string, { path: string; manifest: Manifest }>();
  for (const path of await listWorkspaces(repositoryDir)) {
    const manifest = JSON.parse(
      await readFile(join(repositoryDir, path, 'package.json'), 'utf8'),
    ) as Manifest;
    all.set(manifest.name, { path, manifest });
  }
  const used = new Set<string>();
  const visit = ({ path, manifest }: { path: string; manifest: Manifest }): void => {
    if (used.has(path)) return;
    used.add(path);
    for (const name of Object.keys(manifest.dependencies ?? {})) {
      const found = all.get(name);
      if (found !== undefined) visit(found);
    }
  };
  for (const workspace of all.values()) if (systemApps.includes(workspace.path)) visit(workspace);
  return [...used].sort();
}

async function listWorkspaces(repositoryDir: string): Promise<string[]> {
  const found: string[] = [];
  for (const group of ['packages', 'apps'])
    for (const name of await readdir(join(repositoryDir, group))) found.push(`${group}/${name}`);
  const kept = await Promise.all(
    found.map(async (path) => {
      try {
        await readFile(join(repositoryDir, path, 'package.json'));
        return [path];
      } catch (cause) {
        if (isMissing(cause)) return [];
        throw cause;
      }
    }),
  );
  return kept.flat().sort();
}
