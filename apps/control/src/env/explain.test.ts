import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Variables } from '@berth/domain/release';
import { explain, type Layer } from './explain.ts';

const layer = (
  kind: 'image' | 'file' | 'scope' | 'secret' | 'platform',
  at: string,
  values: Variables,
): Layer => ({
  origins: () => ({ kind, at }),
  values,
});
const image = layer('image', 'i', {
  PATH: '/bin',
  HTTP_PROXY: 'http://proxy',
  PROXY_URL: 'http://u:hunter2@proxy',
  DB_PASSWORD: 'hunter2',
});
const file = layer('file', 'compose.yaml:4', { LEVEL: 'info', DB_PASSWORD: 'hunter3' });
const app = layer('scope', 'app:shop', { LEVEL: 'debug', HTTP_PROXY: null });
const secret = layer('secret', 'db', { DB_PASSWORD: 'hunter4' });
const layers = [image, file, app, secret];
const of = (name: string, reveal = false, live = layers) =>
  explain(layers, live, { reveal }).find((variable) => variable.name === name);

test('the strongest origin of each variable stands first, then what it wins over, strongest first', () => {
  assert.deepEqual(
    explain(layers, layers, { reveal: false }).map(({ name }) => name),
    ['DB_PASSWORD', 'HTTP_PROXY', 'LEVEL', 'PATH', 'PROXY_URL'],
  );
  assert.deepEqual(of('DB_PASSWORD'), {
    name: 'DB_PASSWORD',
    state: 'set',
    origin: { kind: 'secret', at: 'db' },
    overrides: [
      { kind: 'file', at: 'compose.yaml:4' },
      { kind: 'image', at: 'i' },
    ],
    pending: false,
  });
  assert.deepEqual(of('HTTP_PROXY'), {
    name: 'HTTP_PROXY',
    state: 'absent',
    origin: { kind: 'scope', at: 'app:shop', absent: true },
    overrides: [{ kind: 'image', at: 'i', value: 'http://proxy' }],
    pending: false,
  });
  assert.equal(of('PATH')?.origin.value, '/bin');
});

test('values are shown to who asks and may, else those of the image that are no secret', () => {
  const hidden = JSON.stringify(explain(layers, layers, { reveal: false }));
  assert.ok(!hidden.includes('hunter') && !hidden.includes('debug'), hidden);
  const shown = JSON.stringify(explain(layers, layers, { reveal: true }));
  for (const value of ['hunter2@proxy', 'hunter3', 'hunter4', 'debug'])
    assert.ok(shown.includes(value), value);
});

test('what the live release has otherwise is pending, also what is in no scope any more', () => {
  const live = [image, file, layer('scope', '', { LEVEL: 'warn', GONE: 'x' }), secret];
  assert.equal(of('LEVEL', false, live)?.pending, true);
  assert.equal(of('HTTP_PROXY', false, live)?.pending, true);
  assert.equal(of('PATH', false, live)?.pending, false);
  const gone = explain(layers, live, { reveal: true }).find(({ name }) => name === 'GONE');
  assert.deepEqual(gone, {
    name: 'GONE',
    state: 'absent',
    origin: { kind: 'scope' },
    overrides: [],
    pending: true,
  });
});
