import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Client, createClient } from '@berth/client/client';
import { createEngine, type Engine } from '@berth/engine/engine';
import { socketTransport } from '@berth/engine/transport';
import { type CommandResult, tryCommand } from '@berth/runtime/command';
import { ownNumber, type Place, placeAt, upArguments } from './place.ts';

const root = new URL('../..', import.meta.url).pathname;

/** Where this process has its platform. */
export const testPlatform = placeAt(ownNumber);

/** A whole platform, as a user has it, and the ways in. */
export interface PlatformUnderTest {
  readonly name: string;
  readonly domain: string;
  readonly apiUrl: string;
  /** The edge: give the app's name as the Host header. */
  readonly edgeUrl: string;
  /** The edge's own address: on loopback the engine's userland proxy would stand in between. */
  readonly edge: { readonly host: string; readonly port: number };
  readonly adminToken: string;
  readonly client: Client;
  /** The machine's engine: for looking, and for breaking things. */
  readonly engine: Engine;
  readonly dataDir: string;
  hostOf(app: string): string;
  clientAs(token: string): Client;
  /** Runs the command line as a user would, to its end. */
  berth(args: readonly string[], options?: BerthOptions): Promise<CommandResult>;
  /** Id of the platform's own container. */
  containerOf(role: 'control' | 'agent' | 'edge' | 'registry'): Promise<string>;
}

export interface BerthOptions {
  /** Default: this process's own. */
  readonly at?: Place;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly onLine?: (line: string) => void;
}

/** Runs `berth` from this checkout with a configuration of its own. */
export async function berth(args: readonly string[], options: BerthOptions = {}): Promise<CommandResult> {
  const { dir, configHome } = options.at ?? testPlatform;
  await mkdir(configHome, { recursive: true });
  return await tryCommand(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(root, 'apps/cli/src/berth.js'), ...args],
    {
      cwd: options.cwd ?? dir,
      env: { ...process.env, XDG_CONFIG_HOME: configHome, NO_COLOR: '1', ...options.env },
      signal: AbortSignal.timeout(options.timeoutMs ?? 180_000),
      ...(options.onLine === undefined ? {} : { onLine: options.onLine }),
    },
  );
}

/** Starts the test platform; already running is success. */
export async function startPlatform(onLine?: (line: string) => void, at = testPlatform): Promise<void> {
  const result = await berth(upArguments(at), {
    at,
    timeoutMs: 600_000,
    // The token is in the file of the command line; it has no place in the log of a test run.
    ...(onLine === undefined
      ? {}
      : { onLine: (line) => onLine(line.replace(/\bberth_[a-z0-9]+_\S+/, 'berth_…')) }),
  });
  if (result.code !== 0)
    throw new Error(`berth up ended with code ${result.code}:\n${result.stdout}\n${result.stderr}`);
}

/** The last warnings and errors of control and agent: what a failed test cannot see. */
export async function platformComplaints(linesMax: number, at = testPlatform): Promise<string[]> {
  const lines: string[] = [];
  for (const role of ['control', 'agent']) {
    const { stdout } = await tryCommand('docker', ['logs', `${at.name}-${role}`], {
      signal: AbortSignal.timeout(20_000),
    });
    const isComplaint = (line: string): boolean => /^\{"level":[456]0/.test(line);
    lines.push(...stdout.split('\n').filter(isComplaint).slice(-linesMax));
  }
  return lines;
}

/** Removes the test platform and its data. */
export async function removePlatform(at = testPlatform): Promise<void> {
  const { name, dataDir } = at;
  const result = await berth(
    ['down', '--purge', '--platform', name, '--data-dir', dataDir, '--confirm', name],
    { at, timeoutMs: 300_000 },
  );
  if (result.code !== 0)
    throw new Error(`berth down --purge ended with code ${result.code}:\n${result.stdout}\n${result.stderr}`);
}

let opened: Promise<PlatformUnderTest> | undefined;

/** The test platform, started when it does not run yet. One per test process. */
export function openPlatform(): Promise<PlatformUnderTest> {
  opened ??= open();
  return opened;
}

async function open(): Promise<PlatformUnderTest> {
  const apiUrl = `http://127.0.0.1:${testPlatform.apiPort}`;
  if (!(await isReady(apiUrl))) await startPlatform();
  const adminToken = await readToken(apiUrl);
  const engine = createEngine(socketTransport('/var/run/docker.sock'));
  const edge = await edgeAddress(engine);
  const clientAs = (token: string): Client =>
    createClient({ baseUrl: apiUrl, token, userAgent: 'berth-e2e' });
  return {
    name: testPlatform.name,
    domain: testPlatform.domain,
    apiUrl,
    edge,
    edgeUrl: `http://${edge.host}:${edge.port}`,
    adminToken,
    client: clientAs(adminToken),
    engine,
    dataDir: testPlatform.dataDir,
    hostOf: (app) => `${app}.${testPlatform.domain}`,
    clientAs,
    berth,
    async containerOf(role) {
      const found = await engine.listContainers({
        all: true,
        filters: { label: [`berth.role=${role}`, `berth.platform=${testPlatform.name}`] },
      });
      if (found.length !== 1) throw new Error(`${found.length} containers with the role ${role}`);
      return found[0]!.Id;
    },
  };
}

async function isReady(apiUrl: string): Promise<boolean> {
  try {
    return (await fetch(`${apiUrl}/readyz`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch (cause) {
    if (cause instanceof TypeError || (cause as Error).name === 'TimeoutError') return false;
    throw cause;
  }
}

/** What `up` kept for the command line. */
async function readToken(apiUrl: string): Promise<string> {
  const path = join(testPlatform.configHome, 'berth', 'config.json');
  const config = JSON.parse(await readFile(path, 'utf8')) as {
    contexts: Record<string, { url: string; token?: string }>;
  };
  const token = Object.values(config.contexts).find((context) => context.url === apiUrl)?.token;
  if (token === undefined) throw new Error(`${path} has no token for ${apiUrl}`);
  return token;
}

/** Where the edge listens for HTTP inside its container, which has a network namespace of its own. */
async function edgeAddress(engine: Engine): Promise<{ host: string; port: number }> {
  const { HostConfig, NetworkSettings } = await engine.inspectContainer(`${testPlatform.name}-edge`);
  const inside = Object.entries(NetworkSettings.Ports).find(([, bindings]) =>
    (bindings ?? []).some((binding) => Number(binding.HostPort) === testPlatform.httpPort),
  );
  const host = NetworkSettings.Networks[String(HostConfig.NetworkMode)]?.IPAddress;
  if (inside === undefined || host === undefined) throw new Error('the edge has no address of its own');
  return { host, port: Number.parseInt(inside[0], 10) };
}
