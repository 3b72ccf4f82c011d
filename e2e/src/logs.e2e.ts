import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deploy, fact, removeApp } from './deploying.ts';
import { openPlatform } from './platform.ts';
import { answering, nodeApp, scratch, writeFiles } from './sources.ts';

test('what a replica said stays readable when it is gone, in the order of time, with its release and node', async (t) => {
  const platform = await openPlatform();
  const app = 'e2e-logs';
  t.after(() => removeApp(platform, app));
  const script = `${answering('ok')}
import { hostname } from 'node:os';
console.log('up on ' + hostname());
process.on('SIGTERM', () => console.log('leaving ' + hostname()));
`;
  await deploy(platform, app, await writeFiles(await scratch(), nodeApp(script)));
  await platform.client.call('scale', { params: { app }, body: { services: { web: 2 } } });
  const read = async (query: object = {}) => {
    const lines = [];
    for await (const line of platform.client.stream('streamLogs', { params: { app }, query }))
      lines.push(line);
    return lines;
  };
  await fact(async () =>
    (await read()).filter(({ text }) => text.startsWith('up on')).length === 2 ? true : undefined,
  );
  await platform.client.call('scale', { params: { app }, body: { services: { web: 1 } } });
  await fact(async () => {
    const left = await platform.engine.listContainers({
      all: true,
      filters: { label: [`berth.app=${app}`, `berth.platform=${platform.name}`] },
    });
    return left.length === 1 ? true : undefined;
  }, 60_000);
  const lines = await fact(async () => {
    const found = await read();
    return found.some(({ text }) => text.startsWith('leaving')) ? found : undefined;
  });
  assert.equal(new Set(lines.map(({ task }) => task)).size, 2);
  assert.deepEqual(new Set(lines.map(({ release }) => release)), new Set([1]));
  assert.ok(lines.every(({ node }) => node !== ''));
  assert.deepEqual(
    lines.map(({ at }) => at),
    lines.map(({ at }) => at).sort(),
  );
  const [leaving] = await read({ grep: '^leaving' });
  assert.match(leaving?.text ?? '', /^leaving /);
  assert.deepEqual(await read({ since: '0s' }), []);
});
