import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anImage, aRelease, aReleaseService, aRoute } from '@berth/testkit/builders';
import { differencesOf, type Side } from './differences.ts';

const print = (text: string) => `#${text.length}`;
const side = (release: Parameters<typeof aRelease>[0], scales = {}): Side => ({
  release: aRelease(release),
  scales,
});
const two = () => [aReleaseService({ spec: { name: 'web' } }), aReleaseService({ spec: { name: 'worker' } })];

test('two that are alike do not differ', () => {
  assert.deepEqual(differencesOf(side({}), side({ number: 7 }), print), []);
});

test('every kind of difference is told, a variable of all services once, and no value is shown', () => {
  const [web, worker] = two();
  assert.ok(web !== undefined && worker !== undefined);
  const left = side(
    {
      services: [web, worker],
      variables: { URL: 'postgres://u:hunter2@db', SAME: 'same', ONLY: 'x' },
      serviceVariables: { worker: { LOUD: 'yes' } },
      files: [{ kind: 'secret', name: 'key', base64: 'aHVudGVyMg==', from: { kind: 'content' } }],
    },
    { web: 3 },
  );
  const right = side({
    services: [
      { ...web, image: anImage('other'), imageLabel: 'hello:2', spec: { ...web.spec, command: ['x'] } },
      {
        ...worker,
        spec: {
          ...worker.spec,
          resources: { ...worker.spec.resources, pidsMax: 9, memoryBytesMax: 2 ** 30 },
        },
      },
      aReleaseService({ spec: { name: 'cron' } }),
    ],
    variables: { URL: 'postgres://u:x@db', SAME: 'same' },
    serviceVariables: { worker: { LOUD: null } },
    routes: [aRoute(), aRoute({ path: '/api', service: 'worker' })],
  });
  const items = differencesOf(left, right, print);
  assert.ok(!JSON.stringify(items).includes('hunter2'));
  assert.deepEqual(
    items.map(({ what, service, name, left: one, right: other }) =>
      [what, service ?? '', name, one, other].join(' '),
    ),
    [
      `image web image hello:1 ${anImage().split('@')[1]?.slice(0, 19)} hello:2 ${anImage('other').split('@')[1]?.slice(0, 19)}`,
      'variable  URL #23 #17',
      'variable  ONLY #1 -',
      'replicas web replicas 3 1',
      'setting web command - ["x"]',
      'variable worker LOUD #3 absent',
      'limit worker memoryBytesMax 512 MiB 1024 MiB',
      'limit worker pidsMax 512 9',
      'service cron cron - hello:1',
      'file  secret key #12 -',
      'route  /api - worker',
    ],
  );
});
