import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  ask,
  type EdgeSandbox,
  isUp,
  shopModel,
  startEdgeSandbox,
  startLoad,
} from '@berth/testkit/edge-sandbox';

const signal = AbortSignal.timeout(240_000);

describe('edge', { timeout: 240_000 }, () => {
  let box: EdgeSandbox;
  let r1: string;
  let r2: string;
  let revision = 0;
  const next = () => ++revision;
  before(async () => {
    box = await startEdgeSandbox({ signal });
    [r1, r2] = await Promise.all([box.runBackends('r1'), box.runBackends('r2')]);
  });
  after(() => box?.close());

  test('a new service: pointed, proven, served', async () => {
    const link = box.link();
    const applied = await link.edge.apply(
      shopModel(next(), [box.appNetwork], { a: { fqdn: r1, weight: 100 } }),
    );
    assert.equal(applied.by, 'reload');
    const began = Date.now();
    const lane = await box.laneBecomes('shop.web', 'a', isUp(2));
    console.log(`# proven ${Date.now() - began} ms after the reload`, JSON.stringify(lane.servers[0]));
    const answer = await ask(box.ports.http);
    assert.match(answer.text, / r1$/);
  });

  test('weights move between lanes under load without a reload and without a failure', async () => {
    const link = box.link();
    const load = startLoad(box.ports.http);
    for (let i = 0; i < 3; i++) {
      const [from, to] = i % 2 === 0 ? (['a', 'b'] as const) : (['b', 'a'] as const);
      const [old, young] = i % 2 === 0 ? [r1, r2] : [r2, r1];
      const began = Date.now();
      const pointed = await link.edge.apply(
        shopModel(next(), [box.appNetwork], { [from]: { fqdn: old, weight: 100 }, [to]: { fqdn: young } }),
      );
      assert.equal(pointed.by, 'runtime');
      await box.laneBecomes('shop.web', to, isUp(2));
      const proven = Date.now() - began;
      const moved = await link.edge.apply(
        shopModel(next(), [box.appNetwork], { [from]: { fqdn: old }, [to]: { fqdn: young, weight: 100 } }),
      );
      assert.equal(moved.by, 'runtime');
      console.log(`# proven after ${proven} ms; weights in ${moved.durationMs} ms`);
      for (let j = 0; j < 20; j++)
        assert.match((await ask(box.ports.http)).text, i % 2 === 0 ? / r2$/ : / r1$/);
      const parked = await link.edge.apply(
        shopModel(next(), [box.appNetwork], { [to]: { fqdn: young, weight: 100 } }),
      );
      assert.equal(parked.by, 'runtime');
    }
    const { requests, failures } = await load.stop();
    console.log(`# ${requests} requests`);
    assert.deepEqual(failures, []);
  });
});
