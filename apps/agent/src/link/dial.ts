import { readFile } from 'node:fs/promises';
import { performServerHandshake, type ServerHttp2Session } from 'node:http2';
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { AgentConfig } from '@berth/contract/config';
import { linkSettings, linkWindowBytes } from '@berth/contract/link';
import type { Clock } from '@berth/runtime/clock';
import { backoffMs } from '@berth/runtime/retry';
import type { Log } from '../log.ts';

/** Quick at first, because control restarts in a second or two, then polite. */
const backoff = { firstMs: 100, maxMs: 3_000, factor: 1.6 };
const dialTimeoutMs = 5_000;
const pingEveryMs = 10_000;
const pingTimeoutMs = 5_000;

export interface Link {
  /** Whether control is connected now. */
  isConnected(): boolean;
  close(): Promise<void>;
}

/**
 * Keeps one connection to control, for ever: dials with this node's certificate, then serves HTTP/2 on the
 * connection. `accept` gets each new session. Never rejects; what goes wrong is logged and tried again.
 */
export function startLink(options: {
  control: AgentConfig['control'];
  clock: Clock;
  log: Log;
  accept: (session: ServerHttp2Session) => void;
}): Link {
  const { control, clock, log } = options;
  const stopping = new AbortController();
  let session: ServerHttp2Session | undefined;

  const run = async (): Promise<void> => {
    for (let attempt = 1; !stopping.signal.aborted; attempt++) {
      try {
        // The files are read each time, so that a renewed certificate is taken up by the next connection.
        const socket = await dial(control, stopping.signal);
        session = performServerHandshake(socket, { settings: linkSettings });
        session.on('connect', () => session?.setLocalWindowSize(linkWindowBytes));
        options.accept(session);
        log.info({ control: `${control.host}:${control.port}` }, 'connected to control');
        const began = clock.now();
        const because = await ended(session, clock, stopping.signal);
        if (clock.now() - began > 5_000) attempt = 0;
        if (!stopping.signal.aborted) log.warn({ because }, 'connection to control ended');
      } catch (error) {
        if (stopping.signal.aborted) break;
        // One line for the first failure and then now and again: control may be gone for days.
        if (attempt === 1 || attempt % 20 === 0)
          log.warn({ attempt, because: messageOf(error) }, 'control cannot be reached; trying again');
      } finally {
        session?.destroy();
        session = undefined;
      }
      await clock.sleep(backoffMs(backoff, attempt + 1), stopping.signal).catch(() => undefined);
    }
  };
  const running = run();
  return {
    isConnected: () => session !== undefined && !session.destroyed,
    close: async () => {
      stopping.abort(new Error('the agent stops'));
      session?.close();
      session?.destroy();
      await running;
    },
  };
}

async function dial(control: AgentConfig['control'], signal: AbortSignal): Promise<TLSSocket> {
  const [ca, cert, key] = await Promise.all(
    [control.caFile, control.certFile, control.keyFile].map((file) => readFile(file)),
  );
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: control.host,
      port: control.port,
      ca,
      cert,
      key,
      // A name is needed for the check of the certificate; an address cannot be sent as a name.
      ...(isIP(control.serverName) === 0 ? { servername: control.serverName } : {}),
      ALPNProtocols: ['h2'],
      minVersion: 'TLSv1.3',
    });
    socket.setNoDelay(true);
    socket.setTimeout(dialTimeoutMs, () => socket.destroy(new Error('no TLS connection within 5 s')));
    const abort = () => socket.destroy(new Error('the agent stops'));
    signal.addEventListener('abort', abort, { once: true });
    socket.once('secureConnect', () => {
      signal.removeEventListener('abort', abort);
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      socket.off('error', reject);
      resolve(socket);
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the connection closed before TLS was up')));
  });
}

/** Resolves with the reason once the session is over; asks for a sign of life meanwhile. */
function ended(session: ServerHttp2Session, clock: Clock, signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const over = new AbortController();
    const finish = (because: string) => {
      over.abort();
      session.destroy();
      resolve(because);
    };
    session.on('error', (error) => finish(messageOf(error)));
    session.once('close', () => finish('closed by control'));
    session.once('goaway', () => finish('control is going away'));
    const beat = async (): Promise<void> => {
      for (;;) {
        await clock.sleep(pingEveryMs, AbortSignal.any([over.signal, signal]));
        await ping(session, clock, over.signal);
      }
    };
    beat().catch((error) => finish(messageOf(error)));
  });
}

/** Rejects when the other end does not answer within five seconds. */
async function ping(session: ServerHttp2Session, clock: Clock, signal: AbortSignal): Promise<void> {
  const done = new AbortController();
  await Promise.race([
    new Promise<void>((resolve, reject) => {
      if (!session.ping((error) => (error === null ? resolve() : reject(error))))
        reject(new Error('no ping sent'));
    }),
    clock.sleep(pingTimeoutMs, AbortSignal.any([signal, done.signal])).then(() => {
      throw new Error('control did not answer a ping within 5 s');
    }),
  ]).finally(() => done.abort());
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
