import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { deploy, eventually, fact, removeApp } from './deploying.ts';
import { openPlatform } from './platform.ts';
import { answering, nodeApp, scratch, writeFiles } from './sources.ts';

test('what a replica said stays readable when it is gone, in the order of time, with its release and node', async (t) => {
  const platform = await openPlatform();
  const app = 'e2e-logs';
  t.after(() => removeApp(platform, app));
  // What an app said outlives it: these are the lines of this run.
  const run = randomUUID();
  const script = `${answering('ok')}
import { hostname } from 'node:os';
console.log('up ' + hostname() + ' ${run}');
process.on('SIGTERM', () => console.log('leaving ' + hostname() + ' ${run}'));
`;
  await deploy(platform, app, await writeFiles(await scratch(), nodeApp(script)));
  await platform.client.call('scale', { params: { app }, body: { services: { web: 2 } } });
  const read = async (query: object = {}) => {
    const lines = [];
    for await (const line of platform.client.stream('streamLogs', { params: { app }, query }))
      lines.push(line);
    return lines;
  };
  const said = async (what: string) => (await read({ grep: `^${what} .*${run}` })).map(({ text }) => text);
  await eventually(async () => {
    const lines = await said('up');
    assert.equal(new Set(lines).size, lines.length, 'no line comes twice');
    // A task that Swarm had to start again said it, too.
    assert.ok(lines.length >= 2, lines.join('; '));
  });
  await platform.client.call('scale', { params: { app }, body: { services: { web: 1 } } });
  await fact(async () => {
    const left = await platform.engine.listContainers({
      all: true,
      filters: { label: [`berth.app=${app}`, `berth.platform=${platform.name}`] },
    });
    return left.length === 1 ? true : undefined;
  }, 60_000);
  await eventually(async () => assert.ok((await said('leaving')).length >= 1));
  const lines = await read({ grep: run });
  assert.ok(new Set(lines.map(({ task }) => task)).size >= 2);
  assert.equal(new Set(lines.map(({ release }) => release)).size, 1);
  assert.ok(lines.every(({ node }) => node !== ''));
  assert.deepEqual(
    lines.map(({ at }) => at),
    lines.map(({ at }) => at).sort(),
  );
  assert.deepEqual(await read({ since: '0s' }), []);
});
