import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { rangesOf } from './commands/ports.ts';
import { runBerth } from './testing/run-berth.ts';
import { at, sampleApp, sampleTask } from './testing/samples.ts';
import { startStub } from './testing/stub-control.ts';

const failure = { deployment: 'd1', at: at(9), message: 'A task of web exited with code 3.' };
const { release: _, ...neverLive } = sampleApp({ name: 'blog', state: 'failed', services: [], urls: [] });

test('an app whose first deployment failed is told of: by status, with the reason, and by ps', async (t) => {
  const stub = await startStub(t, {
    listApps: () => ({ items: [sampleApp({ failure }), { ...neverLive, failure }] }),
    getApp: () => ({ ...neverLive, failure }),
    listTasks: () => ({ items: [] }),
  });
  const status = await runBerth(t, ['status'], { ...stub, isTerminal: true });
  const words = stripVTControlCharacters(status.stdout);
  assert.match(words, /blog .*failed /);
  assert.match(words, /blog: its first deployment failed .* ago, nothing of it serves: A task of web exited/);
  assert.match(words, /shop: its last deployment failed .* ago, release 3 serves: /);
  const ps = await runBerth(t, ['ps', '-a', 'blog'], stub);
  assert.match(ps.stderr, /blog has no tasks: its first deployment failed .*`berth status -a blog`/);
});

test('status -a says of a task that is started again and again how often, and how it ended', async (t) => {
  const stub = await startStub(t, {
    getApp: () => sampleApp({ state: 'degraded' }),
    listDeployments: () => ({ items: [] }),
    listTasks: () => ({
      items: [sampleTask({ restarts: { count: 2, lastExitCode: 0 } }), sampleTask({ slot: 2 })],
    }),
  });
  const { stdout } = await runBerth(t, ['status', '-a', 'shop'], stub);
  assert.match(stdout, /^! web\.1: restarts: 2, last end: exit 0: its command ends; a service has to stay/m);
  assert.doesNotMatch(stdout, /web\.2/);
});

test('ports that follow each other and have one owner are one line', () => {
  const port = (number: number, owner = 'edge: free for an app', node = 'n1') => ({
    port: number,
    protocol: 'tcp' as const,
    node,
    owner,
  });
  const rows = rangesOf([
    port(80, 'edge: HTTP'),
    port(8100, 'app shop'),
    port(8101),
    port(8102),
    { ...port(8102), address: '10.0.0.5' },
    { ...port(8103), protocol: 'udp' },
    port(8103),
    port(8105),
    port(8106, 'edge: free for an app', 'n2'),
  ]);
  assert.deepEqual(
    rows.map(({ port: first, last, protocol, node }) => `${first}-${last}/${protocol} ${node}`),
    [
      '80-80/tcp n1',
      '8100-8100/tcp n1',
      '8101-8103/tcp n1',
      '8102-8102/tcp n1',
      '8103-8103/udp n1',
      '8105-8105/tcp n1',
      '8106-8106/tcp n2',
    ],
  );
});
