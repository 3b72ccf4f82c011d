import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findPolicyRule } from './policy.ts';

test('ps of the node is asked for columns and nothing else', () => {
  const judge = (args: string) =>
    findPolicyRule('GET', '/containers/x/top')?.rule.judge(
      { method: 'GET', path: '', query: new URLSearchParams({ ps_args: args }), body: undefined },
      'x',
      {
        platform: 'p',
        volumesDir: '/d/volumes',
        allow: [],
        ownDir: '/d',
        build: { memoryBytesMax: 1, cpusMax: 1 },
      },
    ).kind;
  assert.equal(judge('-eo pid,user:32,pcpu,rss,etime,args'), 'allow');
  for (const args of ['aux --sort=x', '-eo pid -C x', '-p 1', '-eo pid;id'])
    assert.equal(judge(args), 'deny');
});

test('a running task’s limits may be changed, and nothing else of it', () => {
  const judge = (body: unknown) =>
    findPolicyRule('POST', '/containers/x/update')?.rule.judge(
      { method: 'POST', path: '', query: new URLSearchParams(), body },
      'x',
      {
        platform: 'p',
        volumesDir: '/d/volumes',
        allow: [],
        ownDir: '/d',
        build: { memoryBytesMax: 1, cpusMax: 1 },
      },
    ).kind;
  assert.equal(judge({ Memory: 1, MemorySwap: 1, NanoCpus: 1, PidsLimit: 1 }), 'allow');
  for (const key of ['RestartPolicy', 'Devices', 'CgroupParent', 'memory'])
    assert.equal(judge({ [key]: 1 }), 'deny');
});
