import { dirname, join } from 'node:path/posix';
import {
  folderOf,
  type Import,
  isTest,
  packageOf,
  type SourceFile,
  type Tree,
  type Violation,
} from './tree.ts';

type Rule = (tree: Tree) => Violation[];

/** What the files of a package may import, tests excepted. A package that is not listed here breaks the rule. */
export const mayImport: Readonly<Record<string, { own: readonly string[]; node: boolean }>> = {
  'packages/domain': { own: [], node: false },
  'packages/contract': { own: ['domain'], node: false },
  'packages/client': { own: ['contract', 'domain'], node: false },
  'packages/runtime': { own: [], node: true },
  'packages/engine': { own: ['runtime'], node: true },
  'packages/pki': { own: ['runtime'], node: true },
  'packages/compose': { own: ['contract', 'domain'], node: true },
  'packages/source': { own: ['contract', 'domain', 'runtime'], node: true },
  'packages/bakery': { own: ['contract', 'domain', 'engine', 'runtime'], node: true },
  'packages/load': { own: ['runtime'], node: true },
  'packages/setup': {
    own: ['bakery', 'client', 'contract', 'domain', 'engine', 'load', 'pki', 'runtime', 'source'],
    node: true,
  },
  'apps/control': {
    own: ['compose', 'contract', 'domain', 'engine', 'pki', 'runtime', 'source'],
    node: true,
  },
  'apps/agent': { own: ['contract', 'domain', 'engine', 'pki', 'runtime'], node: true },
  'apps/cli': {
    own: ['client', 'compose', 'contract', 'domain', 'load', 'runtime', 'setup', 'source'],
    node: true,
  },
};

/** Third-party packages that have one home. */
const homes: Readonly<Record<string, readonly string[]>> = {
  fastify: ['apps/control/src/http/'],
  '@fastify/websocket': ['apps/control/src/http/'],
  kysely: ['apps/control/src/'],
  '@peculiar/x509': ['packages/pki/src/'],
  commander: ['apps/cli/src/'],
  dockerode: [],
  execa: [],
};

/** Folders and files that may start processes. */
export const processAdapters = [
  'packages/runtime/src/command.ts',
  'scripts/',
  'e2e/',
  'packages/testkit/',
  'packages/setup/src/',
  'packages/bakery/src/',
  'apps/agent/src/haproxy/',
  'apps/agent/src/edge/',
  'apps/agent/src/volumes/',
  'apps/cli/src/',
];

/** Files that may read the environment. Everything else gets values from them. */
const environmentReaders =
  /(^scripts\/|^e2e\/|^packages\/testkit\/|\/(config|environment|main)\.ts$|\.test\.ts$)/;

const longest = 400;

export function checkTree(tree: Tree): Violation[] {
  return rules.flatMap((rule) => rule(tree));
}

export const packagesImportWhatTheyMay: Rule = (tree) =>
  eachImport(tree, (file, { specifier, line }) => {
    if (isTest(file.path) || file.path.startsWith('scripts/')) return [];
    const allowed = mayImport[folderOf(file.path)];
    if (allowed === undefined)
      return [at(file, line, `${folderOf(file.path)} has no row in scripts/tidy/rules.ts (mayImport)`)];
    if (specifier.startsWith('node:') && !allowed.node)
      return [at(file, line, `${folderOf(file.path)} must not import ${specifier}`)];
    const own = /^@berth\/([^/]+)/.exec(specifier)?.[1];
    if (own === undefined || allowed.own.includes(own)) return [];
    if (own === 'testkit') return [];
    return [at(file, line, `${folderOf(file.path)} must not import ${specifier}`)];
  });

