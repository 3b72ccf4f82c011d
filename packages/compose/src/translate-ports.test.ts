import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toAppSpec } from './translate.ts';

const port = (target: number, published: string, more: Record<string, string> = {}) => ({
  target,
  published,
  protocol: 'tcp',
  ...more,
});

function specOf(ports: readonly ReturnType<typeof port>[], extension = {}) {
  const result = toAppSpec(
    { model: { name: 'shop', services: { web: { image: 'x', ports, 'x-berth': extension } } } },
    { app: 'shop' },
  );
  assert.ok(result.kind === 'ok', JSON.stringify(result));
  return { ...result.spec, web: result.spec.services[0]!.spec, notes: result.notes };
}

describe('who is let in', () => {
  test('is looked at by the edge, and by the agent, which then opens the ports', () => {
    const { web } = specOf([port(8080, '80'), port(5432, '5432'), port(53, '53', { host_ip: '127.0.0.1' })], {
      allow_from: ['10.0.0.0/8', '2001:db8::1'],
    });
    assert.deepEqual(web.allowFrom, ['10.0.0.0/8', '2001:db8::1']);
    assert.deepEqual(
      web.ports.map(({ target, address }) => [target, address]),
      [
        [5432, '0.0.0.0'],
        [53, '127.0.0.1'],
      ],
    );
  });
  for (const wrong of ['any', '10.0.0.0/33', '10.0.0.0/8/8', 'fe80::1%eth0', ''])
    test(`"${wrong}" is nobody`, () => {
      const web = { image: 'x', 'x-berth': { allow_from: [wrong] } };
      const result = toAppSpec({ model: { name: 'shop', services: { web } } }, { app: 'shop' });
      assert.ok(result.kind === 'refused');
      assert.match(result.issues[0]?.message ?? '', /must be an address or a range like 10\.0\.0\.0\/8/);
    });
});

describe('a port bound to an address', () => {
  test('is of that address, whatever it is for, and not the edge’s', () => {
    for (const target of [5432, 8080]) {
      const { web, routes } = specOf([port(target, '9000', { host_ip: '127.0.0.1' })]);
      assert.deepEqual(web.ports, [{ target, protocol: 'tcp', published: 9000, address: '127.0.0.1' }]);
      assert.deepEqual([routes, web.port], [[], undefined]);
    }
  });

  test('is told, when it looks like HTTP, how it would come through the edge', () => {
    assert.deepEqual(specOf([port(8080, '9000', { host_ip: '127.0.0.1' })]).notes, [
      'services.web: port 8080 is open at 127.0.0.1 of the node and nowhere else; `x-berth: {port: 8080}` would make it reachable through the edge, too',
    ]);
    const both = specOf([port(8080, '9000', { host_ip: '127.0.0.1' })], { port: 8080 });
    assert.equal(both.routes.length, 1);
    assert.deepEqual(both.web.ports, [
      { target: 8080, protocol: 'tcp', published: 9000, address: '127.0.0.1' },
    ]);
    assert.deepEqual(both.notes, []);
  });

  test('leaves a public one of the same service to the edge', () => {
    const { web, routes } = specOf([port(9090, '9090', { host_ip: '127.0.0.1' }), port(3000, '80')]);
    assert.deepEqual([routes.length, web.port], [1, 3000]);
    assert.deepEqual(web.ports, [{ target: 9090, protocol: 'tcp', published: 9090, address: '127.0.0.1' }]);
  });

  test('may be of IPv6, of UDP, one of a range, or any', () => {
    const { web } = specOf([
      port(80, '80', { host_ip: '0:0::1' }),
      port(53, '53', { host_ip: '10.0.0.5', protocol: 'udp' }),
      port(81, '8000-8010', { host_ip: '::' }),
      port(82, '', { host_ip: '127.0.0.1' }),
      port(5432, '5432', { host_ip: '0.0.0.0' }),
    ]);
    assert.deepEqual(
      web.ports.map(({ address, published, range }) => [address, published, range]),
      [
        ['::1', 80, undefined],
        ['10.0.0.5', 53, undefined],
        ['::', 0, [8000, 8010]],
        ['127.0.0.1', 0, undefined],
        [undefined, 5432, undefined],
      ],
    );
  });
});
