import type { SubnetPool } from '@berth/domain/subnet';
import type { RegistryAuth } from '@berth/engine/engine';
import type { Clock } from '@berth/runtime/clock';
import type { Logger } from 'pino';
import type { UrlsConfig } from '../apps/urls.ts';
import type { Database } from '../db/database.ts';
import type { EnvStore } from '../env/store.ts';
import type { Vault } from '../env/vault.ts';
import type { FileResolver } from '../files/resolve.ts';
import type { Nodes } from '../nodes/ports.ts';
import type { CustomDomain } from '../routing/edge-model.ts';
import type { ImageSupply } from './ports.ts';

export interface DeploymentSystemConfig extends UrlsConfig {
  readonly platform: string;
  readonly dataDir: string;
  readonly contextBytesMax: number;
  readonly appPorts: readonly [number, number];
  /** Ports of the nodes that Berth chooses from. */
  readonly hostPorts: readonly [number, number];
  /** Subnets of app networks; undefined: the Swarm's own pool. */
  readonly networkPool?: SubnetPool;
}

export interface DeploymentSystemPorts {
  readonly db: Database;
  readonly vault: Vault;
  readonly nodes: Nodes;
  readonly clock: Clock;
  readonly log: Logger;
  readonly images: ImageSupply;
  readonly variables: Pick<EnvStore, 'forApp' | 'placeOf'>;
  readonly storedFiles: FileResolver;
  readonly domains: { listAll(): Promise<readonly CustomDomain[]> };
  readonly certificates: { list(): Promise<readonly { name: string; pem: string }[]> };
  readonly events: {
    append(event: { kind: string; app?: string; text: string; data: Record<string, unknown> }): Promise<void>;
  };
  registryAuth(): RegistryAuth | undefined;
  /** Told when a release has gone live. */
  deployed?(app: string, release: number, touched: boolean): Promise<void>;
  /** Told when an app is about to be removed, and nothing refuses it any more. */
  removing?(app: string): Promise<void>;
}
