import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceSpec } from '@berth/domain/service';
import { aServiceSpec } from '@berth/testkit/builders';
import { findSlowChecks } from './slow-checks.ts';

const checked = (over: Partial<Extract<ServiceSpec['healthcheck'], { test: unknown }>>): ServiceSpec =>
  aServiceSpec({ name: 'db', healthcheck: { test: ['CMD', 'ok'], ...over } });

test('a health check that is tried late is told, with what makes it sooner on this engine', () => {
  assert.deepEqual(findSlowChecks([checked({})], '1.41'), [
    'services.db: the engine tries its health check for the first time after 30 s, and each deployment of it waits for that; `interval: 5s` makes it sooner',
  ]);
  assert.match(
    findSlowChecks([checked({ intervalMs: 45_000 })], '1.44').join(),
    /after 45 s.*`start_interval: 1s`/,
  );
  const early = { intervalMs: 30_000, startPeriodMs: 20_000, startIntervalMs: 1_000 };
  assert.equal(findSlowChecks([checked(early)], '1.41').length, 1, 'the engine has no start interval');
  assert.deepEqual(findSlowChecks([checked(early)], '1.44'), []);
});

test('what is tried soon, switched off, or a job is not told', () => {
  assert.deepEqual(
    findSlowChecks(
      [
        checked({ intervalMs: 5_000 }),
        aServiceSpec(),
        aServiceSpec({ healthcheck: { disabled: true } }),
        { ...checked({}), mode: 'job' },
      ],
      '1.41',
    ),
    [],
  );
});
