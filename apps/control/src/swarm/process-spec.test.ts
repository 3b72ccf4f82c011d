import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ServiceSpec, safeDefaults } from '@berth/domain/service';
import { processOf } from './process-spec.ts';

const processWith = (over: Partial<ServiceSpec>) =>
  processOf({ ...safeDefaults, name: 'web', ...over }, { variables: {}, files: [] });

describe('what runs in a task', () => {
  it('is the entrypoint with the command; without one of them the image’s own', () => {
    const program = (over: Partial<ServiceSpec>) => {
      const { Command, Args } = processWith(over) as { Command?: unknown; Args?: unknown };
      return [Command, Args];
    };
    assert.deepEqual(program({ entrypoint: ['/e'], command: ['a'] }), [['/e'], ['a']]);
    assert.deepEqual(program({ command: ['a'] }), [undefined, ['a']]);
    assert.deepEqual(program({}), [undefined, undefined]);
  });

  it('is the command alone where the entrypoint is taken away', () => {
    const { Command, ...rest } = processWith({ entrypoint: [], command: ['a', 'b'] }) as { Command: unknown };
    assert.deepEqual(Command, ['a', 'b']);
    assert.ok(!('Args' in rest));
  });

  it('has no variable that has no value, whatever the image sets', () => {
    assert.deepEqual(processWith({ environment: { NAMED: null, EMPTY: '' } }).Env, ['EMPTY=', 'NAMED']);
  });
});
