import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { fakeClock } from '@berth/testkit/fake-clock';
import { pino } from 'pino';
import { alert } from './alert.ts';
import type { Execution } from './store.ts';

const execution: Execution = {
  id: 'e1',
  app: 'shop',
  job: 'backup',
  release: 4,
  exitCode: 3,
  oomKilled: false,
} as Execution;

/** A hook that answers with these, the last one again and again; and what it was told. */
async function hookOf(t: TestContext, ...statuses: number[]) {
  const told: Record<string, unknown>[] = [];
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    told.push(JSON.parse(Buffer.concat(chunks).toString('utf8')));
    response.writeHead(statuses[told.length - 1] ?? statuses.at(-1) ?? 204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return { told, port: (server.address() as AddressInfo).port };
}

async function tell(url: string, isClosedAddress: (address: string) => boolean): Promise<string[]> {
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line) => void lines.push(line) });
  const clock = fakeClock();
  const signal = AbortSignal.timeout(10_000);
  await clock.run(alert({ clock, log, isClosedAddress }, url, execution, signal));
  return lines;
}

test('a hook is told what, when and how, and again when it did not take it', async (t) => {
  const hook = await hookOf(t, 503, 204);
  const lines = await tell(`http://localhost:${hook.port}/x`, () => false);
  assert.equal(hook.told.length, 2);
  const { app, job, exitCode, kind } = hook.told[1] ?? {};
  assert.deepEqual([kind, app, job, exitCode], ['job.failed', 'shop', 'backup', 3]);
  assert.equal(lines.length, 1);
});

test('nothing is sent to a closed address, written as one or as a name', async (t) => {
  const hook = await hookOf(t, 204);
  for (const host of ['127.0.0.1', 'localhost']) {
    const lines = await tell(
      `http://${host}:${hook.port}/`,
      (address) => address.startsWith('127.') || address === '::1',
    );
    assert.match(lines[0] ?? '', /is an address of this machine or of the platform's own network/);
  }
  assert.deepEqual(hook.told, []);
});
