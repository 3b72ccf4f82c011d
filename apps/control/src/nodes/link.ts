import { type ClientHttp2Session, connect } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { NodeFacts } from '@berth/contract/agent';
import { agentPaths } from '@berth/contract/agent-paths';
import { linkSettings, linkWindowBytes } from '@berth/contract/link';
import { createEngine } from '@berth/engine/engine';
import type { Clock } from '@berth/runtime/clock';
import type { Logger } from 'pino';
import { createEdgePort } from './edge-port.ts';
import { linkTransport } from './engine-transport.ts';
import { createLimitPort } from './limit-port.ts';
import { createLinkCalls } from './link-calls.ts';
import { createLogPort } from './log-port.ts';
import { createMemoryPort } from './memory-port.ts';
import type { NodeLink } from './ports.ts';
import { createVolumePort } from './volume-port.ts';

const factsEveryMs = 30_000;
const pingEveryMs = 5_000;
const pingTimeoutMs = 5_000;

export interface LiveLink extends NodeLink {
  /** Resolves with the reason once the connection is over. */
  readonly ended: Promise<string>;
  end(because: string): void;
}

/** Speaks HTTP/2 as the client on a connection an agent dialled; resolves once it gave its facts. */
export async function openLink(
  socket: TLSSocket,
  options: {
    clock: Clock;
    log: Logger;
    timeoutMs: number;
    /** The agent's policy denied a request of ours. */
    onDenied?: ((detail: string) => void) | undefined;
  },
): Promise<LiveLink> {
  const { clock, log } = options;
  socket.setNoDelay(true);
  const session = connect('https://agent', { createConnection: () => socket, settings: linkSettings });
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  const over = new AbortController();
  const end = (because: string): void => {
    over.abort();
    session.destroy();
    resolve(because);
  };
  session.on('connect', () => session.setLocalWindowSize(linkWindowBytes));
  session.on('error', (error: Error) => end(error.message));
  session.once('close', () => end('closed'));
  session.once('goaway', () => end('the agent is going away'));

  const calls = createLinkCalls(session, options.onDenied);
  const askFacts = async (signal: AbortSignal): Promise<NodeFacts> =>
    NodeFacts.parse(await calls.json('GET', agentPaths.node, { signal }));
  let facts: NodeFacts;
  try {
    facts = await askFacts(AbortSignal.any([over.signal, AbortSignal.timeout(options.timeoutMs)]));
  } catch (error) {
    end('no facts');
    throw error;
  }

  const every = async (ms: number, act: () => Promise<void>): Promise<void> => {
    for (;;) {
      await clock.sleep(ms, over.signal);
      await act();
    }
  };
  every(pingEveryMs, () => ping(session, clock, over.signal)).catch((error: Error) => end(error.message));
  every(factsEveryMs, async () => {
    facts = await askFacts(AbortSignal.any([over.signal, AbortSignal.timeout(10_000)])).catch((error) => {
      if (!over.signal.aborted) log.warn({ err: error, node: facts.id }, 'an agent did not give its facts');
      return facts;
    });
  }).catch(() => undefined);

  return {
    id: facts.id,
    name: facts.name,
    facts: () => facts,
    refresh: async (signal) => {
      facts = await askFacts(signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]));
      return facts;
    },
    engine: createEngine(linkTransport(calls)),
    edge: createEdgePort(calls),
    memory: createMemoryPort(calls),
    volumes: createVolumePort(calls),
    logs: createLogPort(calls),
    limits: createLimitPort(calls),
    ended,
    end,
  };
}

async function ping(session: ClientHttp2Session, clock: Clock, signal: AbortSignal): Promise<void> {
  const done = new AbortController();
  await Promise.race([
    new Promise<void>((resolve, reject) => {
      if (!session.ping((error) => (error == null ? resolve() : reject(error))))
        reject(new Error('no ping could be sent'));
    }),
    clock.sleep(pingTimeoutMs, AbortSignal.any([signal, done.signal])).then(() => {
      throw new Error('the agent did not answer a ping within 5 s');
    }),
  ]).finally(() => done.abort());
}
