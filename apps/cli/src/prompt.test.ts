import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleApp } from './testing/samples.ts';
import { startStub } from './testing/stub-control.ts';
import { inTerminal, withoutTerminal } from './testing/terminal.ts';

const options = { skip: withoutTerminal, timeout: 30_000 };

test('a secret typed at the prompt is not shown, can be mended, and arrives', options, async (t) => {
  const stub = await startStub(t, {
    patchVariables: () => ({ ok: true, version: 1, deployments: [], undeployed: [] }),
  });
  const terminal = await inTerminal(t, stub, ['env', 'set', 'API_KEY', '-a', 'shop']);
  await terminal.shows('API_KEY: ');
  terminal.type('hush-hushx\x7f\r');
  const shown = await terminal.ended();
  assert.ok(!shown.includes('hush'), shown);
  assert.match(shown, /\[exit 0, cooked\]/);
  assert.deepEqual((stub.requests[0]?.body as { set: object } | undefined)?.set, { API_KEY: 'hush-hush' });
});

test('Ctrl-C at a prompt changes nothing and is exit code 130', options, async (t) => {
  const stub = await startStub(t, { getApp: () => sampleApp(), deleteApp: () => undefined as never });
  const terminal = await inTerminal(t, stub, ['destroy', '-a', 'shop']);
  await terminal.shows('to remove it: ');
  terminal.type('sho\x03');
  assert.match(await terminal.ended(), /\[exit 130, cooked\]/);
  assert.ok(!stub.requests.some((seen) => seen.operation === 'deleteApp'));
});

test('destroy at a terminal takes the name typed', options, async (t) => {
  const stub = await startStub(t, { getApp: () => sampleApp(), deleteApp: () => undefined as never });
  const terminal = await inTerminal(t, stub, ['destroy', '-a', 'shop']);
  await terminal.shows('to remove it: ');
  terminal.type('shop\r');
  assert.match(await terminal.ended(), /shop is removed[\s\S]*\[exit 0, cooked\]/);
});
