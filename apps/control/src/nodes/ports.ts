import type {
  EdgeApplied,
  EdgeReport,
  KeptLog,
  NodeFacts,
  ReachedLimit,
  VolumeDisk,
  VolumeState,
  VolumeUsage,
  VolumeWish,
} from '@berth/contract/agent';
import type { EdgeModel, LaneName, ObservedLane } from '@berth/domain/edge';
import type { Engine } from '@berth/engine/engine';
import type { Entry } from '@berth/engine/log-entries';

/** One connected agent, as the rest of control sees it. Calls reject with `agent_unreachable` when it goes. */
export interface NodeLink {
  readonly id: string;
  readonly name: string;
  /** The last facts the agent gave; at most 60 s old while connected. */
  facts(): NodeFacts;
  /** Asks for them now. */
  refresh(signal?: AbortSignal): Promise<NodeFacts>;
  /** The node's engine, under the agent's policy. */
  readonly engine: Engine;
  readonly edge: EdgePort;
  readonly memory: MemoryPort;
  readonly volumes: VolumePort;
  readonly logs: LogPort;
  readonly limits: LimitPort;
}

/** Tasks of a node that reach their limit of processes, as it happens, until the signal aborts. */
export interface LimitPort {
  watch(signal: AbortSignal): AsyncIterable<ReachedLimit>;
}

/** Logs of tasks whose containers are gone, as a node keeps them. */
export interface LogPort {
  list(app: string, signal?: AbortSignal): Promise<KeptLog[]>;
  read(app: string, file: string, signal: AbortSignal): AsyncIterable<Entry>;
}

export interface MemoryFile {
  readonly base64: string;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** Files in the memory of a node, for containers that are not Swarm's. */
export interface MemoryPort {
  /** Gives where the engine finds each, in order. */
  put(container: string, files: readonly MemoryFile[], signal?: AbortSignal): Promise<readonly string[]>;
  remove(container: string, signal?: AbortSignal): Promise<void>;
}

/** The volumes of a node. Changes may be asked for twice. */
export interface VolumePort {
  /** Made, or grown, or as it is. Refuses with `disk_full`, `volume_taken`, `volume_size`, `machine_unfit`. */
  ensure(id: string, wish: VolumeWish, signal?: AbortSignal): Promise<VolumeState>;
  /** The engine forgets it, its data stays. Refuses with `volume_in_use`. */
  withdraw(id: string, signal?: AbortSignal): Promise<void>;
  /** Its data goes. */
  remove(id: string, signal?: AbortSignal): Promise<void>;
  usage(ids: readonly string[], signal?: AbortSignal): Promise<VolumeUsage[]>;
  disk(signal?: AbortSignal): Promise<VolumeDisk>;
}

export interface EdgePort {
  apply(model: EdgeModel, signal?: AbortSignal): Promise<EdgeApplied>;
  report(signal?: AbortSignal): Promise<EdgeReport>;
  /** The lane now and at each change, until the signal aborts. */
  watchLane(service: string, lane: LaneName, signal: AbortSignal): AsyncIterable<ObservedLane>;
  /** Closes what is still open on the lane (websockets after the close window). */
  shutdownLane(service: string, lane: LaneName, signal?: AbortSignal): Promise<void>;
  setServerState(
    server: { service: string; lane: LaneName; server: string; state: 'drain' | 'ready' },
    signal?: AbortSignal,
  ): Promise<void>;
  putCertificate(name: string, pem: string, signal?: AbortSignal): Promise<void>;
}

/** The agents that are connected. */
export interface Nodes {
  list(): readonly NodeLink[];
  find(id: string): NodeLink | undefined;
  /** A connected agent of a Swarm manager; rejects with `agent_unreachable` after `waitMs` (default 10 s). */
  manager(options?: { waitMs?: number; signal?: AbortSignal }): Promise<NodeLink>;
  /** Called when an agent connects (again) or goes. Returns an unsubscribe. */
  onChange(listener: (event: { kind: 'connected' | 'disconnected'; id: string }) => void): () => void;
}
