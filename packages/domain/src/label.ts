/** Labels on every engine object Berth makes. They are enough to rebuild the database. */
export const label = {
  role: 'berth.role',
  app: 'berth.app',
  service: 'berth.service',
  release: 'berth.release',
  generation: 'berth.generation',
  deployment: 'berth.deployment',
  /** What of its limits Swarm has no field for (`TaskLimits`): set by the agent of its node. */
  taskLimits: 'berth.task-limits',
  /** Ports that are bound to an address of the node (`BoundPort`): opened by the agent of its node. */
  boundPorts: 'berth.bound-ports',
  /** Clients that its bound ports are open for. */
  allowFrom: 'berth.allow-from',
  /** On containers that are to have no network: the agent of their node takes them out of the one they have. */
  noNetwork: 'berth.no-network',
  /** Id of the volume an engine's volume leads to. */
  volume: 'berth.volume',
  /** `one-off`, `hook` or `job` on containers that end by themselves. */
  purpose: 'berth.purpose',
  /** Files whose lines belong to a task's log (`LogFile`): followed by the agent of its node. */
  logFiles: 'berth.log-files',
  /** The execution a job's task belongs to. */
  execution: 'berth.execution',
  /** On a Swarm service whose tasks keep failing: the delay of its restarts, in ms, that it had before (`back-off.ts`). */
  restartDelay: 'berth.restart-delay',
  /** Which installation made it: several may share an engine (tests beside a running platform). */
  platform: 'berth.platform',
} as const;

export const roles = ['control', 'agent', 'edge', 'registry'] as const;
export type Role = (typeof roles)[number];
