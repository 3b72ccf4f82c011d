/** Facts as Debian 12's engine gives them. */
export const infoOf = (nodeId: string) => ({
  ID: 'FAKE',
  Name: 'fake',
  ServerVersion: '20.10.24',
  Driver: 'overlay2',
  DriverStatus: null,
  LoggingDriver: 'json-file',
  CgroupDriver: 'cgroupfs',
  CgroupVersion: '1',
  KernelVersion: '6.1.0',
  OperatingSystem: 'Debian GNU/Linux 12 (bookworm)',
  OSType: 'linux',
  Architecture: 'x86_64',
  NCPU: 2,
  MemTotal: 8 * 2 ** 30,
  DockerRootDir: '/var/lib/docker',
  LiveRestoreEnabled: false,
  SecurityOptions: ['name=seccomp,profile=default'],
  Swarm: {
    NodeID: nodeId,
    NodeAddr: '127.0.0.1',
    LocalNodeState: 'active',
    ControlAvailable: true,
    Error: '',
  },
  Warnings: null,
});

export const nodeOf = (nodeId: string) => ({
  ID: nodeId,
  Spec: { Role: 'manager', Availability: 'active', Labels: {} },
  Description: {
    Hostname: 'fake',
    Resources: { NanoCPUs: 2e9, MemoryBytes: 8 * 2 ** 30 },
    Engine: { EngineVersion: '20.10.24' },
  },
  Status: { State: 'ready', Addr: '127.0.0.1' },
  ManagerStatus: { Leader: true, Reachability: 'reachable', Addr: '127.0.0.1:2377' },
});
