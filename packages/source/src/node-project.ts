import * as semver from 'semver';
import { hasFile, type SourceTree } from './tree.ts';

/** A Node.js project as its manifests describe it: everything needed to install and build it. */
export interface NodeProject {
  readonly packageManager: PackageManager;
  /** `engines.node` of the project. */
  readonly engines?: string;
  /** Files the package manager needs before the rest of the source, so that this layer is cached by them. */
  readonly manifests: readonly string[];
  /** Install scripts of the project itself need its source: then there is no layer of its own. */
  readonly installNeedsSource: boolean;
  readonly hasDependencies: boolean;
  readonly hasDevDependencies: boolean;
  readonly hasBuildScript: boolean;
}

export interface PackageManager {
  /** `yarn` is version 1, `berry` every later one. */
  readonly name: 'npm' | 'pnpm' | 'yarn' | 'berry';
  /** Exact version to install; npm is the one that comes with Node. */
  readonly version?: string;
  readonly lockfile?: string;
  /** Settings in the source say how modules are laid out (yarn berry only). */
  readonly setsLinker?: boolean;
}

export interface PackageJson {
  readonly main?: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly engines: Readonly<Record<string, string>>;
  readonly packageManager?: string;
  readonly workspaces: readonly string[];
}

export type Unfit = { readonly kind: 'unfit'; readonly because: string };

/** Versions installed when the project names none: exact, so that a build does not change by itself. */
const defaultVersions = { pnpm: '10.34.9', yarn: '1.22.22', berry: '4.18.1' } as const;
/** The pnpm that wrote a lockfile of this version. */
const pnpmByLockfile: Readonly<Record<string, string>> = {
  '5.4': '7.33.7',
  '6.0': '8.15.9',
  '6.1': '8.15.9',
  '9.0': defaultVersions.pnpm,
};

const lockfiles = {
  'package-lock.json': 'npm',
  'npm-shrinkwrap.json': 'npm',
  'pnpm-lock.yaml': 'pnpm',
  'yarn.lock': 'yarn',
} as const;

export function parsePackageJson(text: string): PackageJson | Unfit {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    return { kind: 'unfit', because: `package.json is not valid JSON: ${(cause as Error).message}` };
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    return { kind: 'unfit', because: 'package.json must hold an object' };
  const fields = parsed as Record<string, unknown>;
  const workspaces = Array.isArray(fields.workspaces)
    ? fields.workspaces
    : ((fields.workspaces as { packages?: unknown } | undefined)?.packages ?? []);
  return {
    ...(typeof fields.main === 'string' ? { main: fields.main } : {}),
    ...(typeof fields.packageManager === 'string' ? { packageManager: fields.packageManager } : {}),
    scripts: texts(fields.scripts),
    dependencies: { ...texts(fields.dependencies), ...texts(fields.optionalDependencies) },
    devDependencies: texts(fields.devDependencies),
    engines: texts(fields.engines),
    workspaces: Array.isArray(workspaces) ? workspaces.filter((item) => typeof item === 'string') : [],
  };
}

const texts = (value: unknown): Record<string, string> =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(
        Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
      )
    : {};

/** Reads how the project is installed and built; `unfit` when Berth cannot do it as the project asks. */
export async function readNodeProject(
  tree: SourceTree,
  pkg: PackageJson,
  nodeVersion: string,
): Promise<{ kind: 'project'; project: NodeProject; warnings: readonly string[] } | Unfit> {
  const warnings: string[] = [];
  const manager = await findPackageManager(tree, pkg);
  if (manager.kind === 'unfit') return manager;
  warnings.push(...manager.warnings);
  const engines = checkEngines(pkg.engines.node, nodeVersion, await isEngineStrict(tree));
  if (engines.kind === 'unfit') return engines;
  warnings.push(...engines.warnings);

  const isWorkspace = pkg.workspaces.length > 0 || hasFile(tree, 'pnpm-workspace.yaml');
  const scripts = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish'];
  const all = { ...pkg.dependencies, ...pkg.devDependencies };
  const local = Object.values(all).some((range) => /^(file|link|portal|patch):/.test(range));
  const project: NodeProject = {
    packageManager: manager.packageManager,
    ...(pkg.engines.node === undefined ? {} : { engines: pkg.engines.node }),
    manifests: listManifests(tree, { isWorkspace, lockfile: manager.packageManager.lockfile }),
    installNeedsSource: local || scripts.some((name) => pkg.scripts[name] !== undefined),
    hasDependencies: isWorkspace || Object.keys(all).length > 0,
    hasDevDependencies: isWorkspace || Object.keys(pkg.devDependencies).length > 0,
    hasBuildScript: pkg.scripts.build !== undefined,
  };
  return { kind: 'project', project, warnings };
}

