import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAdmission } from './admission.ts';

test('without a list anybody is let in; with one, those on it', () => {
  const admission = createAdmission(undefined);
  assert.ok(admission.admits('198.51.100.1'));
  admission.set(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32']);
  for (const address of ['10.1.2.3', '192.0.2.7', '2001:db8::1'])
    assert.ok(admission.admits(address), address);
  for (const address of ['11.0.0.1', '192.0.2.8', '2001:db9::1', '', 'x'])
    assert.ok(!admission.admits(address), address);
  admission.set(undefined);
  assert.ok(admission.admits('11.0.0.1'));
});

test('what cannot be read lets nobody in', () => {
  for (const list of [[''], ['any'], ['10.0.0.0/x'], ['10.0.0.0/99']])
    assert.ok(!createAdmission(list).admits('10.0.0.1'), list.join());
});
