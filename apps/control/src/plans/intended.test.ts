import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isUnreadManifest } from './intended.ts';

test('a manifest counts as source only where the Dockerfile may copy it', () => {
  const lies = (copy: string, path = 'compose.yaml') => isUnreadManifest(path, `FROM base\n${copy}\n`);
  assert.equal(lies('COPY app.mjs package.json ./'), true);
  assert.equal(lies('COPY --chown=1:1 src /app/src'), true);
  for (const copy of [
    'COPY . .',
    'COPY ./ /app',
    'copy *.yaml /',
    'ADD [".", "/app"]',
    'RUN --mount=type=bind cp x y',
  ])
    assert.equal(lies(copy), false, copy);
  assert.equal(lies('COPY app.mjs .', 'app.mjs'), false);
  assert.equal(lies('COPY app.mjs .', 'docker-compose.override.yml'), true);
});