export const appsStandAlone: Rule = (tree) => {
  const apps = tree.packages.filter((p) => p.folder.startsWith('apps/'));
  return eachImport(tree, (file, { specifier, line }) => {
    const target = apps.find((app) => app.name === packageOf(specifier));
    if (target === undefined || folderOf(file.path) === target.folder) return [];
    // Fakes are written against an app's ports; scripts and product tests drive the apps.
    if (/^(e2e|scripts|packages\/testkit)\//.test(file.path)) return [];
    return [at(file, line, `${specifier}: an app is imported by nobody`)];
  });
};

export const testkitStaysInTests: Rule = (tree) =>
  eachImport(tree, (file, { specifier, line }) =>
    packageOf(specifier) === '@berth/testkit' && !isTest(file.path)
      ? [at(file, line, '@berth/testkit is for tests and e2e only')]
      : [],
  );

export const librariesStayHome: Rule = (tree) =>
  eachImport(tree, (file, { specifier, line }) => {
    const home = homes[packageOf(specifier) ?? ''];
    if (home === undefined || home.some((folder) => file.path.startsWith(folder))) return [];
    const where = home.length === 0 ? 'nowhere' : home.join(', ');
    return [
      at(file, line, `${specifier} may be imported ${where === 'nowhere' ? where : `in ${where} only`}`),
    ];
  });

export const processesStartInAdapters: Rule = (tree) =>
  eachImport(tree, (file, { specifier, line }) =>
    /^(node:)?child_process$/.test(specifier) &&
    !file.path.endsWith('.test.ts') &&
    !processAdapters.some((folder) => file.path.startsWith(folder))
      ? [at(file, line, `only adapters start processes: ${processAdapters.join(', ')}`)]
      : [],
  );

/** Folders of what control and agent are made of. */
const leanFolders = ['apps/control/', 'apps/agent/', 'packages/engine/', 'packages/runtime/'];

/** An import of names evaluates all that the module exports, and with `WebSocket` all of undici: 10 MB for good. */
export const leanProcessesImportHttpWhole: Rule = (tree) =>
  eachImport(tree, (file, { specifier, line, isTypeOnly }) =>
    /^(node:)?https?$/.test(specifier) &&
    !isTypeOnly &&
    !isTest(file.path) &&
    leanFolders.some((folder) => file.path.startsWith(folder))
      ? [at(file, line, `${specifier} is had by process.getBuiltinModule`)]
      : [],
  );

export const noShellStrings: Rule = (tree) =>
  eachLine(tree, (file, text, line) =>
    /\bshell:\s*true\b|(?<![.\w])exec(Sync)?\(/.test(text) && !file.path.startsWith('scripts/tidy/')
      ? [at(file, line, 'commands are argument arrays, without a shell')]
      : [],
  );

export const environmentHasOneReader: Rule = (tree) =>
  eachLine(tree, (file, text, line) =>
    /\bprocess\.env\b/.test(withoutWords(text)) && !environmentReaders.test(file.path)
      ? [at(file, line, 'process.env is read in config.ts, environment.ts or main.ts only')]
      : [],
  );

export const importsEqualManifests: Rule = (tree) => {
  const rootDev = tree.packages.find((p) => p.folder === '')?.devDependencies ?? [];
  const found: Violation[] = [];
  for (const pack of tree.packages) {
    const files = tree.files.filter((file) => folderOf(file.path) === pack.folder);
    if (files.length === 0) continue;
    const used = new Set<string>();
    for (const file of files) {
      const inTests = isTest(file.path) || pack.folder === '';
      const known = inTests
        ? [pack.name, '@berth/testkit', ...pack.dependencies, ...pack.devDependencies, ...rootDev]
        : [pack.name, ...pack.dependencies];
      for (const { specifier, line } of file.imports) {
        const name = packageOf(specifier);
        if (name === undefined) continue;
        used.add(name);
        // The root has no manifest entries for the workspaces it is made of.
        const isWorkspace = pack.folder === '' && name.startsWith('@berth/');
        if (!isWorkspace && !known.includes(name))
          found.push(at(file, line, `${name} is not in ${join(pack.folder, 'package.json')}`));
      }
    }
    if (pack.folder === '') continue;
    for (const name of [...pack.dependencies, ...pack.devDependencies])
      if (!used.has(name) && !name.startsWith('@types/'))
        found.push({ at: join(pack.folder, 'package.json'), message: `${name} is imported by no file` });
  }
  return found;
};

export const noCycles: Rule = (tree) => {
  const files = new Map(tree.files.map((file) => [file.path, file]));
  const state = new Map<string, 'open' | 'done'>();
  const found: Violation[] = [];
  const visit = (file: SourceFile, trail: readonly string[]): void => {
    state.set(file.path, 'open');
    for (const { specifier, isLazy } of file.imports) {
      // A lazy import waits. A type leaves nothing, but two files that need each other's are one, or three.
      if (isLazy) continue;
      const target = resolveImport(file, specifier, tree);
      if (target === undefined || !files.has(target)) continue;
      const from = trail.indexOf(target);
      if (from >= 0 || target === file.path) {
        const cycle = [...trail.slice(Math.max(from, 0)), target].join(' → ');
        found.push({ at: file.path, message: `imports go round: ${cycle}` });
      } else if (!state.has(target)) visit(files.get(target)!, [...trail, target]);
    }
    state.set(file.path, 'done');
  };
  for (const file of tree.files) if (!state.has(file.path)) visit(file, [file.path]);
  return found;
};

export const relativeImportsResolve: Rule = (tree) => {
  const paths = new Set(tree.files.map((file) => file.path));
  return eachImport(tree, (file, { specifier, line }) => {
    if (!specifier.startsWith('.') || !specifier.endsWith('.ts')) return [];
    const target = resolveImport(file, specifier, tree)!;
    if (folderOf(target) !== folderOf(file.path))
      return [at(file, line, `${specifier} leaves the package: import it as @berth/…`)];
    return paths.has(target) || /\/(fixtures|generated)\//.test(target)
      ? []
      : [at(file, line, `${specifier} is not there`)];
  });
};

export const filesStayShort: Rule = (tree) =>
  tree.files.flatMap((file) => {
    const lines = file.text.split('\n').length - 1;
    // Tables are read by row, not from top to bottom.
    const isTable = /^packages\/contract\/src\//.test(file.path);
    return lines > longest && !isTable
      ? [{ at: file.path, message: `${lines} lines; at most ${longest}: split it by noun` }]
      : [];
  });

export const namesAreKebabCase: Rule = (tree) =>
  tree.files.flatMap((file) => {
    const name = file.path.split('/').at(-1)!;
    if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.(engine|contract|bench))?(\.(test|e2e))?\.ts$/.test(name))
      return [{ at: file.path, message: 'file names are kebab-case nouns' }];
    return /(^|-)(manager|utils?|helpers?)(\.|-)/.test(name)
      ? [{ at: file.path, message: 'name what the file decides or holds, not Manager, Utils or Helper' }]
      : [];
  });

