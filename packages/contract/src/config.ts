import * as z from 'zod';

/**
 * Configuration files that `berth up` writes and the processes read once at start
 * (`BERTH_CONFIG=/etc/berth/config.json`). Secrets are in files of their own, 0600, named by path.
 */
export const ControlConfig = z
  .object({
    platform: z.string(),
    version: z.string(),
    /** Holds `berth.db`, `keys/`, `ca/`, `sources/`. */
    dataDir: z.string(),
    api: z.object({ host: z.string(), port: z.int() }),
    link: z.object({
      host: z.string(),
      port: z.int(),
      /** PEM files: Berth's CA, and control's server certificate and key. */
      caFile: z.string(),
      certFile: z.string(),
      keyFile: z.string(),
    }),
    /** Apps are named `<app>.<domain>`; by default `<ip with dashes>.sslip.io`. */
    domain: z.string(),
    /** The address users reach the edge at. */
    publicAddress: z.string(),
    edge: z.object({ httpPort: z.int(), httpsPort: z.int(), appPorts: z.tuple([z.int(), z.int()]) }),
    /** Ports of the nodes for services that publish one without naming it; first and last. */
    hostPorts: z.tuple([z.int(), z.int()]),
    /** CIDR that app networks get their subnets from; undefined: the Swarm's own. */
    networkPool: z.string().optional(),
    registry: z.object({
      /** As nodes reach it: `127.0.0.1:5000`. */
      address: z.string(),
      /** As control reaches it: `http://berth-registry:5000`. */
      url: z.string(),
      username: z.string(),
      passwordFile: z.string(),
    }),
    /** The admin token made at `up`, `berth_<id>_<secret>`: only its id and the SHA-256 (hex) of its whole text. */
    adminToken: z.object({ id: z.string(), sha256: z.string() }),
    build: z.object({
      /** Caps of the builds together. */
      memoryBytesMax: z.int(),
      cpusMax: z.number(),
      contextBytesMax: z.int(),
      concurrency: z.int().min(1),
    }),
    logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  })
  .strict();
export type ControlConfig = z.infer<typeof ControlConfig>;

export const AgentConfig = z
  .object({
    platform: z.string(),
    version: z.string(),
    dataDir: z.string(),
    /** The same directory as the engine sees it: what the edge container mounts. */
    hostDataDir: z.string(),
    engineSocket: z.string(),
    control: z.object({
      host: z.string(),
      port: z.int(),
      /** Name in control's certificate. */
      serverName: z.string(),
      caFile: z.string(),
      certFile: z.string(),
      keyFile: z.string(),
    }),
    edge: z.object({
      image: z.string(),
      httpPort: z.int(),
      httpsPort: z.int(),
      appPorts: z.tuple([z.int(), z.int()]),
      /** Engine network that has control on it, for the API behind TLS. */
      systemNetwork: z.string(),
      /** `berth.<domain>` is answered by control at this name and port in the system network. */
      apiHost: z.string(),
      apiUpstream: z.object({ host: z.string(), port: z.int() }),
      statsPort: z.int().optional(),
    }),
    /** What makes and grows the disks of size-limited volumes. */
    volumes: z.object({ image: z.string() }),
    build: z.object({ memoryBytesMax: z.int(), cpusMax: z.number() }),
    /** Permissions that reach the node and that this machine gives to tasks, whatever control grants. */
    allow: z.array(z.string()),
    logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  })
  .strict();
export type AgentConfig = z.infer<typeof AgentConfig>;
