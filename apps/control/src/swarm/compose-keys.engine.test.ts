import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startComposeTask } from './fixtures/compose-task.ts';

const MiB = 1024 * 1024;

const manifest = `
services:
  web:
    image: x
    entrypoint: ["/bin/sh", "-c"]
    command: ["trap 'exit 3' USR1; while :; do sleep 0.1; done"]
    environment: {TEMPLATE: "{{.Node.Hostname}} and {{ more", PLAIN: a=b}
    user: "1234:1234"
    group_add: ["2345", audio]
    working_dir: /tmp
    hostname: shop
    domainname: example.org
    dns: [192.0.2.53]
    dns_search: [example.org]
    dns_opt: ["ndots:3"]
    extra_hosts: ["printer:192.0.2.9", "host.docker.internal:host-gateway"]
    stop_signal: SIGUSR1
    stop_grace_period: 7s
    read_only: true
    tty: true
    stdin_open: true
    init: false
    ulimits: {nofile: {soft: 100, hard: 200}, core: 0}
    sysctls: {net.core.somaxconn: 321, kernel.msgmax: "9000"}
    cap_drop: [ALL]
    cap_add: [NET_BIND_SERVICE]
    tmpfs: ["/scratch:size=2m,mode=1777"]
    volumes: ["./conf:/etc/conf.d:ro", "./run.sh:/run.sh:ro"]
    shm_size: 3m
    mem_limit: 64m
    mem_reservation: 32m
    memswap_limit: 64m
    cpus: 0.5
    cpuset: "0"
    cpu_shares: 300
    pids_limit: 40
    healthcheck: {test: ["CMD", "true"], interval: 1s, timeout: 2s, retries: 4, start_period: 3s}
    labels: {on.container: "1"}
    logging: {options: {max-size: 1m}}
    deploy:
      labels: {on.service: "1"}
      placement: {constraints: ["node.role == manager"], preferences: [{spread: node.labels.zone}], max_replicas_per_node: 1}
      restart_policy: {condition: on-failure, delay: 3s, max_attempts: 5, window: 1m}
`;

