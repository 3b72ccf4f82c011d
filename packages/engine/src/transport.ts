import type { IncomingHttpHeaders } from 'node:http';
import { type Duplex, Readable } from 'node:stream';

// Not by `import`: that evaluates every export of the module, and with its WebSocket all of undici: 10 MB.
const { request: httpRequest } = process.getBuiltinModule('node:http');

/** One request to the Docker Engine API. `path` begins with `/`, has its query, and no version prefix. */
export interface EngineRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readable | Buffer | string;
  readonly signal?: AbortSignal;
}

export interface EngineResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
}

/** Carries requests to an engine: a local socket, or an agent's connection. */
export interface EngineTransport {
  request(request: EngineRequest): Promise<EngineResponse>;
  /** For attach and exec: resolves with the raw connection once the engine has upgraded it. */
  hijack(request: EngineRequest): Promise<Duplex>;
}

/** API version every supported engine speaks: 1.41 is Docker 20.10, the oldest; 25+ need at least 1.24. */
export const engineApiVersion = '1.41';

/** Newest version whose services Berth writes: newer fields are sent as this, where the engine has it. */
const serviceApiVersionMax = '1.46';

/** The version a service is written as on an engine of that version. */
export function serviceApiVersion(engineVersion: string): string {
  const minor = (version: string) => Number(version.split('.')[1] ?? 0);
  if (minor(engineVersion) >= minor(serviceApiVersionMax)) return serviceApiVersionMax;
  return minor(engineVersion) > minor(engineApiVersion) ? engineVersion : engineApiVersion;
}

/** The engine at a local socket. Only the agent and the installer may use it. */
export function socketTransport(socketPath: string): EngineTransport {
  const start = (request: EngineRequest, extra: Record<string, string>) =>
    httpRequest({
      socketPath,
      method: request.method,
      path: `/v${engineApiVersion}${request.path}`,
      headers: { host: 'engine', ...request.headers, ...extra },
      agent: false,
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
  const send = (outgoing: ReturnType<typeof start>, request: EngineRequest) => {
    if (request.body instanceof Readable) {
      request.body.on('error', (cause) => outgoing.destroy(cause));
      request.body.pipe(outgoing);
    } else outgoing.end(request.body);
  };
  return {
    request: (request) =>
      new Promise((resolve, reject) => {
        const outgoing = start(request, {});
        outgoing.on('response', (incoming) =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: incoming }),
        );
        outgoing.on('error', (cause) => reject(faultOf(request, cause)));
        send(outgoing, request);
      }),
    hijack: (request) =>
      new Promise((resolve, reject) => {
        const outgoing = start(request, { connection: 'Upgrade', upgrade: 'tcp' });
        outgoing.on('upgrade', (_incoming, socket, head) => {
          if (head.length > 0) socket.unshift(head);
          resolve(socket);
        });
        outgoing.on('response', (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('end', () =>
            reject(
              new EngineStatusError(request, incoming.statusCode ?? 0, messageOf(Buffer.concat(chunks))),
            ),
          );
        });
        outgoing.on('error', (cause) => reject(faultOf(request, cause)));
        send(outgoing, request);
      }),
  };
}

/** Node's AbortError hides why; what the signal was aborted with says so: Ctrl-C, or a time that ran out. */
const faultOf = ({ signal }: EngineRequest, cause: Error): unknown =>
  signal?.aborted === true ? signal.reason : cause;

/** The engine answered with a status of 400 or more; `message` is its own words. */
export class EngineStatusError extends Error {
  readonly status: number;
  readonly engineMessage: string;
  constructor(request: Pick<EngineRequest, 'method' | 'path'>, status: number, engineMessage: string) {
    super(`engine: ${request.method} ${request.path.split('?')[0]}: ${status} ${engineMessage}`);
    this.name = 'EngineStatusError';
    this.status = status;
    this.engineMessage = engineMessage;
  }
}

export function messageOf(body: Buffer): string {
  const text = body.toString('utf8').trim();
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && 'message' in parsed) return String(parsed.message);
  } catch {
    // Not JSON: the engine's text as it is.
  }
  return text.slice(0, 2000);
}
