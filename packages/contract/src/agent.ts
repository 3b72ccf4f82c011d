import * as z from 'zod';

/**
 * What an agent serves to control, over the HTTP/2 connection the agent itself dialled (mTLS, client and
 * server certificate from Berth's CA). Control is the HTTP/2 client. Bodies are JSON unless said otherwise;
 * errors are problem+json from the error table.
 *
 * | method and path | body | answer |
 * |---|---|---|
 * | GET /v1/node | | NodeFacts |
 * | * /v1/engine/{engine path and query} | as the Engine API | as the Engine API; 403 `policy_denied` when the policy does not allow it |
 * | POST /v1/hijack/{engine path and query} | bytes, after one JSON line with the engine's request body | 200 and the raw bytes of the engine's upgraded connection, both ways, until either ends |
 * | PUT /v1/edge | EdgeModel | EdgeApplied; 409 `conflict` for an older revision, 502 `edge_refused` quoting HAProxy |
 * | GET /v1/edge | | EdgeReport |
 * | GET /v1/edge/lanes/{service}/{lane} | | `application/x-ndjson`: an ObservedLane now and at each change, looked at every 25 ms while the stream is open |
 * | POST /v1/edge/lanes/{service}/{lane}/shutdown | | closes what is still open on the lane's servers (after a drain) |
 * | PUT /v1/edge/servers/{service}/{lane}/{server}/state | {state: 'drain' or 'ready'} | drain one task at the edge before a scale-down |
 * | PUT /v1/volumes/{id} | VolumeWish | VolumeState; made, or grown, or as it is. 507 `disk_full`, 409 `conflict` |
 * | DELETE /v1/volumes/{id}/name | | 204; the engine forgets it, its data stays. 409 `volume_in_use` |
 * | DELETE /v1/volumes/{id} | | 204; its data goes |
 * | POST /v1/volumes/usage | {ids} | VolumeUsage[], measured now |
 * | GET /v1/volumes/disk | | VolumeDisk |
 * | PUT /v1/edge/certificates/{name} | PEM bundle, text | 204; chain then key, checked before it is kept |
 * | PUT /v1/files/{container} | {files: [{base64, uid, gid, mode}]} | {paths}: files in memory for a container that is about to be made, as the engine binds them |
 * | DELETE /v1/files/{container} | | 204; they go |
 * | GET /v1/limits | | `application/x-ndjson`: a ReachedLimit whenever a task reaches its limit of processes, looked at every 5 s |
 * | GET /v1/logs/{app} | | KeptLog[]: logs of tasks whose containers are gone |
 * | GET /v1/logs/{app}/{file} | | `application/x-ndjson`: its entries, {stamp, stream, text} |
 */

/** A task whose processes reached their limit: the kernel refused to start one more. */
export const ReachedLimit = z.object({
  app: z.string(),
  service: z.string(),
  slot: z.number(),
  /** First characters of the container's id. */
  container: z.string(),
  processesMax: z.number(),
  /** How often since the last look. */
  times: z.number(),
  /** Milliseconds since the epoch. */
  at: z.number(),
});
export type ReachedLimit = z.infer<typeof ReachedLimit>;

/** The log of a task that has ended, as a node keeps it. */
export const KeptLog = z.object({
  file: z.string(),
  /** First characters of the container's id. */
  container: z.string(),
  service: z.string(),
  release: z.number(),
  slot: z.number(),
  task: z.string(),
  /** Milliseconds since the epoch. */
  endedAt: z.number(),
  bytes: z.number(),
});
export type KeptLog = z.infer<typeof KeptLog>;

/** What control asks a node to have. Ids are Berth's own, so that a path made of one is always the volume's. */
export const VolumeWish = z.object({
  /** Name in the engine. */
  name: z.string(),
  /** A disk of its own of this size, which may only grow. Undefined: a directory. */
  sizeBytes: z.number().optional(),
  overcommit: z.boolean(),
  labels: z.record(z.string(), z.string()),
  /** Not made: the engine's volume of this name, as it is. */
  isAdopted: z.boolean().optional(),
});
export type VolumeWish = z.infer<typeof VolumeWish>;

