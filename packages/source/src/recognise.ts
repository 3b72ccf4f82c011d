import { commandOf } from './command.ts';
import { parseDockerfile } from './dockerfile.ts';
import { type NodeProject, type PackageJson, parsePackageJson, readNodeProject } from './node-project.ts';
import { type ParsedProcfile, type Process, parseProcfile } from './procfile.ts';
import { hasFile, type SourceTree } from './tree.ts';

/** What a source is, and why Berth thinks so. `because` and `warnings` are sentences for people. */
export type Recognised = (
  | { readonly kind: 'compose'; readonly file: string }
  | {
      readonly kind: 'dockerfile';
      readonly file: string;
      readonly ports: readonly number[];
      readonly processes: readonly Process[];
    }
  | {
      readonly kind: 'node';
      readonly project: NodeProject;
      readonly start: readonly string[];
      /** What the source says it listens on; undefined: it follows `PORT`. */
      readonly port?: number;
      readonly processes: readonly Process[];
    }
  | { readonly kind: 'static'; readonly root: StaticRoot; readonly project?: NodeProject }
  | { readonly kind: 'procfile'; readonly processes: readonly Process[] }
  | { readonly kind: 'unrecognised'; readonly looked: readonly string[] }
) & { readonly because: string; readonly warnings: readonly string[] };

/** Where the files to serve are: a directory of the source, or whatever the build made. */
export type StaticRoot =
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'built'; readonly candidates: readonly string[] };

/** Version of Node in the base image, for `engines.node`. */
export const baseNodeVersion = '24.21.0';

const composeFiles = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];
const dockerfiles = ['Dockerfile', 'Containerfile'];
/** Directories in which builds of static sites leave their result. */
const builtDirectories = ['dist', 'build', 'out', 'public', '_site', '.output/public'];
const looked = [
  ...composeFiles,
  ...dockerfiles,
  'package.json',
  'Procfile',
  'index.html',
  'public/index.html',
];

/** Languages whose sources are not built from the source alone yet, by the file that gives them away. */
const foreign: Readonly<Record<string, string>> = {
  'requirements.txt': 'Python',
  'pyproject.toml': 'Python',
  Pipfile: 'Python',
  'go.mod': 'Go',
  Gemfile: 'Ruby',
  'composer.json': 'PHP',
  'pom.xml': 'Java',
  'build.gradle': 'Java',
  'build.gradle.kts': 'Kotlin',
  'Cargo.toml': 'Rust',
  'mix.exs': 'Elixir',
  'deno.json': 'Deno',
};

/** The first of: Compose file, Dockerfile, Node.js project, Procfile, static site. */
export async function recognise(
  tree: SourceTree,
  options: { nodeVersion?: string } = {},
): Promise<Recognised> {
  const compose = composeFiles.find((file) => hasFile(tree, file));
  if (compose !== undefined)
    return { kind: 'compose', file: compose, because: `${compose} is there`, warnings: [] };

  const procfileText = await tree.read('Procfile');
  const procfile: ParsedProcfile =
    procfileText === undefined
      ? { kind: 'parsed', processes: [], warnings: [] }
      : parseProcfile(procfileText);
  if (procfile.kind === 'malformed') return unrecognised(procfile.because);
  const { processes, warnings } = procfile;

  const dockerfile = dockerfiles.find((file) => hasFile(tree, file));
  if (dockerfile !== undefined) {
    const facts = parseDockerfile((await tree.read(dockerfile)) ?? '');
    return {
      kind: 'dockerfile',
      file: dockerfile,
      ports: facts.ports,
      processes,
      because: `${dockerfile} is there`,
      warnings,
    };
  }
  const packageText = await tree.read('package.json');
  if (packageText !== undefined)
    return recogniseNode(tree, packageText, processes, warnings, options.nodeVersion ?? baseNodeVersion);

  const language = Object.keys(foreign).find((file) => hasFile(tree, file));
  if (language !== undefined)
    return unrecognised(
      `${language} says this is ${foreign[language]}, which Berth does not build by itself. Add a Dockerfile`,
    );
  if (processes.length > 0) return { kind: 'procfile', processes, because: 'a Procfile is there', warnings };
  const root = ['.', ...builtDirectories].find((dir) =>
    hasFile(tree, dir === '.' ? 'index.html' : `${dir}/index.html`),
  );
  if (root !== undefined)
    return {
      kind: 'static',
      root: { kind: 'directory', path: root },
      because: `${root === '.' ? '' : `${root}/`}index.html is there`,
      warnings: [],
    };
  return unrecognised(
    tree.files.length === 0 ? 'the source is empty' : 'none of the files Berth looks for is there',
  );
}

const unrecognised = (because: string): Recognised => ({
  kind: 'unrecognised',
  because,
  looked,
  warnings: [],
});

