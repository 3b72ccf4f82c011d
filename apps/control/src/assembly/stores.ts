import type { ControlConfig } from '@berth/contract/config';
import type { Clock } from '@berth/runtime/clock';
import { createAppStore } from '../apps/store.ts';
import { createAuditLog } from '../audit/log.ts';
import type { Database } from '../db/database.ts';
import { createDeploymentStore } from '../deployments/store.ts';
import { createCertificateStore, createDomainStore } from '../domains/store.ts';
import { createEnvStore } from '../env/store.ts';
import type { Vault } from '../env/vault.ts';
import { createEventLog } from '../events/log.ts';
import { createExternalStore } from '../externals/store.ts';
import { createFileStore } from '../files/store.ts';
import { createGrantStore } from '../grants/store.ts';
import { createSharedNetworkStore } from '../networks/store.ts';
import { createReleaseStore } from '../releases/store.ts';
import { createResizeStore } from '../resize/store.ts';
import { createRunStore } from '../runs/store.ts';
import { createSourceStore } from '../sources/store.ts';
import { createTokenStore } from '../tokens/store.ts';
import { createVolumeStore } from '../volumes/store.ts';

/** All that is kept, each kind of fact with its one writer. */
export type Stores = Awaited<ReturnType<typeof openStores>>;

export async function openStores(
  config: Pick<ControlConfig, 'dataDir' | 'edge' | 'build'>,
  deps: { readonly db: Database; readonly vault: Vault; readonly clock: Clock },
) {
  const { db, vault, clock } = deps;
  return {
    apps: createAppStore(db, config.edge.appPorts),
    audit: await createAuditLog(db, clock),
    certificates: createCertificateStore(db, vault),
    deployments: createDeploymentStore(db),
    domains: createDomainStore(db),
    env: createEnvStore(db, vault),
    events: createEventLog(db, clock),
    externals: createExternalStore(db),
    files: createFileStore(db, vault),
    grants: createGrantStore(db),
    releases: createReleaseStore(db, vault),
    resizes: createResizeStore(db),
    runs: createRunStore(db),
    sharedNetworks: createSharedNetworkStore(db),
    sources: createSourceStore({
      db,
      dataDir: config.dataDir,
      contextBytesMax: config.build.contextBytesMax,
      clock,
    }),
    tokens: createTokenStore(db),
    volumes: createVolumeStore(db),
  };
}
