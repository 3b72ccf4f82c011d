import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlConfig } from '@berth/contract/config';
import type { Clock } from '@berth/runtime/clock';
import { Secret } from '@berth/runtime/secret';
import type { Logger } from 'pino';
import { createHandlers } from './assembly/handlers.ts';
import { createParts, type Ground } from './assembly/parts.ts';
import { openStores } from './assembly/stores.ts';
import { noteLinkRefusals } from './audit/link-refusals.ts';
import { openDatabase } from './db/database.ts';
import { createVault } from './env/vault.ts';
import { createAuthenticator } from './http/authenticate.ts';
import { createIdempotency } from './http/idempotency.ts';
import { machineAddress } from './http/machine-address.ts';
import { createHttpServer } from './http/server.ts';
import { trustedEdge } from './http/trusted-edge.ts';
import { createNodes } from './nodes/link-server.ts';

export interface Control {
  /** Ports it listens on. */
  readonly api: number;
  readonly link: number;
  /** Operations that have a handler. */
  readonly operations: readonly string[];
  /** Finishes what runs, within a deadline, and closes the database. What is not finished is taken up at the next start. */
  stop(): Promise<void>;
}

/** Opens what control keeps, assembles it and lets it act. Refuses with `database_busy`. */
export async function startControl(
  config: ControlConfig,
  deps: { clock: Clock; log: Logger },
): Promise<Control> {
  const { clock, log } = deps;
  const startedAt = clock.now();
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const db = await openDatabase(join(config.dataDir, 'berth.db'));
  const vault = await createVault(join(config.dataDir, 'keys', 'vault.key'));
  const registryPassword = new Secret((await readFile(config.registry.passwordFile, 'utf8')).trim());
  const stores = await openStores(config, { db, vault, clock });
  const { audit, tokens } = stores;
  await tokens.putAdmin({ ...config.adminToken, nowMs: startedAt });
  const link = createNodes({
    config: config.link,
    clock,
    log: log.child({ part: 'nodes' }),
    onRefusal: noteLinkRefusals({ audit, clock, log }),
  });

  const ground: Ground = { config, stores, db, vault, nodes: link.nodes, clock, log, registryPassword };
  const parts = createParts(ground);
  const handlers = createHandlers(ground, parts, startedAt);

  const edge = trustedEdge(`${config.platform}-edge`, clock);
  await edge.refresh();
  const http = createHttpServer({
    handlers,
    authenticator: createAuthenticator(tokens, clock),
    audit,
    idempotency: await createIdempotency(db, vault, clock),
    clock,
    log: log.child({ part: 'http' }),
    isTrustedProxy: edge.isTrusted,
    isThisMachine: await machineAddress(),
    uploadBytesMax: config.build.contextBytesMax,
  });

  const linkPort = await link.listen();
  await parts.start();
  const { port } = await http.listen(config.api);
  log.info({ api: port, link: linkPort, version: config.version }, 'control serves');
  return {
    api: port,
    link: linkPort,
    operations: Object.keys(handlers),
    async stop() {
      await http.drain();
      await parts.close();
      await link.close();
      await db.destroy();
      log.info('control stopped');
    },
  };
}
