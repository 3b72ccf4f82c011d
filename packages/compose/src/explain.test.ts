import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Explanation, explainKey } from './explain.ts';
import { keysOfSpecification } from './spec-keys.ts';
import { keysOfExtensions } from './x-berth.ts';
import { extensionKeys } from './x-berth-keys.ts';

const explained = (key: string): Explanation => {
  const found = explainKey(key);
  assert.ok(found.kind === 'known', key);
  return found.explanation;
};

describe('a key', () => {
  it('is explained wherever it is in a file, and however it is written', () => {
    for (const key of ['cap_add', 'services.cap_add', 'services.web.cap_add', 'services.web.cap_add[0]']) {
      const { key: found, treatment, forms } = explained(key);
      assert.deepEqual(
        [found, treatment?.kind, forms],
        ['services.cap_add', 'differently', ['list of text']],
      );
    }
    assert.equal(explained('volumes.data.driver_opts').treatment?.kind, 'refused');
    assert.equal(explained('services.web.x-berth.probe').key, 'services.x-berth.probe');
  });

  it('has a default where Berth has one, and keys inside', () => {
    assert.equal(explained('stop_grace_period').standard, '30s');
    assert.deepEqual(explained('deploy.resources.limits').keys, ['cpus', 'memory', 'pids']);
    assert.equal(explained('deploy.resources.limits.cpus').as, 'services.deploy.resources.limits');
  });

  it('is near another one when it is none', () => {
    const near = (key: string) => {
      const found = explainKey(key);
      return found.kind === 'unknown' ? found.near : [];
    };
    assert.ok(near('cap_ad').includes('services.cap_add'));
    assert.ok(near('resources.limits').includes('services.deploy.resources.limits'));
    assert.deepEqual(near('qqqqqqqqqqqqqq'), []);
  });

  it('of the specification has forms, every one', () => {
    const without = keysOfSpecification().filter((key) => explained(key).forms.length === 0);
    assert.deepEqual(without, []);
  });

  it('of x-berth has a line, every one', () => {
    assert.deepEqual(Object.keys(extensionKeys).sort(), keysOfExtensions().sort());
  });
});
