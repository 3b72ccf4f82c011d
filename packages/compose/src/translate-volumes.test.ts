import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memoryFiles } from './files.ts';
import { printIssue } from './issue.ts';
import { loadCompose } from './load.ts';
import { toAppSpec } from './translate.ts';

function translate(text: string) {
  const loaded = loadCompose({ port: memoryFiles({ '/p/compose.yaml': text }), cwd: '/p' });
  assert.ok(loaded.kind === 'ok', JSON.stringify(loaded));
  return toAppSpec(loaded, { app: 'shop', contextRoot: '/p' });
}
function spec(text: string) {
  const result = translate(text);
  assert.ok(result.kind === 'ok', JSON.stringify(result));
  return result.spec;
}
function refusals(text: string): string[] {
  const result = translate(text);
  return result.kind === 'refused' ? result.issues.map(printIssue) : [];
}
const mounting = (volumes: string) => `
services:
  db: {image: x, volumes: [data:/data]}
volumes:
${volumes}
`;

describe('volumes of a manifest', () => {
  it('are mounted at absolute paths; a name of one letter is a drive, as Compose reads it', () => {
    assert.deepEqual(
      refusals(
        'services: {db: {image: x, volumes: ["a:/data", "v:/ro:ro", "data:rel"]}}\nvolumes: {data: }\n',
      ),
      [
        '/p/compose.yaml:1:37: services.db.volumes[0]: a:/data is a path on a drive of Windows, as Compose reads it (give the volume a name of more than one letter, or write `{type: volume, source: a, target: /data}`)',
        '/p/compose.yaml:1:48: services.db.volumes[1]: v:/ro is a path on a drive of Windows, as Compose reads it (give the volume a name of more than one letter, or write `{type: volume, source: v, target: /ro}`)',
        '/p/compose.yaml:1:60: services.db.volumes[2]: the mount point "rel" is not an absolute path (begin it with a slash)',
      ],
    );
  });
  it('are those that services mount, with their size, labels and names', () => {
    const { volumes } = spec(`
services:
  db:
    image: x
    volumes:
      - data:/data
      - {type: volume, source: media, target: /media, read_only: true, volume: {nocopy: true, subpath: a}}
      - logs:/logs
volumes:
  data:
    x-berth: {size: 2G}
    labels: {team: shop}
  media: {external: true, name: pictures}
  logs: {name: all-logs, x-berth: {size: 104857600, overcommit: true}}
  unused:
`);
    assert.deepEqual(volumes, [
      { name: 'data', sizeBytes: 2 * 2 ** 30, labels: { team: 'shop' } },
      { name: 'media', shared: 'pictures', external: true, labels: {} },
      { name: 'logs', shared: 'all-logs', sizeBytes: 100 * 2 ** 20, overcommit: true, labels: {} },
    ]);
  });

  it('are filled from the image unless `nocopy` says not to', () => {
    const [service] = spec(`
services:
  db: {image: x, volumes: [{type: volume, source: aa, target: /a, volume: {nocopy: true}}, "bb:/b:ro", /c]}
volumes: {aa: , bb: }
`).services;
    assert.deepEqual(service?.spec.mounts, [
      { kind: 'volume', source: 'aa', target: '/a', readOnly: false, copy: false },
      { kind: 'volume', source: 'bb', target: '/b', readOnly: true },
      { kind: 'volume', source: 'db-c', target: '/c', readOnly: false },
    ]);
  });

  it('of eight and 2 TiB are accepted, the ninth is refused with the quota', () => {
    const many = (count: number) => {
      const names = Array.from({ length: count }, (_, index) => `v${index}`);
      return `services:\n  db: {image: x, volumes: [${names.map((name) => `"${name}:/${name}"`).join(', ')}]}\nvolumes:\n${names.map((name) => `  ${name}: {x-berth: {size: 2T}}\n`).join('')}`;
    };
    assert.equal(spec(many(8)).volumes.length, 8);
    assert.deepEqual(refusals(many(9)), [
      '/p/compose.yaml:2:18: services.db.volumes: db mounts 9 volumes; the quota is 8 a service (mount at most 8)',
    ]);
  });

  it('have a size within the quota, or are refused at its line', () => {
    const at = (size: string) => refusals(mounting(`  data: {x-berth: {size: ${size}}}`));
    assert.deepEqual(at('3T'), [
      '/p/compose.yaml:5:20: volumes.data.x-berth.size: `size` is over the quota of 2 TiB a volume',
    ]);
    assert.match(at('1M')[0] ?? '', /must be at least 32 MiB/);
    assert.match(at('big')[0] ?? '', /must be a size such as 2G/);
    assert.match(refusals(mounting('  data: {x-berth: {sise: 2G}}'))[0] ?? '', /x-berth.*sise/);
    assert.match(
      refusals(mounting('  data: {external: true, x-berth: {size: 2G}}'))[0] ?? '',
      /has the size it was made with \(raise it with `berth volume grow data --size 2G`\)/,
    );
  });

  it('have no drivers and no options of drivers, and each is told what to do instead', () => {
    const options = (text: string) =>
      refusals(mounting(`  data: {driver: local, driver_opts: {${text}}}`))[0] ?? '';
    assert.match(options('type: none, o: bind, device: /etc'), /could mount any directory of the host/);
    assert.match(options('type: tmpfs, device: tmpfs'), /for memory, use `tmpfs` in the service/);
    assert.match(options('size: 5g'), /limit it with `x-berth: \{size: 5g\}`/);
    assert.match(options('type: nfs, device: ":/x"'), /let the service itself reach the share/);
    assert.match(
      refusals(mounting('  data: {driver: rexray}'))[0] ?? '',
      /volume driver rexray is not supported/,
    );
    assert.match(refusals(mounting('  data: {name: "a b"}'))[0] ?? '', /is not the name of a volume/);
  });
});
