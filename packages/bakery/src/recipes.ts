import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContextEntry } from './context.ts';
import { SOURCE_DATE_EPOCH } from './epoch.ts';
import type { HostSettings } from './host.ts';
import { npmTools, packNpmTools } from './npm-tools.ts';
import type { ImageName, Recipe } from './recipe.ts';
import { bootstrapArguments, debianSuite } from './suite.ts';
import { bundleSystem, readSystemInputs } from './system.ts';

export interface RecipeOptions {
  readonly host: HostSettings;
  /** The checkout: recipes are in `images/`, control and agent in `apps/`. */
  readonly repositoryDir: string;
  /** The Node.js that goes into `berth/node`. */
  readonly nodeFile: string;
  readonly nodeVersion: string;
  readonly arch: string;
}

/** All recipes for this machine and this checkout, parents first. */
export async function readRecipes(o: RecipeOptions): Promise<Recipe[]> {
  const file = (path: string): Promise<string> => readFile(join(o.repositoryDir, 'images', path), 'utf8');
  const simple = async (
    name: ImageName,
    parent: ImageName,
    files: readonly { at: string; from: string; isExecutable?: boolean }[] = [],
  ): Promise<Recipe> => {
    const entries: ContextEntry[] = await Promise.all(
      files.map(async ({ at, from, isExecutable }) => ({
        path: at,
        text: await file(from),
        isExecutable: isExecutable === true,
      })),
    );
    return {
      name,
      parent,
      dockerfile: await file(`${name}/Dockerfile`),
      inputs: [JSON.stringify(entries)],
      context: async () => entries,
    };
  };

  const sources = renderSources(o.host);
  const debian: Recipe = {
    name: 'debian',
    inputs: [
      debianSuite,
      ...bootstrapArguments,
      o.arch,
      o.host.mirror.main,
      String(SOURCE_DATE_EPOCH),
      ...(o.host.baseRegistry === undefined ? [] : [`registry ${o.host.baseRegistry}`]),
    ],
  };
  const plainBase = await simple('base', 'debian', [
    { at: 'usr/share/berth/seal', from: 'base/seal', isExecutable: true },
    { at: 'usr/sbin/policy-rc.d', from: 'base/policy-rc.d', isExecutable: true },
    { at: 'etc/dpkg/dpkg.cfg.d/berth', from: 'base/dpkg.cfg' },
    { at: 'etc/apt/apt.conf.d/70berth', from: 'base/apt.conf' },
  ]);
  const bundle = o.host.extraAuthorities.join('');
  const base: Recipe = {
    ...plainBase,
    dockerfile: plainBase.dockerfile! + renderTrust(o.host),
    inputs: [...plainBase.inputs, sources, bundle, o.host.npmRegistry ?? ''],
    context: async (workDir, signal) => [
      ...(await plainBase.context!(workDir, signal)),
      { path: 'etc/apt/sources.list.d/debian.sources', text: sources },
      { path: 'etc/apt/sources.list', text: '' },
      ...renderAuthorities(o.host),
      ...(o.host.npmRegistry === undefined
        ? []
        : [{ path: 'usr/local/etc/npmrc', text: `registry=${o.host.npmRegistry}\n` }]),
    ],
  };
  const plainNode = await simple('node', 'base');
  const node: Recipe = {
    ...plainNode,
    inputs: [o.nodeVersion, o.arch, JSON.stringify(npmTools)],
    context: async (workDir, signal) => [
      { path: 'usr/local/bin/node', file: o.nodeFile, isExecutable: true },
      ...(await packNpmTools(workDir, signal)),
    ],
  };
  const plainSystem = await simple('system', 'node');
  const system: Recipe = {
    ...plainSystem,
    inputs: [await readSystemInputs(o.repositoryDir)],
    context: () => bundleSystem(o.repositoryDir),
  };
  return [
    debian,
    base,
    node,
    await simple('static', 'base', [{ at: 'usr/share/berth/static/nginx.conf', from: 'static/nginx.conf' }]),
    await simple('edge', 'base'),
    await simple('registry', 'base'),
    await simple('volume', 'base'),
    system,
  ];
}

function renderSources(host: HostSettings): string {
  const signedBy = '/usr/share/keyrings/debian-archive-keyring.gpg';
  return `Types: deb
URIs: ${host.mirror.main}
Suites: ${debianSuite} ${debianSuite}-updates
Components: main
Signed-By: ${signedBy}

Types: deb
URIs: ${host.mirror.security}
Suites: ${debianSuite}-security
Components: main
Signed-By: ${signedBy}
`;
}

/** OpenSSL, GnuTLS, curl, git and apt read the system's bundle by themselves; these bring their own. */
function renderTrust(host: HostSettings): string {
  if (host.extraAuthorities.length === 0) return '';
  const bundle = '/etc/ssl/certs/ca-certificates.crt';
  return `# This machine was given authorities of its own; Node.js and Python bring bundles that lack them.
ENV NODE_EXTRA_CA_CERTS=/usr/share/berth/extra-authorities.pem SSL_CERT_FILE=${bundle} REQUESTS_CA_BUNDLE=${bundle} PIP_CERT=${bundle}
`;
}

function renderAuthorities(host: HostSettings): ContextEntry[] {
  if (host.extraAuthorities.length === 0) return [];
  const name = (pem: string): string => createHash('sha256').update(pem).digest('hex').slice(0, 12);
  return [
    ...host.extraAuthorities.map((pem) => ({
      path: `usr/local/share/ca-certificates/berth-${name(pem)}.crt`,
      text: pem,
    })),
    { path: 'usr/share/berth/extra-authorities.pem', text: host.extraAuthorities.join('') },
  ];
}
