import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { judged as judge } from './fixtures/judged.ts';
import type { Decision } from './request.ts';

const labels = { 'berth.platform': 'p' };

const reason = (decision: Decision): string => (decision.kind === 'deny' ? decision.reason : 'ALLOWED');
const list = (kind: string, filters: unknown) =>
  judge('GET', `/${kind}?filters=${encodeURIComponent(JSON.stringify(filters))}`);

describe('secrets and configs of the engine', () => {
  for (const kind of ['secret', 'config']) {
    test(`a ${kind} is made, listed among the platform's own, and removed when it is ours`, () => {
      const spec = { Name: 'p-shop-db-1', Labels: labels, Data: 'eA==' };
      assert.deepEqual(judge('POST', `/${kind}s/create`, spec), { kind: 'allow', objects: [] });
      assert.equal(list(`${kind}s`, { label: ['berth.platform=p', 'berth.app=shop'] }).kind, 'allow');
      assert.equal(list(`${kind}s`, { label: { 'berth.platform=p': true } }).kind, 'allow');
      const removal = judge('DELETE', `/${kind}s/abc`);
      assert.deepEqual(removal.kind === 'allow' && removal.objects, [{ kind, id: 'abc', roles: [] }]);
    });

    test(`a ${kind} of others is neither listed, read, changed nor taken`, () => {
      const spec = { Name: 'x', Labels: labels, Data: 'eA==' };
      assert.equal(reason(judge('GET', `/${kind}s`)), 'a list without the filter label=berth.platform=p');
      assert.match(reason(list(`${kind}s`, { label: ['berth.platform=q'] })), /without the filter/);
      assert.equal(reason(judge('GET', `/${kind}s/abc`)), 'no rule');
      assert.equal(reason(judge('POST', `/${kind}s/abc/update`, spec)), 'no rule');
      assert.match(
        reason(judge('POST', `/${kind}s/create`, { ...spec, Labels: {} })),
        /label berth.platform=p/,
      );
      assert.match(
        reason(judge('POST', `/${kind}s/create`, { ...spec, Templating: { Name: 'golang' } })),
        new RegExp(`${kind}.Templating is not one Berth uses`),
      );
    });
  }

  test('what a service is given must be ours', () => {
    const decision = judge('POST', '/services/create', {
      Name: 's',
      Labels: labels,
      TaskTemplate: {
        ContainerSpec: {
          Image: 'i',
          Labels: labels,
          Secrets: [{ SecretID: 's1', SecretName: 'a' }],
          Configs: [{ ConfigID: 'c1', ConfigName: 'b' }],
        },
      },
      Mode: { Replicated: { Replicas: 1 } },
    });
    assert.deepEqual(decision, {
      kind: 'allow',
      objects: [
        { kind: 'secret', id: 's1' },
        { kind: 'config', id: 'c1' },
      ],
    });
  });

  test('a one-off gets the files put into memory for it, and no other of the host', () => {
    const create = (mount: object, name = 'shop-run-1') =>
      judge('POST', `/containers/create?name=${name}`, {
        Image: 'i',
        Labels: labels,
        HostConfig: { Mounts: [mount, { Type: 'tmpfs', Target: '/t' }] },
      });
    const own = {
      Type: 'bind',
      Source: '/dev/shm/p/shop-run-1/0',
      Target: '/run/secrets/db',
      ReadOnly: true,
    };
    assert.equal(create(own).kind, 'allow');
    for (const [why, decision] of Object.entries({
      'for another container': create(own, 'shop-run-2'),
      'to write to': create({ ...own, ReadOnly: false }),
      'a whole directory': create({ ...own, Source: '/dev/shm/p/shop-run-1' }),
      'a way out': create({ ...own, Source: '/dev/shm/p/shop-run-1/../../../etc/shadow' }),
      'a file beside': create({ ...own, Source: '/dev/shm/p/shop-run-1/0/x' }),
      'another platform': create({ ...own, Source: '/dev/shm/q/shop-run-1/0' }),
      propagation: create({ ...own, BindOptions: { Propagation: 'shared' } }),
      'a name that leads elsewhere': create({ ...own, Source: '/dev/shm/p/../0' }, '..'),
    }))
      assert.match(reason(decision), /a bind mount of .* (belongs to the node|is not an absolute path)/, why);
  });
});
