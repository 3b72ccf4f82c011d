import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diagnose, type Evidence, type TaskEvidence } from './diagnose.ts';

const task = (over: Partial<TaskEvidence> = {}): TaskEvidence => ({
  slot: 1,
  state: 'failed',
  error: undefined,
  exitCode: 1,
  oomKilled: false,
  ranMs: 400,
  log: [],
  ...over,
});
const facts = (over: Partial<Evidence> = {}): Evidence => ({
  service: 'web',
  memoryBytesMax: 64 * 1024 * 1024,
  isJob: false,
  port: 3000,
  probe: { kind: 'http', path: '/healthz', port: 3000, host: 'shop' },
  tasks: [],
  servers: [],
  ...over,
});
const server = (status: string, over: { code?: number; text?: string } = {}) => ({
  name: 's1',
  address: '10.0.0.5',
  state: 'down' as const,
  check: { status, text: over.text ?? '', ...(over.code === undefined ? {} : { code: over.code }) },
  sessionsCurrent: 0,
});

const cases: { name: string; facts: Evidence; code: string; says: RegExp }[] = [
  {
    name: 'memory',
    facts: facts({ tasks: [task({ exitCode: 137, oomKilled: true })] }),
    code: 'release_unhealthy',
    says: /memory limit of 64 MiB after 0\.4 s[\s\S]*OOM yes/,
  },
  {
    name: 'a job that does not end',
    facts: facts({
      isJob: true,
      port: undefined,
      tasks: [task({ state: 'running', exitCode: undefined, log: ['listening'] })],
    }),
    code: 'release_unhealthy',
    says: /The job web has not completed: slot 1 is running[\s\S]*service_healthy[\s\S]*listening/,
  },
  {
    name: 'daemon',
    facts: facts({ tasks: [task({ exitCode: 0, state: 'complete' })] }),
    code: 'release_unhealthy',
    says: /exit code 0[\s\S]*foreground/,
  },
  {
    name: 'a job as a service',
    facts: facts({ tasks: [task({ exitCode: 0, state: 'complete', ranMs: 60_000 })] }),
    code: 'release_unhealthy',
    says: /must keep running/,
  },
  {
    name: 'no command',
    facts: facts({ tasks: [task({ exitCode: 127 })] }),
    code: 'release_unhealthy',
    says: /not found in the image/,
  },
  {
    name: 'not executable',
    facts: facts({ tasks: [task({ exitCode: 126 })] }),
    code: 'release_unhealthy',
    says: /not executable/,
  },
  {
    name: 'no image',
    facts: facts({
      tasks: [task({ exitCode: undefined, state: 'rejected', error: 'No such image: x@sha256:1' })],
    }),
    code: 'image_not_found',
    says: /No such image/,
  },
  {
    name: 'mount',
    facts: facts({
      tasks: [task({ exitCode: undefined, state: 'rejected', error: 'invalid mount config' })],
    }),
    code: 'release_unhealthy',
    says: /could not be started: invalid mount config/,
  },
  {
    name: 'no room',
    facts: facts({
      tasks: [
        task({
          state: 'pending',
          exitCode: undefined,
          error: 'no suitable node (insufficient resources on 1 node)',
        }),
      ],
    }),
    code: 'no_capacity',
    says: /insufficient resources/,
  },
  {
    name: 'nothing listens',
    facts: facts({
      tasks: [task({ state: 'running', exitCode: undefined, log: ['listening on 127.0.0.1:3000'] })],
      servers: [server('L4CON')],
    }),
    code: 'release_unhealthy',
    says: /nothing listens on port 3000[\s\S]*0\.0\.0\.0:3000[\s\S]*listening on 127/,
  },
  {
    name: 'status',
    facts: facts({ servers: [server('L7STS', { code: 503 })] }),
    code: 'release_unhealthy',
    says: /answered 503[\s\S]*GET http:\/\/10\.0\.0\.5:3000\/healthz \(Host: shop\)/,
  },
  {
    name: 'slow',
    facts: facts({ servers: [server('L7TOUT')] }),
    code: 'release_unhealthy',
    says: /did not answer in time/,
  },
  {
    name: 'not seen',
    facts: facts({ tasks: [task({ state: 'running', exitCode: undefined })] }),
    code: 'release_unhealthy',
    says: /no edge has seen them/,
  },
  {
    name: 'not started',
    facts: facts({ tasks: [task({ state: 'preparing', exitCode: undefined, slot: 1 })] }),
    code: 'release_unhealthy',
    says: /The tasks of web do not become healthy: slot 1 is preparing/,
  },
];

for (const one of cases) {
  test(`the reason: ${one.name}`, () => {
    const found = diagnose(one.facts);
    assert.equal(found.code, one.code);
    assert.match([found.message, ...found.evidence].join('\n'), one.says);
  });
}

test('at most 50 log lines are quoted, the last ones', () => {
  const log = Array.from({ length: 80 }, (_, index) => `line ${index}`);
  const { evidence } = diagnose(facts({ tasks: [task({ log })] }));
  const quoted = evidence.filter((line) => line.startsWith('  line'));
  assert.equal(quoted.length, 50);
  assert.equal(quoted.at(-1), '  line 79');
});
