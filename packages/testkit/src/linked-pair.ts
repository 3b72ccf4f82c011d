import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Link, startLink } from '@berth/agent/link/dial';
import { createRouter, type Route } from '@berth/agent/link/router';
import type { NodeFacts } from '@berth/contract/agent';
import { createNodes, type LinkRefusal } from '@berth/control/nodes/link-server';
import type { NodeLink, Nodes } from '@berth/control/nodes/ports';
import { createAuthority, issueCertificate } from '@berth/pki/authority';
import { systemClock } from '@berth/runtime/clock';
import pino from 'pino';

export const silent = pino({ level: process.env.BERTH_TEST_LOG ?? 'silent' });

export const testFacts = (over: Partial<NodeFacts> = {}): NodeFacts => ({
  id: 'node-1',
  name: 'n1',
  platform: 'test',
  agentVersion: '0.0.0',
  startedAt: '2026-01-01T00:00:00.000Z',
  engineVersion: '20.10.24',
  engineApiVersion: '1.41',
  addresses: ['192.0.2.1'],
  swarm: { state: 'active', isManager: true },
  os: 'Debian GNU/Linux 12 (bookworm)',
  kernel: '6.1',
  storageDriver: 'overlay2',
  cpus: 2,
  memoryBytes: 8 * 1024 ** 3,
  diskBytesFree: 1024 ** 3,
  edge: { httpPort: 80, httpsPort: 443, appPorts: [8100, 8119], running: true },
  ...over,
});

export interface LinkEnd {
  readonly host: string;
  readonly port: number;
  readonly serverName: string;
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/**
 * Control's end of the agent link on a free port, with a CA of its own in a temporary directory. `dial`
 * starts an agent's end with the given routes (`GET /v1/node` is answered with the facts unless it is among them).
 */
export async function startLinkedPair(options: { wait?: AbortSignal } = {}): Promise<{
  readonly nodes: Nodes;
  readonly directory: string;
  /** What control would note in its audit log, oldest first. */
  readonly refusals: readonly LinkRefusal[];
  /** Files and address for an agent of this node id, as its configuration has them. */
  agentFiles(commonName: string): Promise<LinkEnd>;
  dial(o?: { facts?: NodeFacts; commonName?: string; routes?: readonly Route[] }): Promise<Link>;
  /** The link of the node, once it is there. */
  connected(id?: string): Promise<NodeLink>;
  /** Stops control's end and starts it again on the same port. */
  restartControl(): Promise<void>;
  close(): Promise<void>;
}> {
  const signal = options.wait ?? AbortSignal.timeout(10_000);
  const nowMs = Date.now();
  const directory = await mkdtemp(join(tmpdir(), 'berth-link-'));
  const ca = await createAuthority({ commonName: 'berth test CA', nowMs });
  const server = await issueCertificate(ca, {
    commonName: 'control',
    usage: 'server',
    names: ['berth-control', '127.0.0.1'],
    nowMs,
  });
  const put = async (name: string, text: string): Promise<string> => {
    const file = join(directory, name);
    await writeFile(file, text, { mode: 0o600 });
    return file;
  };
  const caFile = await put('ca.pem', ca.certificatePem);
  const config = {
    host: '127.0.0.1',
    port: 0,
    caFile,
    certFile: await put('control.pem', server.certificatePem),
    keyFile: await put('control.key', server.keyPem),
  };
  const refusals: LinkRefusal[] = [];
  const onRefusal = (refusal: LinkRefusal) => void refusals.push(refusal);
  let control = createNodes({ config, clock: systemClock, log: silent, onRefusal });
  const port = await control.listen();
  const links: Link[] = [];

  const agentFiles = async (commonName: string): Promise<LinkEnd> => {
    const pair = await issueCertificate(ca, { commonName, usage: 'client', nowMs });
    await mkdir(join(directory, commonName), { recursive: true });
    return {
      host: '127.0.0.1',
      port,
      serverName: 'berth-control',
      caFile,
      certFile: await put(`${commonName}/agent.pem`, pair.certificatePem),
      keyFile: await put(`${commonName}/agent.key`, pair.keyPem),
    };
  };
  return {
    get nodes() {
      return control.nodes;
    },
    directory,
    refusals,
    agentFiles,
    dial: async ({ facts = testFacts(), commonName = facts.id, routes = [] } = {}) => {
      const router = createRouter({
        routes: [...routes, { method: 'GET', path: /^\/v1\/node$/, handle: async () => facts }],
        clock: systemClock,
        log: silent,
      });
      const link = startLink({
        control: await agentFiles(commonName),
        clock: systemClock,
        log: silent,
        accept: router.accept,
      });
      links.push(link);
      return link;
    },
    connected: (id = 'node-1') =>
      new Promise((resolve, reject) => {
        const look = () => {
          const link = control.nodes.find(id);
          if (link === undefined) return;
          stop();
          resolve(link);
        };
        const stop = control.nodes.onChange(look);
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        look();
      }),
    restartControl: async () => {
      await control.close();
      control = createNodes({ config: { ...config, port }, clock: systemClock, log: silent, onRefusal });
      await control.listen();
    },
    close: async () => {
      await Promise.all(links.map((link) => link.close()));
      await control.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
