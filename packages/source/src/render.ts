import { commandOf } from './command.ts';
import type { NodeProject } from './node-project.ts';
import type { Recognised, StaticRoot } from './recognise.ts';

/** Names of the base images generated Dockerfiles start from. */
export interface BaseImages {
  readonly base: string;
  readonly node: string;
  readonly static: string;
}

export const berthImages: BaseImages = { base: 'berth/base', node: 'berth/node', static: 'berth/static' };

/** The user of the base images that apps run as. */
const user = 'app';

/** Where `berth/static` serves from. */
const siteDirectory = '/srv/www';

/** The kinds a Dockerfile can be generated for. */
export type Generated = Extract<Recognised, { kind: 'node' | 'static' | 'procfile' }>;

/**
 * A Dockerfile for what was recognised: deterministic, meant to be read and taken over. It holds no value of
 * the app's variables: those are given to tasks, not to builds.
 */
export function renderDockerfile(
  recognised: Generated,
  options: { images?: BaseImages; defaultPort?: number } = {},
): string {
  const images = options.images ?? berthImages;
  const port = options.defaultPort ?? 8080;
  const head = `# Made by Berth: ${recognised.because}.
# Berth keeps it with the release. To change it, save it as Dockerfile in the source.
`;
  switch (recognised.kind) {
    case 'node':
      return head + renderNode(recognised, images.node, recognised.port ?? port);
    case 'static':
      return head + renderStatic(recognised, images);
    case 'procfile':
      return head + renderProcfile(recognised, images.base, port);
  }
}

function renderNode(app: Extract<Recognised, { kind: 'node' }>, image: string, port: number): string {
  const { project } = app;
  const isOneStage = !project.hasDependencies && !project.hasBuildScript;
  const stages = isOneStage
    ? ''
    : `${renderInstallAndBuild(project, image)}${renderPrune(project)}
# What runs: the app and its production dependencies, none of the tools that built it.
`;
  const source = isOneStage
    ? `COPY --chown=${user}:${user} . .`
    : `COPY --chown=${user}:${user} --from=build /app ./`;
  return `${stages}
FROM ${image}
WORKDIR /app
ENV NODE_ENV=production PATH=/app/node_modules/.bin:$PATH
${source}
USER ${user}
# Tasks are told their port in PORT.
EXPOSE ${port}
CMD ${JSON.stringify(app.start)}
`;
}

/** Stages `deps` and `build`: the project with its dependencies, then built. */
function renderInstallAndBuild(project: NodeProject, image: string): string {
  const { packageManager } = project;
  const tool = renderTool(project);
  const install = installCommand(project);
  const copy = project.installNeedsSource
    ? '# Its install scripts need the source, so dependencies have no layer of their own.\nCOPY . .'
    : `# Dependencies first: this layer is kept until one of these files changes.
${groupByDirectory(project.manifests)
  .map(({ dir, files }) => copyLine([...files, dir === '' ? './' : `./${dir}/`]))
  .join('\n')}`;
  const linker =
    packageManager.name === 'berry' && packageManager.setsLinker !== true
      ? '# A node_modules directory, so that the app starts without yarn.\nENV YARN_NODE_LINKER=node-modules\n'
      : '';
  const deps = project.hasDependencies ? `${copy}\nRUN ${install}\n` : '';
  const run = packageManager.name === 'berry' ? 'yarn' : packageManager.name;
  return `
FROM ${image} AS deps
WORKDIR /app
${tool}${linker}${deps}
FROM deps AS build
${project.installNeedsSource && project.hasDependencies ? '' : 'COPY . .\n'}${project.hasBuildScript ? `RUN ${run} run build\n` : ''}`;
}

function renderTool(project: NodeProject): string {
  const { name, version } = project.packageManager;
  if (name === 'npm' || version === undefined || !project.hasDependencies) return '';
  const packageName = name === 'berry' ? '@yarnpkg/cli-dist' : name;
  return `# From the npm registry, in this exact version, in place of what the base image has.
RUN npm install --global --force ${packageName}@${version}
`;
}

