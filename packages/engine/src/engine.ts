import type { Duplex, Readable } from 'node:stream';
import { type EngineRequest, EngineStatusError, type EngineTransport, messageOf } from './transport.ts';
import type * as t from './types.ts';

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
export type Filters = Readonly<Record<string, readonly string[]>>;
interface CallOptions {
  readonly query?: Query;
  readonly json?: unknown;
  readonly body?: Readable | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}
export interface Signal {
  readonly signal?: AbortSignal | undefined;
}

/** Credentials for one registry, as the Engine API's X-Registry-Auth header. */
export interface RegistryAuth {
  readonly username: string;
  readonly password: string;
  readonly serveraddress: string;
}

export function encodeRegistryAuth(auth: RegistryAuth): string {
  return headerOf(auth);
}

/** base64url *with* padding (RFC 4648 §5): the engine takes a header without it for no header at all. */
function headerOf(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

/**
 * A thin client of the Docker Engine API (v1.41): names and shapes are the API's own, so its reference is
 * this client's. Answers of 400 and above reject with EngineStatusError; `isAbsent` and `isConflict` name
 * the two that callers usually expect.
 */
export type Engine = ReturnType<typeof createEngine>;

export function createEngine(transport: EngineTransport) {
  async function send(method: EngineRequest['method'], path: string, options: CallOptions = {}) {
    const request: EngineRequest = {
      method,
      path: path + encodeQuery(options.query ?? {}),
      headers: {
        ...(options.json === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(options.json === undefined ? {} : { body: JSON.stringify(options.json) }),
      ...(options.body === undefined ? {} : { body: options.body }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    };
    const response = await transport.request(request);
    if (response.status >= 400)
      throw new EngineStatusError(request, response.status, messageOf(await readAll(response.body)));
    return response;
  }
  async function json<T>(
    method: EngineRequest['method'],
    path: string,
    options: CallOptions = {},
  ): Promise<T> {
    const response = await send(method, path, options);
    const text = (await readAll(response.body)).toString('utf8');
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
  async function done(
    method: EngineRequest['method'],
    path: string,
    options: CallOptions = {},
  ): Promise<void> {
    (await send(method, path, options)).body.resume();
  }
  const stream = async (
    method: EngineRequest['method'],
    path: string,
    options: CallOptions = {},
  ): Promise<Readable> => (await send(method, path, options)).body;
  const name = encodeURIComponent;
  const auth = (value: RegistryAuth | undefined): Record<string, string> =>
    value === undefined ? {} : { 'x-registry-auth': encodeRegistryAuth(value) };

  return {
    transport,
    /** For what has no method here. */
    json,
    done,
    stream,
    ping: (o: Signal = {}) => done('GET', '/_ping', o),
    info: (o: Signal = {}) => json<t.EngineInfo>('GET', '/info', o),
    version: (o: Signal = {}) => json<t.EngineVersion>('GET', '/version', o),
    /** NDJSON of engine events; parse with `ndjson`. */
    events: (o: Signal & { since?: string; until?: string; filters?: Filters } = {}) =>
      stream('GET', '/events', {
        query: { since: o.since, until: o.until, filters: filters(o.filters) },
        signal: o.signal,
      }),

    listContainers: (o: Signal & { all?: boolean; filters?: Filters } = {}) =>
      json<t.ContainerSummary[]>('GET', '/containers/json', {
        query: { all: o.all, filters: filters(o.filters) },
        signal: o.signal,
      }),
    inspectContainer: (id: string, o: Signal = {}) =>
      json<t.ContainerInspect>('GET', `/containers/${name(id)}/json`, o),
    createContainer: (containerName: string, spec: t.ContainerCreate, o: Signal = {}) =>
      json<{ Id: string; Warnings: string[] }>('POST', '/containers/create', {
        query: { name: containerName },
        json: spec,
        signal: o.signal,
      }),
    startContainer: (id: string, o: Signal = {}) => done('POST', `/containers/${name(id)}/start`, o),
    stopContainer: (id: string, o: Signal & { graceSeconds?: number } = {}) =>
      done('POST', `/containers/${name(id)}/stop`, { query: { t: o.graceSeconds }, signal: o.signal }),
    killContainer: (id: string, o: Signal & { signalName?: string } = {}) =>
      done('POST', `/containers/${name(id)}/kill`, { query: { signal: o.signalName }, signal: o.signal }),
    removeContainer: (id: string, o: Signal & { force?: boolean; volumes?: boolean } = {}) =>
      done('DELETE', `/containers/${name(id)}`, {
        query: { force: o.force, v: o.volumes },
        signal: o.signal,
      }),
    updateContainer: (id: string, spec: Record<string, unknown>, o: Signal = {}) =>
      done('POST', `/containers/${name(id)}/update`, { json: spec, signal: o.signal }),
    waitContainer: (id: string, o: Signal = {}) =>
      json<{ StatusCode: number }>('POST', `/containers/${name(id)}/wait`, o),
    containerLogs: (id: string, o: t.LogsOptions & Signal) =>
      stream('GET', `/containers/${name(id)}/logs`, { query: logsQuery(o), signal: o.signal }),
    containerStats: (id: string, o: Signal = {}) =>
      json<t.ContainerStats>('GET', `/containers/${name(id)}/stats`, {
        query: { stream: false, 'one-shot': true },
        signal: o.signal,
      }),
    /** `ps` of the node over the container's processes: one row a process, columns by `Titles`. */
    containerTop: (id: string, o: Signal & { psArguments?: string } = {}) =>
      json<{ Titles: string[]; Processes: string[][] }>('GET', `/containers/${name(id)}/top`, {
        query: { ps_args: o.psArguments },
        signal: o.signal,
      }),
    /** Against the image: 0 modified, 1 added, 2 deleted. */
    containerChanges: async (id: string, o: Signal = {}) =>
      (await json<{ Path: string; Kind: 0 | 1 | 2 }[] | null>('GET', `/containers/${name(id)}/changes`, o)) ??
      [],
    /** A file or directory as a tar archive. */
    getArchive: (id: string, path: string, o: Signal = {}) =>
      stream('GET', `/containers/${name(id)}/archive`, { query: { path }, signal: o.signal }),
    /** Unpacks a tar archive into the directory `path`. */
    putArchive: (id: string, path: string, body: Readable, o: Signal = {}) =>
      done('PUT', `/containers/${name(id)}/archive`, {
        query: { path, noOverwriteDirNonDir: true },
        body,
        headers: { 'content-type': 'application/x-tar' },
        signal: o.signal,
      }),
    /** Raw connection; frames as in `demux` unless the container has a TTY. */
    attachContainer: (id: string, query: Query, o: Signal = {}): Promise<Duplex> =>
      transport.hijack({
        method: 'POST',
        path: `/containers/${name(id)}/attach${encodeQuery(query)}`,
        ...(o.signal === undefined ? {} : { signal: o.signal }),
      }),
    resizeContainer: (id: string, size: { h: number; w: number }, o: Signal = {}) =>
      done('POST', `/containers/${name(id)}/resize`, { query: size, signal: o.signal }),
    createExec: (id: string, spec: t.ExecCreate, o: Signal = {}) =>
      json<{ Id: string }>('POST', `/containers/${name(id)}/exec`, { json: spec, signal: o.signal }),
    startExec: (execId: string, o: Signal & { tty: boolean }): Promise<Duplex> =>
      transport.hijack({
        method: 'POST',
        path: `/exec/${name(execId)}/start`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ Detach: false, Tty: o.tty }),
        ...(o.signal === undefined ? {} : { signal: o.signal }),
      }),
    resizeExec: (execId: string, size: { h: number; w: number }, o: Signal = {}) =>
      done('POST', `/exec/${name(execId)}/resize`, { query: size, signal: o.signal }),
    inspectExec: (execId: string, o: Signal = {}) =>
      json<{ ExitCode: number | null; Running: boolean; Pid: number }>(
        'GET',
        `/exec/${name(execId)}/json`,
        o,
      ),

    listImages: (o: Signal & { filters?: Filters } = {}) =>
      json<t.ImageSummary[]>('GET', '/images/json', {
        query: { filters: filters(o.filters) },
        signal: o.signal,
      }),
    inspectImage: (reference: string, o: Signal = {}) =>
      json<t.ImageInspect>('GET', `/images/${imagePath(reference)}/json`, o),
    imageHistory: (reference: string, o: Signal = {}) =>
      json<t.ImageHistory[]>('GET', `/images/${imagePath(reference)}/history`, o),
    tagImage: (reference: string, repo: string, tag: string, o: Signal = {}) =>
      done('POST', `/images/${imagePath(reference)}/tag`, { query: { repo, tag }, signal: o.signal }),
    /** NDJSON progress; an `error` line is a failure although the status was 200. */
    pushImage: (repository: string, tag: string, registryAuth: RegistryAuth | undefined, o: Signal = {}) =>
      stream('POST', `/images/${imagePath(repository)}/push`, {
        query: { tag },
        headers: { 'x-registry-auth': 'e30=', ...auth(registryAuth) },
        signal: o.signal,
      }),
    pullImage: (reference: string, o: Signal & { auth?: RegistryAuth } = {}) =>
      stream('POST', '/images/create', {
        query: { fromImage: reference },
        headers: auth(o.auth),
        signal: o.signal,
      }),
    /** From a root file system as tar; `changes` are Dockerfile instructions. */
    importImage: (
      tar: Readable,
      o: Signal & { repo: string; tag: string; changes: readonly string[]; message?: string },
    ) =>
      stream('POST', '/images/create', {
        query: { fromSrc: '-', repo: o.repo, tag: o.tag, changes: o.changes, message: o.message },
        body: tar,
        headers: { 'content-type': 'application/x-tar' },
        signal: o.signal,
      }),
    removeImage: (reference: string, o: Signal & { force?: boolean } = {}) =>
      json<unknown>('DELETE', `/images/${imagePath(reference)}`, {
        query: { force: o.force },
        signal: o.signal,
      }),
    /** NDJSON of the build; `version: '2'` is BuildKit. Aborting the signal cancels the build. */
    buildImage: (
      context: Readable | Buffer,
      query: Query,
      o: Signal & { registryConfig?: Record<string, RegistryAuth> } = {},
    ) =>
      stream('POST', '/build', {
        query,
        body: context,
        headers: {
          'content-type': 'application/x-tar',
          ...(o.registryConfig === undefined ? {} : { 'x-registry-config': headerOf(o.registryConfig) }),
        },
        signal: o.signal,
      }),
    cancelBuild: (id: string, o: Signal = {}) =>
      done('POST', '/build/cancel', { query: { id }, signal: o.signal }),

    listNetworks: (o: Signal & { filters?: Filters } = {}) =>
      json<t.Network[]>('GET', '/networks', { query: { filters: filters(o.filters) }, signal: o.signal }),
    /** With the scope `swarm`, only what the Swarm has: a node knows a removed network until its last task has ended. */
    inspectNetwork: (id: string, o: Signal & { scope?: 'swarm' | 'local' } = {}) =>
      json<t.Network>('GET', `/networks/${name(id)}`, { query: { scope: o.scope }, signal: o.signal }),
    createNetwork: (spec: t.NetworkCreate, o: Signal = {}) =>
      json<{ Id: string; Warning: string }>('POST', '/networks/create', { json: spec, signal: o.signal }),
    removeNetwork: (id: string, o: Signal = {}) => done('DELETE', `/networks/${name(id)}`, o),
    connectNetwork: (id: string, container: string, o: Signal & { aliases?: readonly string[] } = {}) =>
      done('POST', `/networks/${name(id)}/connect`, {
        json: { Container: container, EndpointConfig: { Aliases: o.aliases ?? [] } },
        signal: o.signal,
      }),
    disconnectNetwork: (id: string, container: string, o: Signal & { force?: boolean } = {}) =>
      done('POST', `/networks/${name(id)}/disconnect`, {
        json: { Container: container, Force: o.force ?? false },
        signal: o.signal,
      }),

    listVolumes: (o: Signal & { filters?: Filters } = {}) =>
      json<{ Volumes: t.Volume[] | null }>('GET', '/volumes', {
        query: { filters: filters(o.filters) },
        signal: o.signal,
      }),
    inspectVolume: (id: string, o: Signal = {}) => json<t.Volume>('GET', `/volumes/${name(id)}`, o),
    createVolume: (
      spec: {
        Name: string;
        Labels?: Record<string, string>;
        Driver?: string;
        DriverOpts?: Record<string, string>;
      },
      o: Signal = {},
    ) => json<t.Volume>('POST', '/volumes/create', { json: spec, signal: o.signal }),
    removeVolume: (id: string, o: Signal = {}) => done('DELETE', `/volumes/${name(id)}`, o),

    initSwarm: (spec: Record<string, unknown>, o: Signal = {}) =>
      json<string>('POST', '/swarm/init', { json: spec, signal: o.signal }),
    inspectSwarm: (o: Signal = {}) => json<Record<string, unknown>>('GET', '/swarm', o),
    listNodes: (o: Signal = {}) => json<t.SwarmNode[]>('GET', '/nodes', o),
    listServices: (o: Signal & { filters?: Filters; status?: boolean } = {}) =>
      json<t.Service[]>('GET', '/services', {
        query: { filters: filters(o.filters), status: o.status },
        signal: o.signal,
      }),
    inspectService: (id: string, o: Signal = {}) => json<t.Service>('GET', `/services/${name(id)}`, o),
    createService: (spec: t.ServiceSpec, o: Signal & { auth?: RegistryAuth | undefined } = {}) =>
      json<{ ID: string; Warning?: string }>('POST', '/services/create', {
        json: spec,
        headers: auth(o.auth),
        signal: o.signal,
      }),
    updateService: (
      id: string,
      version: number,
      spec: t.ServiceSpec,
      o: Signal & { auth?: RegistryAuth | undefined } = {},
    ) =>
      json<{ Warnings: string[] | null }>('POST', `/services/${name(id)}/update`, {
        query: { version, registryAuthFrom: 'spec' },
        json: spec,
        headers: auth(o.auth),
        signal: o.signal,
      }),
    removeService: (id: string, o: Signal = {}) => done('DELETE', `/services/${name(id)}`, o),
    serviceLogs: (id: string, o: t.LogsOptions & Signal & { details?: boolean }) =>
      stream('GET', `/services/${name(id)}/logs`, {
        query: { ...logsQuery(o), details: o.details },
        signal: o.signal,
      }),
    listTasks: (o: Signal & { filters?: Filters } = {}) =>
      json<t.Task[]>('GET', '/tasks', { query: { filters: filters(o.filters) }, signal: o.signal }),
    inspectTask: (id: string, o: Signal = {}) => json<t.Task>('GET', `/tasks/${name(id)}`, o),
    taskLogs: (id: string, o: t.LogsOptions & Signal) =>
      stream('GET', `/tasks/${name(id)}/logs`, { query: logsQuery(o), signal: o.signal }),
    /** Never with their data: the engine gives that to tasks only. */
    listSecrets: (o: Signal & { filters?: Filters } = {}) =>
      json<t.EngineFile[]>('GET', '/secrets', { query: { filters: filters(o.filters) }, signal: o.signal }),
    createSecret: (spec: t.EngineFileCreate, o: Signal = {}) =>
      json<{ ID: string }>('POST', '/secrets/create', { json: spec, signal: o.signal }),
    removeSecret: (id: string, o: Signal = {}) => done('DELETE', `/secrets/${name(id)}`, o),
    listConfigs: (o: Signal & { filters?: Filters } = {}) =>
      json<t.EngineFile[]>('GET', '/configs', { query: { filters: filters(o.filters) }, signal: o.signal }),
    createConfig: (spec: t.EngineFileCreate, o: Signal = {}) =>
      json<{ ID: string }>('POST', '/configs/create', { json: spec, signal: o.signal }),
    removeConfig: (id: string, o: Signal = {}) => done('DELETE', `/configs/${name(id)}`, o),
  };
}

export const isAbsent = (error: unknown): boolean =>
  error instanceof EngineStatusError && error.status === 404;
/** 409 (already so) and 304 (not modified) from the engine. */
export const isConflict = (error: unknown): boolean =>
  error instanceof EngineStatusError && error.status === 409;

export function encodeQuery(query: Query): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) continue;
    if (Array.isArray(value)) for (const item of value) params.append(key, item);
    else params.append(key, String(value));
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

const filters = (value: Filters | undefined): string | undefined =>
  value === undefined ? undefined : JSON.stringify(value);
/** `library/x:tag` as a path: slashes stay, the rest is escaped. */
const imagePath = (reference: string): string =>
  reference.split('/').map(encodeURIComponent).join('/').replaceAll('%3A', ':').replaceAll('%40', '@');
const logsQuery = (o: t.LogsOptions): Query => ({
  stdout: true,
  stderr: true,
  timestamps: o.timestamps,
  follow: o.follow,
  tail: o.tail,
  since: o.since,
  until: o.until,
});

export async function readAll(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
