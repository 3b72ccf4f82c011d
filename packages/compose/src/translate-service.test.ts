import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServiceSpec } from '@berth/domain/service';
import { memoryFiles } from './files.ts';
import { printIssue } from './issue.ts';
import { loadCompose } from './load.ts';
import { toAppSpec } from './translate.ts';
import type { SourceFile } from './translate-files.ts';

const MiB = 1024 * 1024;

function translate(keys: string, rest = '', readSource?: (path: string) => SourceFile) {
  const lines = keys.split('\n').map((line) => `    ${line}`);
  const text = `services:\n  web:\n    image: x\n${lines.join('\n')}\n${rest}`;
  const loaded = loadCompose({ port: memoryFiles({ '/p/compose.yaml': text }), cwd: '/p' });
  assert.ok(loaded.kind === 'ok', JSON.stringify(loaded));
  return toAppSpec(loaded, {
    app: 'shop',
    contextRoot: '/p',
    ...(readSource === undefined ? {} : { readSource }),
  });
}
function spec(keys: string, rest?: string): ServiceSpec {
  const result = translate(keys, rest);
  assert.ok(result.kind === 'ok', JSON.stringify(result));
  return result.spec.services.find((service) => service.spec.name === 'web')!.spec;
}
function refusal(keys: string): string {
  const result = translate(keys);
  assert.ok(result.kind === 'refused');
  return result.issues.map(printIssue).join('\n').replace('/p/compose.yaml:', '');
}

