import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type Format, findCases, findViewDifference, runOurs, runView } from './case.ts';

const root = new URL('../../packages/compose/cases', import.meta.url).pathname;

/** What docker-compose said of each case when `npm run conformance -- --update` last ran. */
describe('cases, against what docker-compose printed', () => {
  for (const one of findCases(root)) {
    it(one.name, () => {
      const expected = (name: string) => readFileSync(join(one.directory, name), 'utf8');
      if (existsSync(join(one.directory, 'expected.error'))) {
        const ours = runOurs(one, 'yaml');
        assert.equal(ours.kind, 'refused', `docker-compose refuses it: ${expected('expected.error')}`);
        assert.ok(ours.kind === 'refused' && ours.located, `no place in: ${ours.text}`);
        return;
      }
      for (const format of ['yaml', 'json'] satisfies Format[]) {
        const ours = runOurs(one, format);
        const name = `expected.${format}`;
        if (existsSync(join(one.directory, name)))
          assert.equal(ours.text.trimEnd(), expected(name).trimEnd());
      }
      for (const view of one.flags.views ?? []) {
        const file = join(one.directory, `expected.${view}`);
        if (!existsSync(file)) {
          assert.equal(runView(one, view).kind, 'refused', view);
          continue;
        }
        const reference = { kind: 'ok', text: expected(`expected.${view}`), keys: [] } as const;
        assert.equal(findViewDifference(view, reference, runView(one, view)), undefined, view);
      }
    });
  }
});
