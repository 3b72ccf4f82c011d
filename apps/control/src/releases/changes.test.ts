import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aReleaseService } from '@berth/testkit/builders';
import { describeService } from './changes.ts';

const image = (digit: string, imageLabel: string) =>
  aReleaseService({ image: `127.0.0.1:5000/shop/web@sha256:${digit.repeat(64)}`, imageLabel });

test('a new image is told from digest to digest, and by its names where it has some', () => {
  assert.deepEqual(describeService(image('a', 'source 1'), image('b', 'source 2')), [
    'image aaaaaaaaaaaa → bbbbbbbbbbbb',
  ]);
  assert.deepEqual(describeService(image('a', 'nginx:1.27'), image('b', 'nginx:1.29')), [
    'image nginx:1.27 → nginx:1.29 (aaaaaaaaaaaa → bbbbbbbbbbbb)',
  ]);
  assert.deepEqual(describeService(image('a', 'nginx:1'), image('b', 'nginx:1')), [
    'image aaaaaaaaaaaa → bbbbbbbbbbbb',
  ]);
});
