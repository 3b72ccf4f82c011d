import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EdgeModel, EdgeProbe } from '@berth/domain/edge';
import { type Attention, planAttention } from './attention.ts';

const probe: EdgeProbe = { kind: 'http', path: '/', port: 8080, host: 'shop.test' };
const modelWith = (weight: number, of: EdgeProbe = probe): EdgeModel => {
  const lane = { port: 8080, probe: of, weight: 0 };
  return {
    revision: 1,
    services: [
      {
        id: 'shop.web',
        networks: [],
        slots: 2,
        lanes: { a: { ...lane, fqdn: 'tasks.r1', weight }, b: lane, c: lane },
      },
    ],
    routes: [],
    redirects: [],
    certificates: [],
    httpsOnlyHosts: [],
  };
};
const row = (values: Record<string, string>) => ({
  be_name: 'be_shop.web_a',
  srv_name: 's1',
  srv_fqdn: 'tasks.r1',
  srv_addr: '10.0.1.2',
  srv_admin_state: '0',
  srv_uweight: '1',
  srv_check_health: '2',
  ...values,
});
const told = (plan: readonly Attention[]): readonly string[] =>
  plan.map(({ kind, server }) => `${kind} ${server}`);
const plan = (values: Record<string, string>, model = modelWith(100), proven: readonly string[] = []) =>
  told(planAttention(model, [row(values)], new Set(proven)));
const empty = { srv_addr: '-', srv_check_health: '0', srv_admin_state: '32' };
const key = 'be_shop.web_a/s1 tasks.r1 10.0.1.2';

test('an empty place is held while its lane has traffic, once, and left alone while it has none', () => {
  assert.deepEqual(plan(empty), ['hold be_shop.web_a/s1']);
  assert.deepEqual(plan({ ...empty, srv_uweight: '0' }), []);
  assert.deepEqual(plan(empty, modelWith(0)), []);
});

test('who comes is asked; who answered is vouched for, and let into the balance', () => {
  const come = { srv_uweight: '0', srv_check_health: '1' };
  assert.deepEqual(plan(come), ['ask be_shop.web_a/s1']);
  assert.deepEqual(plan(come, modelWith(100), [key]), ['vouch be_shop.web_a/s1', 'release be_shop.web_a/s1']);
  assert.deepEqual(plan({ ...come, srv_addr: '10.0.1.3' }, modelWith(100), [key]), ['ask be_shop.web_a/s1']);
});

test('who HAProxy has found healthy itself is let in; at goal there is nothing to do', () => {
  assert.deepEqual(plan({ srv_uweight: '0' }), ['release be_shop.web_a/s1']);
  assert.deepEqual(plan({}), []);
});

test('who is down is asked again, in any lane that follows a name', () => {
  assert.deepEqual(plan({ srv_check_health: '0' }, modelWith(0)), ['ask be_shop.web_a/s1']);
  assert.deepEqual(plan({ srv_check_health: '0' }, modelWith(0), [key]), ['vouch be_shop.web_a/s1']);
});

test('a probe on another port is left to HAProxy; without a probe whoever comes is let in', () => {
  assert.deepEqual(plan({ srv_check_health: '1' }, modelWith(100, { kind: 'tcp', port: 9 })), []);
  assert.deepEqual(plan({ srv_check_health: '0', srv_uweight: '0' }, modelWith(100, { kind: 'none' })), [
    'release be_shop.web_a/s1',
  ]);
});

test('what control drains, and what still follows another name, is not touched', () => {
  assert.deepEqual(plan({ srv_admin_state: '8', srv_check_health: '0' }), []);
  assert.deepEqual(plan({ srv_fqdn: 'tasks.r0', srv_check_health: '0' }), []);
  assert.deepEqual(plan({ be_name: 'be_shop.web_b', srv_fqdn: 'parked', ...empty }), []);
});