export const todosHaveIssues: Rule = (tree) =>
  eachLine(tree, (file, text, line) =>
    /\b(TODO|FIXME|XXX)\b(?!\(#\d+\))/.test(text) && !file.path.startsWith('scripts/tidy/')
      ? [at(file, line, 'a TODO carries its issue: TODO(#12)')]
      : [],
  );

export const testsRunAll: Rule = (tree) =>
  eachLine(tree, (file, text, line) =>
    isTest(file.path) &&
    !file.path.startsWith('scripts/tidy/') &&
    /\b(test|it|describe)\.only\(|\bonly: true\b/.test(text)
      ? [at(file, line, '`only` leaves the other tests out')]
      : [],
  );

export const rules: readonly Rule[] = [
  packagesImportWhatTheyMay,
  appsStandAlone,
  testkitStaysInTests,
  librariesStayHome,
  processesStartInAdapters,
  leanProcessesImportHttpWhole,
  noShellStrings,
  environmentHasOneReader,
  importsEqualManifests,
  noCycles,
  relativeImportsResolve,
  filesStayShort,
  namesAreKebabCase,
  todosHaveIssues,
  testsRunAll,
];

const at = (file: SourceFile, line: number, message: string): Violation => ({
  at: `${file.path}:${line}`,
  message,
});

/** A line of code without its strings and comments. */
const withoutWords = (text: string): string =>
  text.replace(/'[^']*'|"[^"]*"|`[^`]*`/g, "''").replace(/\/\/.*|^\s*\/?\*.*/, '');

function eachImport(tree: Tree, look: (file: SourceFile, found: Import) => Violation[]): Violation[] {
  return tree.files.flatMap((file) => file.imports.flatMap((found) => look(file, found)));
}

function eachLine(
  tree: Tree,
  look: (file: SourceFile, text: string, line: number) => Violation[],
): Violation[] {
  return tree.files.flatMap((file) =>
    file.text.split('\n').flatMap((text, index) => look(file, text, index + 1)),
  );
}

/** The path a specifier of ours names; undefined for other packages. */
function resolveImport(file: SourceFile, specifier: string, tree: Tree): string | undefined {
  if (specifier.startsWith('.')) return join(dirname(file.path), specifier);
  const pack = tree.packages.find((p) => p.name === packageOf(specifier));
  return pack === undefined || pack.folder === ''
    ? undefined
    : join(pack.folder, 'src', `${specifier.slice(pack.name.length + 1)}.ts`);
}
