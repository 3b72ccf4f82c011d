import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream';
import { refuse } from '@berth/contract/errors';
import { createEngine, type Engine } from '@berth/engine/engine';
import { engineApiVersion, serviceApiVersion, socketTransport } from '@berth/engine/transport';
import { answered, type Call, parseJson, type Route, readBody } from '../link/router.ts';
import type { Log } from '../log.ts';
import type { Hiding } from './foreign.ts';
import { findForeignObject } from './labels.ts';
import type { ObjectRef, PolicySettings } from './policy/request.ts';
import { findPolicyRule, isOfOwn, noRuleReason } from './policy/rules.ts';

const { request: httpRequest } = process.getBuiltinModule('node:http');

const jsonBytesMax = 2 * 1024 * 1024;
/** Some thousands of tasks. */
const listBytesMax = 64 * 1024 * 1024;

/** What reaches the engine and what comes back; everything else is between this process and its neighbours. */
const requestHeaders = ['x-registry-auth', 'x-registry-config'] as const;
/** Never the caller's own: of a form's the engine would take parameters that the query, which was judged, has not. */
const contentTypes = {
  none: {},
  json: { 'content-type': 'application/json' },
  stream: { 'content-type': 'application/x-tar' },
} as const;
const responseHeaders = [
  'content-type',
  'ostype',
  'api-version',
  'docker-content-digest',
  'warning',
] as const;

interface Admitted {
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  /** Undefined: the body is streamed. */
  readonly body: Buffer | undefined;
  readonly hide: Hiding | undefined;
}

/**
 * The engine for control, under the policy. The socket's request lives exactly as long as the stream: when
 * control cancels, the request is destroyed, and the engine stops the build or the follow it was for.
 */
export function createEngineGateway(options: {
  socketPath: string;
  settings: PolicySettings;
  log: Log;
  /** Names of the engine's volumes that were given to Berth as they are: they carry no label of it. */
  adoptedVolumes: () => Promise<ReadonlySet<string>>;
  /** Told before a build starts, so that its caps stand; the signal aborts when the build is over. */
  beforeBuild: (signal: AbortSignal) => Promise<void>;
}): { engine: Engine; routes: readonly Route[] } {
  const { socketPath, settings, log } = options;
  const engine = createEngine(socketTransport(socketPath));

  let serviceVersion: Promise<string> | undefined;
  /** Services have fields that came later; the engine drops those its caller's version does not know. */
  async function versionFor(path: string): Promise<string> {
    if (!/^\/services\/(create|[^/]+\/update)$/.test(path)) return engineApiVersion;
    serviceVersion ??= engine.version().then(({ ApiVersion }) => serviceApiVersion(ApiVersion));
    return serviceVersion.catch((cause) => {
      serviceVersion = undefined;
      throw engineFailure(cause);
    });
  }

  async function withoutAdopted(objects: readonly ObjectRef[]): Promise<readonly ObjectRef[]> {
    if (!objects.some(({ kind }) => kind === 'volume')) return objects;
    const adopted = await options.adoptedVolumes();
    return objects.filter(({ kind, id }) => kind !== 'volume' || !adopted.has(id));
  }

  async function admit(call: Call, target: string, body: Buffer | undefined): Promise<Admitted> {
    const [path = '', search = ''] = target.split(/\?(.*)/s, 2);
    const found = findPolicyRule(call.method, path);
    const denied = (reason: string) => {
      log.warn({ method: call.method, path, reason }, 'policy denied an engine request');
      return refuse('policy_denied', `${call.method} ${path}: ${reason}`);
    };
    if (found === undefined) throw denied(noRuleReason(call.method, path));
    const { rule, id } = found;
    const query = new URLSearchParams(search);
    const raw = rule.body === 'stream' ? undefined : (body ?? (await readBody(call.stream, jsonBytesMax)));
    const parsed = rule.body === 'json' && raw !== undefined && raw.length > 0 ? parseJson(raw) : undefined;
    const decision = rule.judge({ method: call.method, path, query, body: parsed }, id, settings);
    if (decision.kind === 'deny') throw denied(decision.reason);
    const foreign = await findForeignObject(
      engine,
      await withoutAdopted(decision.objects),
      settings.platform,
      call.signal,
    ).catch((cause) => {
      throw engineFailure(cause);
    });
    if (foreign !== undefined) throw denied(foreign);
    if (path === '/build') await options.beforeBuild(call.signal);
    const text = (decision.query ?? query).toString();
    return {
      path: `/v${await versionFor(path)}${path}${text === '' ? '' : `?${text}`}`,
      headers: { ...pick(call.headers, requestHeaders), ...contentTypes[rule.body] },
      // What was judged is what is sent: a second reading of the same bytes could differ.
      body: rule.body === 'json' ? Buffer.from(parsed === undefined ? '' : JSON.stringify(parsed)) : raw,
      hide: isOfOwn(query, settings.platform) ? undefined : rule.hide,
    };
  }

  const open = (call: Call, admitted: Admitted, extra: OutgoingHttpHeaders) => {
    const outgoing = httpRequest({
      socketPath,
      method: call.method,
      path: admitted.path,
      headers: {
        host: 'engine',
        ...admitted.headers,
        ...(admitted.body === undefined ? {} : { 'content-length': admitted.body.length }),
        ...extra,
      },
      agent: false,
    });
    call.signal.addEventListener('abort', () => outgoing.destroy(), { once: true });
    return outgoing;
  };

  /** `* /v1/engine/…` */
  async function forward(call: Call): Promise<typeof answered> {
    const admitted = await admit(call, call.target.slice('/v1/engine'.length), undefined);
    await new Promise<void>((resolve, reject) => {
      const outgoing = open(call, admitted, {});
      outgoing.on('error', (cause) => (call.stream.headersSent ? resolve() : reject(engineFailure(cause))));
      outgoing.on('response', (incoming) => {
        if (call.stream.destroyed) return resolve();
        const { hide } = admitted;
        if (hide !== undefined && incoming.statusCode === 200) {
          const hidden = answerWithout(call, incoming, (list) => hide(list, settings.platform));
          return void hidden.then(resolve, (cause) => reject(engineFailure(cause)));
        }
        call.stream.respond({
          ':status': incoming.statusCode ?? 502,
          ...pick(incoming.headers, responseHeaders),
        });
        pipeline(incoming, call.stream, (error) => {
          if (error != null) outgoing.destroy();
          resolve();
        });
      });
      if (admitted.body === undefined) {
        call.stream.on('error', () => outgoing.destroy());
        call.stream.pipe(outgoing);
      } else outgoing.end(admitted.body);
    });
    return answered;
  }

  /** `POST /v1/hijack/…`: one line of JSON, then bytes both ways. */
  async function hijack(call: Call): Promise<typeof answered> {
    const line = await readLine(call.stream, jsonBytesMax);
    const admitted = await admit(call, call.target.slice('/v1/hijack'.length), line);
    await new Promise<void>((resolve, reject) => {
      const outgoing = open(call, admitted, { connection: 'Upgrade', upgrade: 'tcp' });
      outgoing.on('error', (cause) => (call.stream.headersSent ? resolve() : reject(engineFailure(cause))));
      outgoing.on('upgrade', (_incoming, socket, head) => {
        if (head.length > 0) socket.unshift(head);
        if (call.stream.destroyed) {
          socket.destroy();
          return resolve();
        }
        call.stream.respond({ ':status': 200, 'content-type': 'application/vnd.docker.raw-stream' });
        join(socket, call.stream, resolve);
      });
      outgoing.on('response', (incoming) => {
        call.stream.respond({
          ':status': incoming.statusCode ?? 502,
          ...pick(incoming.headers, responseHeaders),
        });
        pipeline(incoming, call.stream, () => resolve());
      });
      outgoing.end(admitted.body);
    });
    return answered;
  }

  return {
    engine,
    routes: [
      { method: '*', path: /^\/v1\/engine\/./, handle: forward },
      { method: 'POST', path: /^\/v1\/hijack\/./, handle: hijack },
    ],
  };
}

