import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redact } from './redact.ts';

test('secrets in keys, variables, tokens and commands are not kept; what was done is', () => {
  assert.deepEqual(
    redact({
      name: 'ci',
      registryPassword: 'hunter2',
      certificatePem: '-----BEGIN',
      set: { COLOUR: 'red' },
      note: `with berth_abc_${'x'.repeat(43)} in it`,
      isTokenShown: false,
    }),
    {
      name: 'ci',
      registryPassword: '[redacted]',
      certificatePem: '[redacted]',
      set: { COLOUR: '[redacted]' },
      note: 'with berth_abc_[redacted] in it',
      isTokenShown: false,
    },
  );
  assert.deepEqual(
    redact({
      command: ['psql', 'postgres://shop:hunter2@db/shop', '--password', 'hunter2', '-c', 'select 1'],
    }),
    {
      command: ['psql', 'postgres://shop:[redacted]@db/shop', '--password', '[redacted]', '-c', 'select 1'],
    },
  );
  assert.deepEqual(
    redact({ command: ['sh', '-c', 'PGPASSWORD="a b" API_TOKEN=x pg_dump --color=no shop'] }),
    {
      command: ['sh', '-c', 'PGPASSWORD=[redacted] API_TOKEN=[redacted] pg_dump --color=no shop'],
    },
  );
  assert.deepEqual(redact({ command: ['curl', 'http://host:8080/path@x'] }), {
    command: ['curl', 'http://host:8080/path@x'],
  });
});

test('whatever is given, no hint of a long text costs much', () => {
  const started = performance.now();
  redact({ text: `${'a'.repeat(100_000)}=${'://'.repeat(20_000)}` });
  assert.ok(performance.now() - started < 1_000);
});