export const VolumeState = z.object({
  id: z.string(),
  name: z.string(),
  sizeBytes: z.number().optional(),
  /** Options of the engine's `local` driver (none of an adopted volume): with them, an engine that lost the volume makes the same again. */
  options: z.record(z.string(), z.string()),
});
export type VolumeState = z.infer<typeof VolumeState>;

export const VolumeUsage = z.object({
  id: z.string(),
  /** False: its disk cannot be reached, so that tasks that mount it cannot start. */
  isThere: z.boolean(),
  bytesUsed: z.number().optional(),
  /** What a file system of its own has in all, its own needs taken off. */
  bytesTotal: z.number().optional(),
  /** Why it is not there, or what is wrong with it. */
  fault: z.string().optional(),
});
export type VolumeUsage = z.infer<typeof VolumeUsage>;

export const VolumeDisk = z.object({
  bytesFree: z.number(),
  bytesTotal: z.number(),
  /** Promised to size-limited volumes and not written yet. */
  bytesPromised: z.number(),
  /** Why this node cannot have size-limited volumes; undefined: it can. */
  limitFault: z.string().optional(),
});
export type VolumeDisk = z.infer<typeof VolumeDisk>;

export const NodeFacts = z.object({
  /** Berth's node id: the Swarm node id. */
  id: z.string(),
  name: z.string(),
  platform: z.string(),
  agentVersion: z.string(),
  startedAt: z.string(),
  engineVersion: z.string(),
  engineApiVersion: z.string(),
  /** Addresses of this host, the most public first. */
  addresses: z.array(z.string()),
  swarm: z.object({ state: z.string(), isManager: z.boolean() }),
  os: z.string(),
  kernel: z.string(),
  storageDriver: z.string(),
  /** Permissions its machine gives to tasks, beside those that do not reach the node. */
  allow: z.array(z.string()).optional(),
  /** Security modules of the kernel that the engine uses: `seccomp`, `apparmor`, `selinux`. */
  security: z.array(z.string()).optional(),
  cpus: z.number(),
  memoryBytes: z.number(),
  diskBytesFree: z.number(),
  diskBytes: z.number().optional(),
  /** By everything on it, Berth's or not: cores, over the last half minute or so, and memory. */
  used: z.object({ cpus: z.number(), memoryBytes: z.number() }).optional(),
  /** Where the node's own routes lead (IPv4, without the default route). */
  routes: z.array(z.object({ cidr: z.string(), device: z.string() })).optional(),
  /** Ports something on the node listens on; without an address, on all of them. */
  listening: z
    .array(z.object({ port: z.number(), protocol: z.enum(['tcp', 'udp']), address: z.string().optional() }))
    .optional(),
  /** Every address a port of the node may be bound to, IPv6 and loopback included. */
  bindAddresses: z.array(z.string()).optional(),
  /** Ports of tasks that are bound to an address; `fault`: why it is not open. */
  boundPorts: z
    .array(
      z.object({
        address: z.string(),
        port: z.number(),
        protocol: z.enum(['tcp', 'udp']),
        fault: z.string().optional(),
      }),
    )
    .optional(),
  /** Whether its kernel can encrypt overlay networks (ESP); undefined: it does not say. */
  canEncrypt: z.boolean().optional(),
  edge: z.object({
    httpPort: z.number(),
    httpsPort: z.number(),
    appPorts: z.tuple([z.number(), z.number()]),
    running: z.boolean(),
  }),
});
export type NodeFacts = z.infer<typeof NodeFacts>;

export const EdgeApplied = z.object({
  revision: z.number(),
  /** How: nothing differed, by runtime commands, or by a seamless reload. */
  by: z.enum(['nothing', 'runtime', 'reload']),
  durationMs: z.number(),
});
export type EdgeApplied = z.infer<typeof EdgeApplied>;

export const EdgeReport = z.object({
  revision: z.number(),
  running: z.boolean(),
  version: z.string(),
  reloads: z.number(),
  /** Worker processes of earlier configurations that still finish their connections. */
  oldWorkers: z.number(),
  connectionsCurrent: z.number(),
  requestsTotal: z.number(),
  certificates: z.array(z.object({ name: z.string(), notAfter: z.string(), fingerprint: z.string() })),
});
export type EdgeReport = z.infer<typeof EdgeReport>;
