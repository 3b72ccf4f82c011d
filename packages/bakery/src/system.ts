import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runCommand } from '@berth/runtime/command';
import { type ContextEntry, listEntries } from './context.ts';
import { isMissing } from './missing.ts';

/** What runs in containers; their workspaces and nothing else go into the image. */
const systemApps = ['apps/control', 'apps/agent'];
const rootFiles = ['package.json', 'package-lock.json', '.npmrc'];
/** Where the checkout is in the image. */
const home = 'opt/berth';

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** One hash over every file that would go into the image; cheap enough for each `up`. */
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
 * The repository's shape with only what control and agent need. `npm ci` runs on this machine, with its
 * registry, cache and credentials, so none of these can end up in an image.
 */
export async function stageSystem(
  repositoryDir: string,
  workDir: string,
  signal: AbortSignal,
): Promise<ContextEntry[]> {
  const stage = join(workDir, 'system');
  const manifests = (await listWorkspaces(repositoryDir)).map((path) => `${path}/package.json`);
  for (const path of [...rootFiles, ...manifests]) {
    await mkdir(dirname(join(stage, path)), { recursive: true });
    await copyFile(join(repositoryDir, path), join(stage, path));
  }
  const workspaces = systemApps.flatMap((path) => ['-w', path]);
  await runCommand(
    'npm',
    ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...workspaces],
    { cwd: stage, signal },
  );
  const installed = await listEntries(stage, home, isUseless);
  const used = new Set(await listUsedWorkspaces(repositoryDir));
  const sources = await listSources(repositoryDir);
  return [
    // npm links every workspace it installs; links to those left out would lead nowhere.
    ...installed.filter(
      (entry) => !inWorkspace.test(entry.path) && !('link' in entry && isForeignLink(entry.link, used)),
    ),
    ...sources,
  ];
}

/** Taken from the checkout instead, without its tests. */
const inWorkspace = /^opt\/berth\/(packages|apps|e2e)\//;

function isForeignLink(link: string, used: ReadonlySet<string>): boolean {
  const workspace = /(?:^|\/)((?:packages|apps)\/[^/]+|e2e)$/.exec(link)?.[1];
  return workspace !== undefined && !used.has(workspace);
}

/** Types, tests and texts of dependencies, which nothing reads at run time. */
const isUseless = (path: string): boolean =>
  path.includes('node_modules/') &&
  (/\.(d\.[cm]?ts|map|md|markdown|tsbuildinfo)$/i.test(path) ||
    /\/(test|tests|__tests__|docs|example|examples|benchmarks?|\.github)$/.test(path) ||
    path.endsWith('node_modules/.package-lock.json') ||
    path.endsWith('node_modules/.bin'));

async function listSources(repositoryDir: string): Promise<ContextEntry[]> {
  const entries: ContextEntry[] = [];
  for (const workspace of await listUsedWorkspaces(repositoryDir)) {
    const skip = (path: string): boolean =>
      path === 'node_modules' || path.endsWith('.test.ts') || /(^|\/)(fixtures|cases)$/.test(path);
    entries.push(...(await listEntries(join(repositoryDir, workspace), `${home}/${workspace}`, skip)));
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
  found.push('e2e');
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