describe('what a service asks for', () => {
  it('of the processors and the memory, by fields of Swarm and by the agent', () => {
    const { resources } = spec(
      'cpu_quota: 50000\ncpu_period: 200000\ncpuset: 0-1\ncpu_shares: 512\nmem_limit: 64m\nmem_reservation: 32m\nmemswap_limit: 128m\nblkio_config: {weight: 300}',
    );
    assert.deepEqual(resources, {
      memoryBytesMax: 64 * MiB,
      memoryBytesReserved: 32 * MiB,
      cpusMax: 0.25,
      cpuWeight: 512,
      pidsMax: 512,
      cpuset: '0-1',
      memorySwapBytesMax: 128 * MiB,
      blockIoWeight: 300,
    });
    assert.equal(spec('memswap_limit: -1').resources.memorySwapBytesMax, -1);
  });

  it('of the kernel', () => {
    const web = spec(
      'sysctls: {net.core.somaxconn: 1024}\ngroup_add: [audio, "1000"]\nsecurity_opt: ["no-new-privileges:true"]\noom_score_adj: 500\ncap_add: [CAP_NET_RAW]',
    );
    assert.deepEqual(web.sysctls, { 'net.core.somaxconn': '1024' });
    assert.deepEqual(web.groups, ['audio', '1000']);
    assert.equal(web.noNewPrivileges, true);
    assert.equal(web.oomScoreAdj, 500);
    assert.deepEqual(web.capAdd, ['CAP_NET_RAW']);
  });

  it('of the terminal, the name and the labels', () => {
    const web = spec(
      'tty: true\nstdin_open: true\nhostname: a\ndomainname: b.c\nlabels: {one: x}\ndeploy: {labels: {two: y}}',
    );
    assert.equal(web.tty, true);
    assert.equal(web.stdinOpen, true);
    assert.equal(web.hostname, 'a.b.c');
    assert.deepEqual(web.labels, { one: 'x' });
    assert.deepEqual(web.serviceLabels, { two: 'y' });
    assert.equal(spec('domainname: b.c').hostname, 'web.b.c');
  });

  it('of its variables, those without a value included', () => {
    assert.deepEqual(spec('environment: {SET: "", NAMED: , NUMBER: 1}').environment, {
      SET: '',
      NAMED: null,
      NUMBER: '1',
    });
  });

  it('of its program, an entrypoint that is taken away included', () => {
    const web = spec('entrypoint: []\ncommand: [a, b]');
    assert.deepEqual([web.entrypoint, web.command], [[], ['a', 'b']]);
    assert.equal(spec('entrypoint: null\ncommand: [a]').entrypoint, undefined);
    assert.equal(
      refusal('entrypoint: ""'),
      '4:5: services.web.entrypoint: an empty `entrypoint` without a `command` is not supported: Swarm then runs the image’s entrypoint (write the command as well: that of the image, if it is to run)',
    );
  });

  it('of its log: rotation, where nothing else does it', () => {
    const options = (logging: string) => spec(`logging: ${logging}`).logging.options;
    assert.deepEqual(options('{options: {max-size: 1m}}'), { 'max-size': '1m', 'max-file': '3' });
    assert.deepEqual(options('{driver: local}'), {});
    assert.deepEqual(options('{driver: none}'), {});
  });

  it('of its place', () => {
    const { placement } = spec(
      'platform: linux/arm64\ndeploy: {placement: {constraints: ["node.labels.disk==ssd"], preferences: [{spread: node.labels.zone}], max_replicas_per_node: 2}}',
    );
    assert.deepEqual(placement, {
      constraints: ['node.labels.disk==ssd', 'node.platform.arch == aarch64'],
      spread: ['node.labels.zone'],
      replicasPerNodeMax: 2,
    });
  });

  it('of tmpfs and volumes', () => {
    const { mounts } = spec(
      'tmpfs: ["/run:size=1m,mode=1777,noexec", "/r:ro"]\nvolumes:\n  - {type: tmpfs, target: /t, tmpfs: {mode: 01777}, read_only: true}\n  - {type: volume, source: v, target: /v, volume: {nocopy: true, subpath: a/b}}',
      'volumes: {v: }\n',
    );
    assert.deepEqual(mounts, [
      { kind: 'tmpfs', target: '/t', mode: 0o1777, readOnly: true },
      { kind: 'volume', source: 'v', target: '/v', readOnly: false, copy: false, subpath: 'a/b' },
      { kind: 'tmpfs', target: '/run', sizeBytes: MiB, mode: 0o1777 },
      { kind: 'tmpfs', target: '/r', readOnly: true },
    ]);
  });

  it('of its health check', () => {
    assert.deepEqual(spec('healthcheck: {test: ["NONE"]}').healthcheck, { disabled: true });
    assert.deepEqual(spec('healthcheck: {disable: true}').healthcheck, { disabled: true });
    assert.deepEqual(spec('healthcheck: {interval: 5s}').healthcheck, { test: [], intervalMs: 5_000 });
    assert.deepEqual(
      spec(
        'healthcheck: {test: ["CMD", "a"], timeout: 1s, start_period: 1m, start_interval: 500ms, retries: 2}',
      ).healthcheck,
      { test: ['CMD', 'a'], timeoutMs: 1_000, startPeriodMs: 60_000, startIntervalMs: 500, retries: 2 },
    );
  });
});