/** The whole answer, as control may have it. */
async function answerWithout(
  call: Call,
  incoming: IncomingMessage,
  hide: (answer: unknown) => unknown,
): Promise<void> {
  const answer = hide(parseJson(await readBody(incoming, listBytesMax)));
  if (call.stream.destroyed) return;
  call.stream.respond({ ':status': 200, ...pick(incoming.headers, responseHeaders) });
  call.stream.end(JSON.stringify(answer));
}

/** Both directions until both ended; either failing ends the other. */
function join(engineSide: Duplex, controlSide: Duplex, done: () => void): void {
  let open = 2;
  const end = () => {
    open -= 1;
    if (open === 0) done();
  };
  const fail = (other: Duplex) => (error: unknown) => {
    if (error != null) other.destroy();
    end();
  };
  pipeline(engineSide, controlSide, fail(engineSide));
  pipeline(controlSide, engineSide, fail(controlSide));
}

/** The bytes before the first newline; the stream goes on after it. */
function readLine(stream: Duplex, bytesMax: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let seen: Buffer = Buffer.alloc(0);
    const stop = () => {
      stream.off('readable', read);
      stream.off('error', fail);
      stream.off('close', closed);
    };
    const fail = (error: Error) => {
      stop();
      reject(error);
    };
    const closed = () => fail(refuse('malformed_body', 'The call ended before its first line'));
    const read = () => {
      for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) {
        seen = Buffer.concat([seen, chunk as Buffer]);
        const end = seen.indexOf(10);
        if (end >= 0) {
          stop();
          if (end + 1 < seen.length) stream.unshift(seen.subarray(end + 1));
          return resolve(seen.subarray(0, end));
        }
        if (seen.length > bytesMax) return fail(refuse('body_too_large', 'The first line is too long'));
      }
    };
    stream.on('readable', read);
    stream.on('error', fail);
    stream.on('close', closed);
    read();
  });
}

function engineFailure(cause: unknown): unknown {
  const code = (cause as NodeJS.ErrnoException).code;
  return code === 'ECONNREFUSED' ||
    code === 'ENOENT' ||
    code === 'ECONNRESET' ||
    code === 'EPIPE' ||
    code === 'EACCES'
    ? refuse('engine_unreachable', `The engine does not answer: ${code}`, { cause })
    : cause;
}

function pick(headers: IncomingHttpHeaders, names: readonly string[]): OutgoingHttpHeaders {
  const picked: OutgoingHttpHeaders = {};
  for (const name of names) if (headers[name] !== undefined) picked[name] = headers[name];
  return picked;
}
