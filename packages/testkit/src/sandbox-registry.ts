import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { label } from '@berth/domain/label';
import { askHttp } from '@berth/runtime/http-ask';
import { Secret } from '@berth/runtime/secret';
import type { SandboxEngine } from './sandbox-engine.ts';

/** bcrypt of `test-password`. */
const passwordHash = '$2b$04$NE3C/PIMcEbDgCCbNZuiteMVdZY/agSclG9eaEKXttRjIZhV181ZK';

const config = `version: 0.1
storage:
  filesystem: { rootdirectory: /data }
  delete: { enabled: true }
http: { addr: ':5000' }
auth:
  htpasswd: { realm: test, path: /etc/berth/htpasswd }
`;

/** CNCF Distribution of this test's own, in memory, with a password as the platform's has one. */
export async function sandboxRegistry(t: TestContext, box: SandboxEngine, platform: string) {
  const { engine } = box;
  const dir = await mkdtemp(join(tmpdir(), 'berth-registry-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  // Read by an ordinary user.
  await chmod(dir, 0o755);
  await writeFile(join(dir, 'registry.yml'), config);
  await writeFile(join(dir, 'htpasswd'), `berth:${passwordHash}\n`);
  const { Id } = await engine.createContainer(box.name('registry'), {
    Image: 'berth/registry',
    Labels: { ...box.labels, [label.role]: 'registry', [label.platform]: platform },
    ExposedPorts: { '5000/tcp': {} },
    HostConfig: {
      Binds: [`${dir}:/etc/berth:ro`],
      Tmpfs: { '/data': 'uid=10001' },
      PortBindings: { '5000/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] },
    },
  });
  await engine.startContainer(Id);
  const { NetworkSettings } = await engine.inspectContainer(Id);
  const address = `127.0.0.1:${NetworkSettings.Ports['5000/tcp']?.[0]?.HostPort}`;
  const url = `http://${address}`;
  await box.until(() =>
    askHttp(new URL('/v2/', url), { signal: AbortSignal.timeout(5_000) }).then(
      ({ status }) => (status === 401 ? true : undefined),
      () => undefined,
    ),
  );
  return { address, url, username: 'berth', password: new Secret('test-password') };
}