test('what a manifest asks for is what a container has, through the policy of the agent', async (t) => {
  const rig = await startComposeTask(t, manifest);
  if (rig === undefined) return;
  const { engine, container, shell } = rig;

  const { Config, HostConfig } = container;
  assert.equal(Config.Hostname, 'shop.example.org');
  assert.equal(Config.User, '1234:1234');
  assert.equal(Config.Tty, true);
  assert.equal(Config.Labels['on.container'], '1');
  const more = container.Config as unknown as Record<string, unknown>;
  assert.equal(more.StopSignal, 'SIGUSR1');
  assert.equal(more.OpenStdin, true);
  assert.deepEqual(more.Healthcheck, {
    Test: ['CMD', 'true'],
    Interval: 1e9,
    Timeout: 2e9,
    Retries: 4,
    StartPeriod: 3e9,
  });
  const spec = (await engine.inspectService(rig.service)).Spec;
  assert.equal(spec.Labels['on.service'], '1');
  assert.equal(spec.TaskTemplate.ContainerSpec.StopGracePeriod, 7e9);
  assert.deepEqual(spec.TaskTemplate.Placement?.Constraints, ['node.role == manager']);
  assert.deepEqual(spec.TaskTemplate.RestartPolicy, {
    Condition: 'on-failure',
    Delay: 3e9,
    MaxAttempts: 5,
    Window: 60e9,
  });
  assert.deepEqual((HostConfig.LogConfig as { Config: object }).Config, {
    'max-file': '3',
    'max-size': '1m',
  });

  const said = async (command: string) => (await shell(command)).trim();
  await t.test('variables, a template of Swarm among them, as they are written', async () => {
    assert.equal(await said('echo "$TEMPLATE"'), '{{.Node.Hostname}} and {{ more');
    assert.equal(await said('echo "$PLAIN"'), 'a=b');
  });
  await t.test('user, groups, directory, names', async () => {
    assert.equal(
      await said('id -u; id -G; pwd; hostname; hostname -d'),
      '1234\n1234 29 2345\n/tmp\nshop.example.org\nexample.org',
    );
    const hosts = await said('cat /etc/hosts');
    assert.match(hosts, /^192\.0\.2\.9\s+printer$/m);
    assert.match(hosts, /^\d+\.\d+\.\d+\.\d+\s+host\.docker\.internal$/m);
    const resolver = await said('cat /etc/resolv.conf');
    for (const line of ['nameserver 192.0.2.53', 'search example.org', 'options ndots:3'])
      assert.ok(resolver.split('\n').includes(line), resolver);
  });
  await t.test('limits of processes, kernel settings, capabilities', async () => {
    assert.equal(await said('ulimit -Sn; ulimit -Hn; ulimit -c'), '100\n200\n0');
    assert.equal(await said('cat /proc/sys/net/core/somaxconn /proc/sys/kernel/msgmax'), '321\n9000');
    // CAP_NET_BIND_SERVICE is bit 10.
    assert.match(await said('grep CapBnd /proc/self/status'), /\s0{13}400$/);
  });
  await t.test('file systems', async () => {
    const mounts = await said('cat /proc/mounts');
    assert.match(
      mounts,
      /^tmpfs \/scratch tmpfs [^ ]*size=2048k[^ ]*mode=1777|^tmpfs \/scratch tmpfs [^ ]*size=2048k/m,
    );
    assert.match(mounts, /^tmpfs \/dev\/shm tmpfs [^ ]*size=3072k/m);
    assert.equal(await said('stat -c %a /scratch'), '1777');
    assert.match(await said('touch /x 2>&1 || true'), /Read-only file system/);
    assert.equal(
      await said('find /etc/conf.d -type f | sort; cat /etc/conf.d/sub/b'),
      '/etc/conf.d/a\n/etc/conf.d/sub/b\nb',
    );
    assert.equal(await said('/run.sh'), 'ran');
    assert.match(await said('echo x >/etc/conf.d/a 2>&1 || true'), /Read-only file system|Permission denied/);
  });
  await t.test('memory and processors, those Swarm has no field for included', async () => {
    await rig.until(async () => {
      const { HostConfig: now } = await engine.inspectContainer(container.Id);
      return now.CpuShares === 300 && now.CpusetCpus === '0' && now.MemorySwap === 64 * MiB
        ? true
        : undefined;
    });
    const { HostConfig: now } = await engine.inspectContainer(container.Id);
    assert.equal(now.Memory, 64 * MiB);
    assert.equal(now.MemoryReservation, 32 * MiB);
    assert.equal(now.NanoCpus, 5e8);
    assert.equal(now.PidsLimit, 40);
    assert.equal(await said('grep Cpus_allowed_list /proc/self/status | cut -f2'), '0');
    assert.deepEqual(await limitsInside(said), { memory: 64 * MiB, swap: 0 });
  });
  await t.test('a health check that runs', async () => {
    await rig.until(async () =>
      (await engine.inspectContainer(container.Id)).State.Health?.Status === 'healthy' ? true : undefined,
    );
  });
});

/** Limits as the kernel tells them, of either generation of cgroups. */
async function limitsInside(said: (command: string) => Promise<string>) {
  const v1 = '/sys/fs/cgroup/memory/memory';
  const text = await said(
    `cat ${v1}.limit_in_bytes ${v1}.memsw.limit_in_bytes 2>/dev/null || cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory.swap.max`,
  );
  const [memory = 0, second = 0] = text.split('\n').map(Number);
  const isFirst = (await said(`test -e ${v1}.limit_in_bytes && echo 1 || true`)) === '1';
  return { memory, swap: isFirst ? second - memory : second };
}
