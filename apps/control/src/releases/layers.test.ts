import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandOf } from './layers.ts';

test('steps are told as a Dockerfile has them, whoever built', () => {
  const of = (CreatedBy: string, Comment = '') => commandOf({ CreatedBy, Comment });
  assert.equal(of('/bin/sh -c #(nop)  CMD ["node"]'), 'CMD ["node"]');
  assert.equal(of('|1 SOURCE_DATE_EPOCH=1 /bin/sh -c node --version'), 'RUN node --version');
  assert.equal(of('/bin/sh -c npm ci'), 'RUN npm ci');
  assert.equal(of('RUN /bin/sh -c npm ci # buildkit', 'buildkit.dockerfile.v0'), 'RUN /bin/sh -c npm ci');
  assert.equal(of('COPY . . # buildkit', 'buildkit.dockerfile.v0'), 'COPY . .');
  assert.equal(of('', 'Debian trixie, made by mmdebstrap'), 'Debian trixie, made by mmdebstrap');
});
