import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  compareVersions,
  engineIssues,
  isDistributionPackage,
  issuesOf,
  kernelIssuesOf,
} from './known-issues.ts';

test('versions compare by number, whatever a distribution appends', () => {
  assert.equal(compareVersions('20.10.24+dfsg1', '20.10.24'), 0);
  assert.equal(compareVersions('20.10.9', '20.10.10'), -1);
  assert.equal(compareVersions('1.44', '1.41'), 1);
});

test('an engine has the faults of its version and no other', () => {
  const of = (version: string) => issuesOf(version, engineIssues).map(({ isBroken }) => isBroken);
  assert.deepEqual(of('19.03.15'), [true]);
  assert.deepEqual(of('20.10.5'), [true]);
  assert.deepEqual(of('20.10.21'), [false]);
  assert.deepEqual(of('23.0.1'), [false]);
  for (const version of ['20.10.24+dfsg1', '24.0.7', '28.5.1']) assert.deepEqual(of(version), [], version);
});

test('a kernel has the faults of its version; of those a distribution mends, only its own kernels', () => {
  const of = (release: string) => kernelIssuesOf(release).map(({ isBroken }) => isBroken);
  assert.deepEqual(of('3.10.0-1160.el7.x86_64'), [true]);
  assert.deepEqual(of('5.10.90'), [false]);
  assert.deepEqual(of('5.15.24'), [false]);
  for (const release of ['5.10.102', '5.15.0-91-generic', '6.1.0-18-amd64', '6.18.44'])
    assert.deepEqual(of(release), [], release);
});

test('packages of a distribution are known by their version', () => {
  for (const version of ['20.10.24+dfsg1', '24.0.7-0ubuntu2~22.04.1'])
    assert.ok(isDistributionPackage(version));
  for (const version of ['24.0.7', '28.5.1']) assert.ok(!isDistributionPackage(version));
});
