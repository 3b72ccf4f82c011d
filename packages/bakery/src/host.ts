import { X509Certificate } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from './missing.ts';

/** What of this machine decides what images look like. */
export interface HostSettings {
  /** PEM certificates the distribution does not bring: companies' own authorities. Sorted, without doubles. */
  readonly extraAuthorities: readonly string[];
  readonly mirror: DebianMirror;
  /**
   * Where `debian:…` is pulled from, when that is not Docker Hub: `registry.example.com/mirror`. An engine with
   * `registry-mirrors` of its own needs nothing here.
   */
  readonly baseRegistry?: string | undefined;
  /** npm registry, when it is not the public one. Without credentials. */
  readonly npmRegistry: string | undefined;
  /** Proxies for builds, as environment. Never kept in an image. */
  readonly proxies: Readonly<Record<string, string>>;
}

export interface DebianMirror {
  readonly main: string;
  readonly security: string;
}

const defaultMirror: DebianMirror = {
  main: 'http://deb.debian.org/debian',
  security: 'http://deb.debian.org/debian-security',
};
const authorityVariables = [
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'CURL_CA_BUNDLE',
  'REQUESTS_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'PIP_CERT',
];
const proxyVariables = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

export async function readHostSettings(env: NodeJS.ProcessEnv): Promise<HostSettings> {
  const [local, distribution, named, mirror] = await Promise.all([
    readCertificates('/usr/local/share/ca-certificates'),
    readCertificates('/usr/share/ca-certificates'),
    Promise.all(authorityVariables.map((name) => readOptional(env[name]))),
    readMirror(),
  ]);
  const proxies: Record<string, string> = {};
  for (const name of proxyVariables) if ((env[name] ?? '') !== '') proxies[name] = env[name]!;
  return {
    extraAuthorities: pickExtraAuthorities({ local, named, distribution }),
    mirror,
    npmRegistry: pickNpmRegistry(env, await readOptional(join(env.HOME ?? '/root', '.npmrc'))),
    proxies,
  };
}

/**
 * Authorities the machine was given: those installed locally, and those only a variable names. What the
 * distribution brings itself is not extra.
 */
export function pickExtraAuthorities(o: {
  local: readonly string[];
  named: readonly string[];
  distribution: readonly string[];
}): string[] {
  const known = new Set(o.distribution.flatMap(parseCertificates).map((each) => each.fingerprint));
  const extra = new Map<string, string>();
  for (const { fingerprint, pem } of [...o.local, ...o.named].flatMap(parseCertificates))
    if (!known.has(fingerprint)) extra.set(fingerprint, pem);
  return [...extra.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pem]) => pem);
}

const PEM_BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function parseCertificates(text: string): { fingerprint: string; pem: string }[] {
  return (text.match(PEM_BLOCK) ?? []).flatMap((block) => {
    try {
      const certificate = new X509Certificate(block);
      return [{ fingerprint: certificate.fingerprint256, pem: certificate.toString() }];
    } catch {
      // Not a certificate this Node can read: nothing could trust it either.
      return [];
    }
  });
}

/** Archive addresses from the machine's own apt sources, in either of the two formats. */
export function pickMirror(sources: readonly string[]): DebianMirror {
  const uris = sources.flatMap((text) =>
    text
      .split('\n')
      .map((line) => line.trim())
      .flatMap((line) => {
        const field = /^URIs:\s*(.+)$/.exec(line)?.[1];
        if (field !== undefined) return field.split(/\s+/);
        const entry = /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)/.exec(line)?.[1];
        return entry === undefined ? [] : [entry];
      }),
  );
  const usable = uris.filter((uri) => /^https?:\/\//.test(uri)).map(withoutCredentials);
  const clean = (uri: string): string => uri.replace(/\/+$/, '');
  return {
    main: clean(usable.find((uri) => /\/debian\/?$/.test(uri)) ?? defaultMirror.main),
    security: clean(usable.find((uri) => /\/debian-security\/?$/.test(uri)) ?? defaultMirror.security),
  };
}

function withoutCredentials(uri: string): string {
  const url = new URL(uri);
  url.username = '';
  url.password = '';
  return url.toString();
}

/** The registry npm would use here: from its environment variable, else the user's npmrc. */
export function pickNpmRegistry(env: NodeJS.ProcessEnv, npmrc: string): string | undefined {
  const found =
    env.npm_config_registry ?? env.NPM_CONFIG_REGISTRY ?? /^\s*registry\s*=\s*(\S+)/m.exec(npmrc)?.[1];
  if (found === undefined || !/^https?:\/\//.test(found)) return undefined;
  const registry = withoutCredentials(found);
  return registry === 'https://registry.npmjs.org/' ? undefined : registry;
}

async function readMirror(): Promise<DebianMirror> {
  const texts = [await readOptional('/etc/apt/sources.list')];
  for (const name of (await listDirectory('/etc/apt/sources.list.d')).sort())
    if (/\.(list|sources)$/.test(name)) texts.push(await readOptional(join('/etc/apt/sources.list.d', name)));
  return pickMirror(texts);
}

async function readCertificates(directory: string): Promise<string[]> {
  const names = (await listDirectory(directory, true)).filter((name) => name.endsWith('.crt'));
  return Promise.all(names.map((name) => readOptional(join(directory, name))));
}

async function listDirectory(path: string, recursive = false): Promise<string[]> {
  try {
    return await readdir(path, { recursive });
  } catch (cause) {
    if (isMissing(cause)) return [];
    throw cause;
  }
}

async function readOptional(path: string | undefined): Promise<string> {
  if (path === undefined || path === '') return '';
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (isMissing(cause)) return '';
    throw cause;
  }
}