describe('volumes_from', () => {
  it('has the volumes of the other service, anonymous ones included, and its own first', () => {
    const { mounts } = spec(
      'volumes: ["mine:/a"]\nvolumes_from: ["db:ro"]',
      '  db: {image: y, volumes: ["data:/a", "/b"]}\nvolumes: {mine: , data: }\n',
    );
    assert.deepEqual(mounts, [
      { kind: 'volume', source: 'mine', target: '/a', readOnly: false },
      { kind: 'volume', source: 'db-b', target: '/b', readOnly: true },
    ]);
  });

  it('has the files of the source the other one has, and nothing it has in memory', () => {
    const files: Record<string, SourceFile> = {
      '/p/conf': { kind: 'directory', entries: ['a'] },
      '/p/conf/a': { kind: 'file', bytes: Buffer.from('a'), mode: 0o644 },
      '/p/run.sh': { kind: 'file', bytes: Buffer.from('r'), mode: 0o755 },
    };
    const result = translate(
      'volumes_from: [db]',
      '  db: {image: y, volumes: ["./conf:/conf:ro", "./run.sh:/run.sh"], tmpfs: /tmp}\n',
      (path) => files[path] ?? { kind: 'absent' },
    );
    assert.ok(result.kind === 'ok', JSON.stringify(result));
    const web = result.spec.services.find((service) => service.spec.name === 'web');
    assert.deepEqual(web?.spec.mounts, [{ kind: 'tmpfs', target: '/conf', mode: 0o755, readOnly: true }]);
    assert.deepEqual(
      web?.spec.files.map(({ target }) => target),
      ['/conf/a', '/run.sh'],
    );
  });

  it('is refused of a service that names none', () => {
    const result = translate('volumes_from: [db]', '  db: {image: y, tmpfs: /tmp}\n');
    assert.ok(result.kind === 'refused');
    assert.deepEqual(result.issues.map(printIssue), [
      '/p/compose.yaml:4:20: services.web.volumes_from[0]: db names no volumes: those that its image declares are each task’s own (name them in `services.db.volumes`)',
    ]);
  });
});

describe('how the tasks of a service are counted', () => {
  for (const [mode, expected] of [
    ['replicated', 'replicated'],
    ['global', 'global'],
    ['replicated-job', 'job'],
    ['global-job', 'global-job'],
  ] as const)
    it(`${mode} is ${expected}`, () => assert.equal(spec(`deploy: {mode: ${mode}}`).mode, expected));

  it('one that others wait for to complete is a job, with one attempt', () => {
    const web = spec(
      'environment: {}',
      '  after: {image: y, depends_on: {web: {condition: service_completed_successfully}}}\n',
    );
    assert.equal(web.mode, 'job');
    assert.equal(web.restart.condition, 'none');
  });

  it('a job is not started again after success', () => {
    assert.equal(spec('restart: always\ndeploy: {mode: replicated-job}').restart.condition, 'on-failure');
  });
});

describe('what only a grant gives', () => {
  const asked = (keys: string, readSource?: (path: string) => SourceFile) => {
    const result = translate(keys, '', readSource);
    assert.ok(result.kind === 'ok', JSON.stringify(result));
    return result.asks.map(({ permission }) => permission);
  };
  it('is named with its place, its risk and the command', () => {
    const result = translate('cap_add: [NET_RAW, CAP_NET_ADMIN]');
    assert.ok(result.kind === 'ok');
    assert.deepEqual(
      result.asks.map(({ issue }) => printIssue(issue)),
      [
        '/p/compose.yaml:4:24: services.web.cap_add[1]: needs a grant of `cap:NET_ADMIN`: it could take the addresses of other tasks of its networks (an admin may give it: `berth grants add shop/web cap:NET_ADMIN --reason TEXT`; or remove it)',
      ],
    );
  });
  it('is what is wider than the profile of the engine', () => {
    const profile: SourceFile = {
      kind: 'file',
      bytes: Buffer.from('{"defaultAction": "SCMP_ACT_ALLOW"}'),
      mode: 0o644,
    };
    assert.deepEqual(asked('security_opt: ["seccomp:unconfined", apparmor=unconfined, "label:type:spc_t"]'), [
      'seccomp:unconfined',
      'apparmor:unconfined',
      'selinux:label',
    ]);
    assert.deepEqual(
      asked('security_opt: ["seccomp:./p.json"]', (path) =>
        path === '/p/p.json' ? profile : { kind: 'absent' },
      ),
      ['seccomp:custom'],
    );
    assert.deepEqual(asked('security_opt: [no-new-privileges]\ncap_drop: [ALL]\ncap_add: [CHOWN]'), []);
  });
  it('drops what hardly any image needs unless it is asked for', () => {
    assert.deepEqual(spec('cap_add: [net_raw]').capDrop, ['AUDIT_WRITE', 'MKNOD']);
    assert.deepEqual(spec('cap_drop: [CHOWN]').capDrop, ['CHOWN', 'AUDIT_WRITE', 'MKNOD', 'NET_RAW']);
    assert.deepEqual(spec('cap_drop: [ALL]').capDrop, ['ALL']);
    assert.deepEqual(spec('cap_add: [ALL]\ncap_drop: [CHOWN]').capDrop, ['CHOWN']);
  });
});

