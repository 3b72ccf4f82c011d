import assert from 'node:assert/strict';
import { test } from 'node:test';
import { looksSecret } from '@berth/domain/secret-name';
import type { ImageInspect } from '@berth/engine/types';
import { Secret } from '@berth/runtime/secret';
import {
  findForgedLabels,
  findLeaks,
  isCommitted,
  listPorts,
  listWarnings,
  pickPort,
} from './image-facts.ts';

const image = (config: Partial<ImageInspect['Config']>) =>
  ({
    Config: { User: 'app', Env: [], Labels: null, Cmd: null, Entrypoint: null, WorkingDir: '', ...config },
  }) as unknown as ImageInspect;

test('ports are of EXPOSE, TCP only; the usual one is picked', () => {
  const ports = listPorts(image({ ExposedPorts: { '9229/tcp': {}, '3000/tcp': {}, '53/udp': {} } }));
  assert.deepEqual(ports, [3000, 9229]);
  assert.equal(pickPort(ports), 3000);
  assert.equal(pickPort([7777, 9999]), 7777);
  assert.equal(pickPort([]), undefined);
});

test('root is warned of in each of its spellings', () => {
  for (const user of ['', '0', 'root', '0:0', 'root:root', 'root:0'])
    assert.match(listWarnings({ image: image({ User: user }), history: [] }).join(), /runs as root/, user);
  for (const user of ['app', '10001:10001', 'node', '1000:0'])
    assert.deepEqual(listWarnings({ image: image({ User: user }), history: [] }), [], user);
});

test('names that look secret, and those that only seem to', () => {
  for (const name of ['API_KEY', 'APIKEY', 'DB_PASSWORD', 'NPM_TOKEN', 'AWS_SECRET_ACCESS_KEY', 'auth'])
    assert.ok(looksSecret(name), name);
  for (const name of [
    'PATH',
    'GPG_KEY',
    'POSTGRES_PASSWORD_FILE',
    'TOKEN_TTL',
    'KEYBOARD',
    'AUTHOR',
    'VAPID_PUBLIC_KEY',
  ])
    assert.ok(!looksSecret(name), name);
});

test('warnings name variables and ports, never values', () => {
  const warnings = listWarnings(
    {
      image: image({ Env: ['API_KEY=abc', 'EMPTY_TOKEN=', 'PATH=/bin'], ExposedPorts: { '3000/tcp': {} } }),
      history: [],
    },
    { args: { NPM_TOKEN: 'xyz', MODE: 'a' }, assumedPort: 8080 },
  );
  assert.equal(warnings.length, 3);
  assert.match(
    warnings.join('\n'),
    /API_KEY[\s\S]*NPM_TOKEN[\s\S]*exposes port 3000, but traffic goes to 8080/,
  );
  assert.doesNotMatch(warnings.join('\n'), /abc|xyz/);
  assert.match(
    listWarnings({ image: image({}), history: [] }, { assumedPort: 8080 }).join(),
    /8080 is assumed/,
  );
});

test('leaks are found in history and configuration; ordinary values are none', () => {
  const facts = {
    image: image({ Env: ['NODE_ENV=production', 'X=hunter2-hunter2'] }),
    history: [{ Id: '', CreatedBy: '|1 TOKEN=abcd1234 /bin/sh -c make', Size: 0, Comment: '' }],
  };
  const secrets = {
    NODE_ENV: new Secret('production'),
    DB_PASSWORD: new Secret('hunter2-hunter2'),
    TOKEN: new Secret('abcd1234'),
    OTHER_TOKEN: new Secret('not in there'),
    SHORT_TOKEN: new Secret('a'),
  };
  assert.deepEqual(findLeaks(facts, secrets), ['DB_PASSWORD', 'TOKEN']);
});

test('labels that agents take for control’s word are found in an image; those of its build are not', () => {
  const Labels = {
    'berth.app': 'shop',
    'berth.recipe': 'x',
    'berth.bound-ports': '10.0.0.5:22:22/tcp',
    maintainer: 'x',
  };
  assert.deepEqual(findForgedLabels(image({ Labels })), ['berth.bound-ports']);
  assert.deepEqual(findForgedLabels(image({ Labels: null })), []);
});

test('an image made by `docker commit` is told of; those that builders made are not', () => {
  const layer = (CreatedBy: string, Comment = '') => ({ Id: '', CreatedBy, Size: 3, Comment });
  const made = (command: string[] | undefined, top: ReturnType<typeof layer>) => ({
    image: { ...image({}), ...(command === undefined ? {} : { ContainerConfig: { Cmd: command } }) },
    history: [top],
  });
  const committed = made(['sh', '-c', 'echo hi > /home/x'], layer('sh -c echo hi > /home/x', 'by hand'));
  assert.equal(isCommitted(committed), true);
  assert.match(listWarnings(committed).join(), /made by `docker commit`/);
  const built = [
    made(['/bin/sh', '-c', '#(nop)  CMD ["node"]'], layer('/bin/sh -c #(nop)  CMD ["node"]')),
    made(['/bin/sh', '-c', 'npm ci'], layer('/bin/sh -c npm ci')),
    made(['|1', 'A=b', '/bin/sh', '-c', 'npm ci'], layer('|1 A=b /bin/sh -c npm ci')),
    made(['/bin/bash', '-o', 'pipefail', '-c', 'make'], layer('/bin/bash -o pipefail -c make')),
    made(undefined, layer('COPY . . # buildkit', 'buildkit.dockerfile.v0')),
    made(undefined, layer('bazel build ...')),
    made(undefined, layer('', 'Debian trixie, made by mmdebstrap')),
  ];
  for (const facts of built) assert.deepEqual(listWarnings(facts), [], facts.history[0]?.CreatedBy);
});

test('an image that is large is told of, with its size', () => {
  const of = (Size: number) => listWarnings({ image: { ...image({}), Size }, history: [] }).join();
  assert.match(of(1.5 * 1024 ** 3), /has 1\.5 GiB/);
  assert.equal(of(1024 ** 3), '');
});