function installCommand(project: NodeProject): string {
  const { name, lockfile } = project.packageManager;
  const isLocked = lockfile !== undefined;
  switch (name) {
    case 'npm':
      return isLocked ? 'npm ci' : 'npm install';
    case 'pnpm':
      return `pnpm install ${isLocked ? '--frozen-lockfile' : '--no-frozen-lockfile'}`;
    case 'yarn':
      return `yarn install ${isLocked ? '--frozen-lockfile ' : ''}--non-interactive`;
    case 'berry':
      return `yarn install ${isLocked ? '--immutable' : '--no-immutable'}`;
  }
}

/** Removes what only the build needed, and settings that may hold a token. */
function renderPrune(project: NodeProject): string {
  const forget = 'RUN rm -f .npmrc .yarnrc .yarnrc.yml\n';
  if (!project.hasDevDependencies) return forget;
  const major = Number((project.packageManager.version ?? '0').split('.')[0]);
  switch (project.packageManager.name) {
    case 'npm':
      return `RUN npm prune --omit=dev\n${forget}`;
    case 'pnpm':
      // `pnpm prune` does not know workspaces; a second install does, and takes all from the first.
      return `RUN CI=true pnpm install --prod --frozen-lockfile --offline --ignore-scripts\n${forget}`;
    case 'yarn':
      return `RUN yarn install --production --frozen-lockfile --non-interactive --offline --ignore-scripts\n${forget}`;
    case 'berry':
      return major >= 4 ? `RUN yarn workspaces focus --all --production\n${forget}` : forget;
  }
}

function renderStatic(app: Extract<Recognised, { kind: 'static' }>, images: BaseImages): string {
  const gather = renderGather(app.root);
  const stages =
    app.project === undefined
      ? `
FROM ${images.base} AS build
${copyLine([app.root.kind === 'directory' ? app.root.path : '.', '/src'])}
${gather}`
      : `${renderInstallAndBuild(app.project, images.node)}${gather}`;
  return `${stages}
FROM ${images.static}
COPY --from=build /site ${siteDirectory}
`;
}

/** Copies, so that times are those of the build: a file that changed never looks as old as before it. */
function renderGather(root: StaticRoot): string {
  const clean = `find /site -mindepth 1 -maxdepth 1 -name '.*' ! -name .well-known -exec rm -rf {} +`;
  if (root.kind === 'directory')
    return `# Without hidden files; the times become those of the build, as browsers' caches go by them.
RUN cp -r /src /site && ${clean}
`;
  return `# The first directory the build left an index.html in.
RUN set -eu; \\
    for dir in ${root.candidates.join(' ')} dist/*/browser dist/*; do \\
      if [ -f "$dir/index.html" ]; then cp -r "$dir" /site; ${clean}; exit 0; fi; \\
    done; \\
    echo "The build left no index.html in any of: ${root.candidates.join(' ')}" >&2; exit 1
`;
}

function renderProcfile(app: Extract<Recognised, { kind: 'procfile' }>, image: string, port: number): string {
  const main = app.processes.find((process) => process.name === 'web') ?? app.processes[0];
  const isWeb = main?.name === 'web';
  return `
FROM ${image}
WORKDIR /app
COPY --chown=${user}:${user} . .
USER ${user}
${isWeb ? `# Tasks are told their port in PORT.\nEXPOSE ${port}\n` : ''}${main === undefined ? '' : `CMD ${JSON.stringify(commandOf(main.line))}\n`}`;
}

function groupByDirectory(paths: readonly string[]): { dir: string; files: string[] }[] {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const dir = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
    groups.set(dir, [...(groups.get(dir) ?? []), path]);
  }
  return [...groups].map(([dir, files]) => ({ dir, files }));
}

/** Names with spaces need the JSON form. */
function copyLine(words: readonly string[]): string {
  return words.some((word) => /\s/.test(word)) ? `COPY ${JSON.stringify(words)}` : `COPY ${words.join(' ')}`;
}
