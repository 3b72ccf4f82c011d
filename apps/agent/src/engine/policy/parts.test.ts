import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judged } from './fixtures/judged.ts';

test('ps of the node is asked for columns and nothing else', () => {
  const judge = (args: string) =>
    judged('GET', `/containers/x/top?${new URLSearchParams({ ps_args: args })}`).kind;
  assert.equal(judge('-eo pid,user:32,pcpu,rss,etime,args'), 'allow');
  for (const args of ['aux --sort=x', '-eo pid -C x', '-p 1', '-eo pid;id'])
    assert.equal(judge(args), 'deny');
});

test('a running task’s limits may be changed, and nothing else of it', () => {
  const judge = (body: unknown) => judged('POST', '/containers/x/update', body).kind;
  assert.equal(judge({ Memory: 1, MemorySwap: 1, NanoCpus: 1, PidsLimit: 1 }), 'allow');
  for (const key of ['RestartPolicy', 'Devices', 'CgroupParent', 'memory'])
    assert.equal(judge({ [key]: 1 }), 'deny');
});