async function findPackageManager(
  tree: SourceTree,
  pkg: PackageJson,
): Promise<{ kind: 'found'; packageManager: PackageManager; warnings: readonly string[] } | Unfit> {
  const present = (Object.keys(lockfiles) as (keyof typeof lockfiles)[]).filter((name) =>
    hasFile(tree, name),
  );
  const wanted = /^([a-z]+)@(\d+\.\d+\.\d+[^+]*)/.exec(pkg.packageManager ?? '');
  const name = wanted?.[1] ?? (present[0] === undefined ? undefined : lockfiles[present[0]]);
  if (name !== undefined && !['npm', 'pnpm', 'yarn'].includes(name))
    return {
      kind: 'unfit',
      because: `package.json asks for the package manager ${name}; Berth knows npm, pnpm and yarn`,
    };
  if (name === undefined && (hasFile(tree, 'bun.lock') || hasFile(tree, 'bun.lockb')))
    return { kind: 'unfit', because: 'the lockfile is Bun’s; Berth knows npm, pnpm and yarn' };
  const kind = name as 'npm' | 'pnpm' | 'yarn' | undefined;
  const lockfile = present.find((file) => lockfiles[file] === kind);
  const warnings: string[] = [];
  const others = present.filter((file) => lockfiles[file] !== kind);
  if (others.length > 0)
    warnings.push(`There are several lockfiles: ${lockfile ?? kind} is used, ${others.join(', ')} is not.`);
  if (lockfile === undefined && Object.keys({ ...pkg.dependencies, ...pkg.devDependencies }).length > 0)
    warnings.push(
      `There is no lockfile, so each build may install other versions. Run \`${kind ?? 'npm'} install\` and commit what it writes.`,
    );
  const found = (packageManager: PackageManager) => ({ kind: 'found' as const, packageManager, warnings });
  const locked = lockfile === undefined ? {} : { lockfile };
  const version = wanted?.[2];
  if (kind === undefined || kind === 'npm') return found({ name: 'npm', ...locked });
  if (kind === 'pnpm') {
    const text = (await tree.read('pnpm-lock.yaml')) ?? '';
    const written = /^lockfileVersion:\s*['"]?([\d.]+)/m.exec(text)?.[1] ?? '9.0';
    return found({
      name: 'pnpm',
      version: version ?? pnpmByLockfile[written] ?? defaultVersions.pnpm,
      ...locked,
    });
  }
  const isBerry =
    version === undefined
      ? /^__metadata:/m.test((await tree.read('yarn.lock')) ?? '') || hasFile(tree, '.yarnrc.yml')
      : semver.major(version) >= 2;
  if (!isBerry) return found({ name: 'yarn', version: version ?? defaultVersions.yarn, ...locked });
  const settings = (await tree.read('.yarnrc.yml')) ?? '';
  return found({
    name: 'berry',
    version: version ?? defaultVersions.berry,
    ...locked,
    setsLinker: /^nodeLinker:\s*["']?(node-modules|pnpm)/m.test(settings),
  });
}

/**
 * Below what the project asks for is refused, since it uses what is not there; above is what npm, too, only
 * warns of, unless the project says `engine-strict`.
 */
function checkEngines(
  range: string | undefined,
  nodeVersion: string,
  isStrict: boolean,
): { kind: 'fit'; warnings: readonly string[] } | Unfit {
  if (range === undefined) return { kind: 'fit', warnings: [] };
  if (semver.validRange(range) === null)
    return {
      kind: 'fit',
      warnings: [`package.json: engines.node is "${range}", which is not a version range.`],
    };
  if (semver.satisfies(nodeVersion, range)) return { kind: 'fit', warnings: [] };
  const detail = `package.json asks for Node ${range}; the base image has ${nodeVersion}`;
  if (semver.ltr(nodeVersion, range) || isStrict)
    return {
      kind: 'unfit',
      because: `${detail}. Widen engines.node, or add a Dockerfile with the version you need`,
    };
  return {
    kind: 'fit',
    warnings: [`${detail}. It is used all the same; add a Dockerfile for another version.`],
  };
}

const isEngineStrict = async (tree: SourceTree): Promise<boolean> =>
  /^\s*engine-strict\s*=\s*true/m.test((await tree.read('.npmrc')) ?? '');

const settingsFiles = [
  'package.json',
  '.npmrc',
  '.yarnrc',
  '.yarnrc.yml',
  'pnpm-workspace.yaml',
  '.pnpmfile.cjs',
  '.pnp.cjs',
];

/** What an install reads, in the order a Dockerfile copies it. */
function listManifests(
  tree: SourceTree,
  o: { isWorkspace: boolean; lockfile: string | undefined },
): string[] {
  const wanted = (path: string): boolean =>
    settingsFiles.includes(path) ||
    path === o.lockfile ||
    /^(\.yarn\/(releases|plugins|patches|cache)|patches)\//.test(path) ||
    (o.isWorkspace && path.endsWith('/package.json') && !path.includes('node_modules/'));
  return tree.files.map((file) => file.path).filter(wanted);
}
