import type { EdgeApplied, EdgeReport, NodeFacts } from '@berth/contract/agent';
import type { EdgeModel, LaneName, ObservedLane } from '@berth/domain/edge';
import type { Engine } from '@berth/engine/engine';

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