async function recogniseNode(
  tree: SourceTree,
  text: string,
  processes: readonly Process[],
  procfileWarnings: readonly string[],
  nodeVersion: string,
): Promise<Recognised> {
  const pkg = parsePackageJson(text);
  if ('kind' in pkg) return unrecognised(pkg.because);
  const read = await readNodeProject(tree, pkg, nodeVersion);
  if (read.kind === 'unfit') return unrecognised(read.because);
  const { project } = read;
  const warnings = [...procfileWarnings, ...read.warnings];
  const seen = `package.json is there, installed by ${describeManager(project)}`;

  const web = processes.find((process) => process.name === 'web');
  const start = findStart(tree, pkg, web);
  if (
    start === undefined ||
    (web === undefined && isDevelopmentServer(start.line) && project.hasBuildScript)
  ) {
    if (project.hasBuildScript)
      return {
        kind: 'static',
        root: { kind: 'built', candidates: builtDirectories },
        project,
        because: `${seen}, with a build script and nothing that serves`,
        warnings,
      };
    const page = ['.', 'public'].find((dir) =>
      hasFile(tree, dir === '.' ? 'index.html' : `${dir}/index.html`),
    );
    if (page !== undefined)
      return {
        kind: 'static',
        root: { kind: 'directory', path: page },
        because: 'index.html is there',
        warnings,
      };
    return unrecognised('package.json has no start script, no main file that is there, and no build script');
  }
  if (/\b(nodemon|ts-node-dev|tsx watch)\b/.test(start.line))
    warnings.push(
      `The start command "${start.line}" is a development server: it restarts on changes and is slow. Give the start script the command for production.`,
    );
  const entry = /\bnode\s+(?:-\S+\s+)*(\S+\.[cm]?[jt]s)\b/.exec(start.line)?.[1];
  const port = findPort(
    start.line,
    entry === undefined ? undefined : await tree.read(entry.replace(/^\.\//, '')),
  );
  if (port !== undefined)
    warnings.push(
      `The source listens on port ${port} whatever PORT says; let it follow PORT (process.env.PORT).`,
    );
  return {
    kind: 'node',
    project,
    start: start.command,
    ...(port === undefined ? {} : { port }),
    processes,
    because: `${seen}, started by ${start.because}`,
    warnings,
  };
}

interface Start {
  readonly line: string;
  readonly command: readonly string[];
  readonly because: string;
}

function findStart(tree: SourceTree, pkg: PackageJson, web: Process | undefined): Start | undefined {
  if (web !== undefined) return { line: web.line, command: commandOf(web.line), because: 'the Procfile' };
  const script = pkg.scripts.start;
  if (script !== undefined) {
    // npm itself only where it does more than run the line: it would stand between signals and the app.
    const isPlain = pkg.scripts.prestart === undefined && pkg.scripts.poststart === undefined;
    return {
      line: script,
      command: isPlain ? commandOf(script) : ['npm', 'start'],
      because: 'its start script',
    };
  }
  const file = ['server.js', pkg.main, 'index.js', 'index.mjs'].find(
    (path) => path !== undefined && hasFile(tree, path.replace(/^\.\//, '')),
  );
  if (file === undefined) return undefined;
  return { line: `node ${file}`, command: ['node', file], because: file };
}

/** Start scripts of front-end tools that serve the source to its developer. */
function isDevelopmentServer(line: string): boolean {
  return /^(npx\s+)?(react-scripts start|react-app-rewired start|ng serve|vite(\s|$)|parcel(\s|$)|webpack(-dev-server|\s+serve)|vue-cli-service serve|astro dev|gatsby develop|eleventy --serve)/.test(
    line.trim(),
  );
}

/** A port written into the source or the command, when the source does not read `PORT`. */
function findPort(line: string, source: string | undefined): number | undefined {
  const flag = /(?:^|\s)(?:-p|--port)[ =](\d{2,5})\b/.exec(line)?.[1];
  if (flag !== undefined) return Number(flag);
  if (
    source === undefined ||
    /env(\.PORT|\[['"]PORT['"]\])|\{[^}]*\bPORT\b[^}]*\}\s*=\s*process\.env/.test(source)
  )
    return undefined;
  const literal =
    /\.listen\(\s*(\d{2,5})\b/.exec(source)?.[1] ??
    /\.listen\(\s*\{[^}]*\bport:\s*(\d{2,5})\b/.exec(source)?.[1];
  return literal === undefined ? undefined : Number(literal);
}

function describeManager(project: NodeProject): string {
  const { name, version, lockfile } = project.packageManager;
  const words = name === 'berry' ? 'yarn' : name;
  return `${words}${version === undefined ? '' : ` ${version}`}${lockfile === undefined ? '' : ` from ${lockfile}`}`;
}