const refusals: readonly (readonly [string, string])[] = [
  [
    'cap_add: [NET_ADMN]',
    '4:15: services.web.cap_add[0]: the kernel has no capability NET_ADMN (did you mean NET_ADMIN?)',
  ],
  [
    'sysctls: {vm.overcommit_memory: 1}',
    '4:15: services.web.sysctls.vm.overcommit_memory: vm.overcommit_memory is a setting of the whole node, not of a container (set it on the node with sysctl(8), and remove it here)',
  ],
  [
    'security_opt: ["seccomp:./none.json"]',
    '4:20: services.web.security_opt[0]: `security_opt: seccomp:./none.json` is not supported: the profile ./none.json is no file of the source (add it, or remove the option: the engine’s own profile is used)',
  ],
  [
    'security_opt: ["apparmor:mine"]',
    '4:20: services.web.security_opt[0]: `security_opt: apparmor:mine` is not supported: Swarm knows the engine’s own profile and none other (remove it: the engine’s own profile is used)',
  ],
  [
    'security_opt: ["systempaths=unconfined"]',
    '4:20: services.web.security_opt[0]: `security_opt: systempaths=unconfined` is not supported: Swarm has no field for it (remove it)',
  ],
  [
    'oom_score_adj: -5',
    '4:5: services.web.oom_score_adj: a task may not be spared before others when memory is short (use a number from 0 to 1000, or reserve memory with `deploy.resources.reservations`)',
  ],
  [
    'tmpfs: ["/run:uid=5"]',
    '4:13: services.web.tmpfs[0]: the tmpfs option uid=5 is not supported (only `size=`, `mode=` and `ro` can be set; with `mode=1777` every user may write)',
  ],
  [
    'labels: {berth.app: x}',
    '4:14: services.web.labels.berth.app: the label berth.app is one of Berth’s own (give it another prefix)',
  ],
  [
    'mem_limit: -1',
    '4:5: services.web.mem_limit: a task cannot have any amount of memory (name a limit; the default is 512 MiB)',
  ],
  [
    'mem_limit: 5m',
    '4:5: services.web.mem_limit: 5242880 bytes of memory are less than a container can run in (the least is 6 MiB)',
  ],
  ['cpuset: many', '4:5: services.web.cpuset: "many" names no processors (write it like 0-1,3)'],
  [
    'mem_limit: 64m\nmemswap_limit: 32m',
    '5:5: services.web.memswap_limit: memory and swap together are less than the memory alone, 67108864 bytes (raise it, or lower `mem_limit`; equal numbers mean no swap)',
  ],
  [
    'blkio_config: {device_read_bps: [{path: /dev/sda, rate: 1m}]}',
    '4:20: services.web.blkio_config.device_read_bps: `blkio_config.device_read_bps` is not supported: tasks run on any node, whose devices have other names (use `blkio_config.weight`)',
  ],
  [
    'deploy: {placement: {constraints: [ssd]}}',
    '4:40: services.web.deploy.placement.constraints[0]: "ssd" is not a placement constraint (write it like node.labels.disk == ssd)',
  ],
  [
    'platform: windows/amd64',
    '4:5: services.web.platform: no node of Berth has the platform windows/amd64 (use linux/amd64 or linux/arm64)',
  ],
  [
    'cpus: 1\ncpu_quota: 5000',
    '5:5: services.web.cpu_quota: limits the CPU a second time (keep `deploy.resources.limits.cpus` alone)',
  ],
];
describe('refusals', () => {
  for (const [keys, expected] of refusals)
    it(keys.replaceAll('\n', ', '), () => assert.equal(refusal(keys), expected));
});
