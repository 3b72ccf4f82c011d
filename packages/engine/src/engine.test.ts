import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeRegistryAuth } from './engine.ts';

test('registry credentials are padded base64url, whatever their length', () => {
  for (const password of ['a', 'ab', 'abc', 'abcd', 'ÿ?>']) {
    const header = encodeRegistryAuth({ username: 'berth', password, serveraddress: '127.0.0.1:5000' });
    assert.equal(header.length % 4, 0, header);
    assert.doesNotMatch(header, /[+/]/);
    assert.equal(JSON.parse(Buffer.from(header, 'base64url').toString()).password, password);
  }
});
