// Without the schemas of `agent.ts`: an agent that loads those pays for their library on every node.

/** Of the agent protocol, described in `agent.ts`. */
export const agentPaths = {
  node: '/v1/node',
  engine: '/v1/engine',
  hijack: '/v1/hijack',
  edge: '/v1/edge',
  volumes: '/v1/volumes',
  files: '/v1/files',
  logs: '/v1/logs',
  limits: '/v1/limits',
} as const;

/** The tmpfs that files of one-offs are in: as the agent has it, and as the engine has it. */
export const memoryDir = {
  agent: '/run/berth',
  host: (platform: string): string => `/dev/shm/${platform}`,
} as const;
