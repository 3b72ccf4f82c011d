import { readFileSync } from 'node:fs';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { ControlConfig } from '@berth/contract/config';
import { refuse } from '@berth/contract/errors';
import type { Clock } from '@berth/runtime/clock';
import type { Logger } from 'pino';
import { type LiveLink, openLink } from './link.ts';
import type { NodeLink, Nodes } from './ports.ts';

const handshakeTimeoutMs = 5_000;

/** What belongs in the audit log: a request an agent's policy denied, a connection that is not an agent's. */
export interface LinkRefusal {
  readonly kind: 'policy_denied' | 'unauthenticated';
  /** The node, as its certificate says; `-` without one. */
  readonly node: string;
  readonly address: string;
  readonly detail: string;
}

/**
 * Where agents connect. INVARIANTS: a link is listed only after TLS proved the node's certificate against
 * Berth's CA and the agent said to be the node of that certificate; there is one link per node, the newest;
 * a link that is not listed any more rejects every call with `agent_unreachable`.
 */
export function createNodes(options: {
  config: ControlConfig['link'];
  clock: Clock;
  log: Logger;
  onRefusal?: (refusal: LinkRefusal) => void;
}): {
  nodes: Nodes;
  /** Resolves with the port, once agents can connect. */
  listen(): Promise<number>;
  close(): Promise<void>;
} {
  const { config, clock, log, onRefusal = () => {} } = options;
  const links = new Map<string, LiveLink>();
  const listeners = new Set<Parameters<Nodes['onChange']>[0]>();
  const stopping = new AbortController();
  let server: Server | undefined;

  const announce = (kind: 'connected' | 'disconnected', id: string): void => {
    for (const listener of listeners) listener({ kind, id });
  };

  async function admit(socket: TLSSocket): Promise<void> {
    const address = socket.remoteAddress;
    const name = nodeOf(socket);
    if (name === undefined) {
      log.warn({ address }, 'a connection without a node certificate was refused');
      onRefusal({
        kind: 'unauthenticated',
        node: '-',
        address: address ?? '',
        detail: 'a connection without a node certificate',
      });
      socket.destroy();
      return;
    }
    let link: LiveLink;
    try {
      link = await openLink(socket, {
        clock,
        log,
        timeoutMs: handshakeTimeoutMs,
        onDenied: (detail) =>
          onRefusal({ kind: 'policy_denied', node: name, address: address ?? '', detail }),
      });
    } catch (error) {
      log.warn({ address, node: name, err: error }, 'an agent connected but did not answer');
      socket.destroy();
      return;
    }
    if (link.id !== name) {
      log.error(
        { address, certificate: name, said: link.id },
        'an agent said to be another node than its certificate',
      );
      link.end('its certificate is of another node');
      onRefusal({
        kind: 'unauthenticated',
        node: name,
        address: address ?? '',
        detail: `an agent said to be the node ${link.id}`,
      });
      return;
    }
    if (stopping.signal.aborted) return link.end('control is stopping');
    const older = links.get(link.id);
    links.set(link.id, link);
    older?.end('a newer connection of the same node took its place');
    log.info({ node: link.id, name: link.name, address }, 'agent connected');
    announce('connected', link.id);
    const because = await link.ended;
    if (links.get(link.id) !== link) return;
    links.delete(link.id);
    log.warn({ node: link.id, name: link.name, because }, 'agent disconnected');
    announce('disconnected', link.id);
  }

  const findManager = (): NodeLink | undefined =>
    [...links.values()].find((link) => link.facts().swarm.isManager);

  const nodes: Nodes = {
    list: () => [...links.values()],
    find: (id) => links.get(id),
    manager: ({ waitMs = 10_000, signal } = {}) => {
      const found = findManager();
      if (found !== undefined) return Promise.resolve(found);
      return new Promise((resolve, reject) => {
        const over = new AbortController();
        const settle = (act: () => void) => {
          listeners.delete(look);
          signal?.removeEventListener('abort', aborted);
          over.abort();
          act();
        };
        const look = () => {
          const link = findManager();
          if (link !== undefined) settle(() => resolve(link));
        };
        const aborted = () => settle(() => reject(signal?.reason));
        if (signal?.aborted === true) return reject(signal.reason);
        listeners.add(look);
        signal?.addEventListener('abort', aborted, { once: true });
        clock.sleep(waitMs, over.signal).then(
          () =>
            settle(() =>
              reject(
                refuse(
                  'agent_unreachable',
                  `No agent of a manager node has been connected for ${waitMs / 1000} s`,
                ),
              ),
            ),
          () => undefined,
        );
      });
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  return {
    nodes,
    listen: () =>
      new Promise((resolve, reject) => {
        server = createServer({
          ca: readFileSync(config.caFile),
          cert: readFileSync(config.certFile),
          key: readFileSync(config.keyFile),
          requestCert: true,
          rejectUnauthorized: true,
          ALPNProtocols: ['h2'],
          minVersion: 'TLSv1.3',
          handshakeTimeout: handshakeTimeoutMs,
        });
        server.on('secureConnection', (socket) => {
          socket.on('error', (error) => log.debug({ err: error }, 'agent link socket'));
          void admit(socket);
        });
        server.on('tlsClientError', (error, socket) =>
          log.warn(
            { address: socket.remoteAddress, because: error.message },
            'a connection to the agent link was refused',
          ),
        );
        server.once('error', reject);
        server.listen({ host: config.host, port: config.port }, () => {
          const address = server?.address();
          resolve(typeof address === 'object' && address !== null ? address.port : config.port);
        });
      }),
    close: async () => {
      stopping.abort();
      const closed = new Promise<void>((resolve) =>
        server === undefined ? resolve() : server.close(() => resolve()),
      );
      for (const link of links.values()) link.end('control is stopping');
      await closed;
    },
  };
}

/** The node a verified certificate is for: its common name, in the unit `agent`. */
function nodeOf(socket: TLSSocket): string | undefined {
  if (!socket.authorized || socket.alpnProtocol !== 'h2') return undefined;
  const { subject } = socket.getPeerCertificate();
  const name = subject?.CN;
  return typeof name === 'string' && name !== '' ? name : undefined;
}
