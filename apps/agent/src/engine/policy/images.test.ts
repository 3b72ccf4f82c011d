import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { judged, policySettings } from './fixtures/judged.ts';
import type { Decision } from './request.ts';

const settings = policySettings({ build: { memoryBytesMax: 1_000, cpusMax: 2 } });
const judge = (method: string, target: string) => judged(method, target, undefined, settings);

describe('images are built, kept and fetched', () => {
  test('build caps are put in and cannot be raised', () => {
    const decision = judge(
      'POST',
      '/build?t=127.0.0.1:5000/shop/web:1&memory=5000&cpuquota=50000&cgroupparent=/',
    );
    assert.equal(decision.kind, 'allow');
    const query = decision.kind === 'allow' ? decision.query : undefined;
    assert.equal(query?.get('memory'), '1000');
    assert.equal(query?.get('memswap'), '1000');
    assert.equal(query?.get('cpuquota'), '50000');
    assert.equal(query?.get('cgroupparent'), null);
  });
  test('push to the own registry', () => {
    assert.equal(judge('POST', '/images/127.0.0.1:5000/shop/web/push?tag=1').kind, 'allow');
  });
});

describe('networks and ports', () => {
  test('a tag of the own registry', () => {
    assert.equal(judge('POST', '/images/sha256:1/tag?repo=127.0.0.1:5000/shop/web&tag=1').kind, 'allow');
  });
  test('a pull', () => {
    assert.equal(judge('POST', '/images/create?fromImage=docker.io/library/redis:7').kind, 'allow');
  });
});

describe('an image is not put where Berth trusts it, nor sent elsewhere', () => {
  const cases: readonly [string, Decision][] = [
    ['build in the host network', judge('POST', '/build?networkmode=host')],
    ['build from a URL', judge('POST', '/build?remote=http://x')],
    ['build to a directory', judge('POST', '/build?outputs=[{}]')],
    ['build with a session', judge('POST', '/build?session=x')],
    ['push elsewhere', judge('POST', '/images/docker.io/x/push?tag=1')],
    ['push that looks local', judge('POST', '/images/127.0.0.1.evil.example/x/push')],
    ['import from a URL', judge('POST', '/images/create?fromSrc=http://x')],
    ['import of an archive', judge('POST', '/images/create?fromSrc=-&repo=x')],
    ['forced removal of an image', judge('DELETE', '/images/x?force=1')],
    ['an image of Berth: removed', judge('DELETE', '/images/berth/system:1')],
    ['an image of Berth: pulled', judge('POST', '/images/create?fromImage=docker.io/berth/system&tag=1')],
    ['an image of Berth: tagged', judge('POST', '/images/x/tag?repo=berth/system&tag=1')],
    ['an image of Berth: built', judge('POST', '/build?t=127.0.0.1:5000/a/b:1&t=berth/system:1')],
    ['an image of Berth: built over a tag', judge('POST', '/build?t=docker.io/berth/volume:1')],
    ['a tag elsewhere', judge('POST', '/images/x/tag?repo=example.com/x&tag=1')],
  ];
  for (const [name, decision] of cases) test(name, () => assert.equal(decision.kind, 'deny'));
});
