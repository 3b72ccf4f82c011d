import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aRelease, aReleaseService } from '@berth/testkit/builders';
import { viewApp, viewConfig } from './views.ts';

test('what anybody may read of a release holds no value of a variable, a secret or a config', () => {
  const hidden = ['of-the-app', 'of-one-service', 'of-the-service', 'of-a-secret', 'of-a-config'];
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const view = viewConfig(
    aRelease({
      variables: { TOKEN: 'of-the-app' },
      serviceVariables: { web: { PIN: 'of-one-service', GONE: null } },
      services: [aReleaseService({ spec: { environment: { KEY: 'of-the-service' } } })],
      files: [
        { kind: 'secret', name: 'password', base64: base64('of-a-secret'), from: { kind: 'content' } },
        { kind: 'config', name: 'settings', base64: base64('of-a-config'), from: { kind: 'content' } },
      ],
    }),
  );
  const text = JSON.stringify(view);
  for (const value of hidden) {
    assert.ok(!text.includes(value), value);
    assert.ok(!text.includes(base64(value)), value);
  }
  assert.match(text, /"TOKEN":"\[set\]"/);
  assert.match(text, /"PIN":"\[set\]"/);
  assert.match(text, /"KEY":"\[set\]"/);
  assert.deepEqual(view.files, [
    { kind: 'secret', name: 'password', from: { kind: 'content' }, bytes: 11 },
    { kind: 'config', name: 'settings', from: { kind: 'content' }, bytes: 11 },
  ]);
});

test('an app that never served and whose last deployment failed is failed, with the reason', () => {
  const facts = {
    app: {
      name: 'shop',
      family: 'shop',
      environment: 'production',
      project: 'default',
      createdAt: 0,
      createdBy: 'ann',
      desired: 'running' as const,
      port: 8100,
      liveRelease: undefined,
      firstRelease: 1,
    },
    runs: [],
    summary: undefined,
    urls: [],
    deployment: undefined,
    last: {
      id: 'd1',
      state: 'failed' as const,
      endedAt: 1_000,
      failure: { code: 'release_unhealthy', message: 'it exited with code 3', hint: '', evidence: [] },
    },
    counts: new Map(),
  };
  const failed = viewApp(facts);
  assert.equal(failed.state, 'failed');
  assert.deepEqual(failed.failure, {
    deployment: 'd1',
    at: '1970-01-01T00:00:01.000Z',
    message: 'it exited with code 3',
  });
  assert.equal(viewApp({ ...facts, deployment: 'd2' }).state, 'deploying');
  assert.equal(viewApp({ ...facts, last: undefined }).state, 'new');
  const live = viewApp({ ...facts, app: { ...facts.app, liveRelease: 2 } });
  assert.deepEqual([live.state, live.failure?.deployment], ['running', 'd1']);
});
