import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aServiceSpec } from '@berth/testkit/builders';
import { findEngineGaps } from './engine-gaps.ts';

const asking = aServiceSpec({
  healthcheck: { test: ['CMD', 'true'], startIntervalMs: 500 },
  noNewPrivileges: true,
  oomScoreAdj: 500,
  mounts: [{ kind: 'volume', source: 'v', target: '/v', readOnly: false, subpath: 'a' }],
});
const says = (key: string, api: string, since: string) =>
  `services.web: \`${key}\` is not done by this engine: its API is ${api}, and it came with ${since}`;

test('an old engine: what it leaves out is told, and what would be another service is a fault', () => {
  assert.deepEqual(findEngineGaps([asking], '1.41'), {
    notes: [
      says('healthcheck.start_interval', '1.41', '1.44'),
      says('security_opt: no-new-privileges', '1.41', '1.44'),
      says('oom_score_adj', '1.41', '1.46'),
    ],
    faults: [says('volumes.volume.subpath', '1.41', '1.45')],
  });
  assert.deepEqual(findEngineGaps([asking], '1.45'), {
    notes: [says('oom_score_adj', '1.45', '1.46')],
    faults: [],
  });
});

test('nothing is said of an engine that has it all, or of services that ask for nothing', () => {
  assert.deepEqual(findEngineGaps([asking], '1.46'), { notes: [], faults: [] });
  assert.deepEqual(findEngineGaps([asking], '1.100'), { notes: [], faults: [] });
  assert.deepEqual(findEngineGaps([aServiceSpec()], '1.41'), { notes: [], faults: [] });
});
