import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeAt } from './place.ts';

test('no two places share a port', () => {
  const takenBy = new Map<number, string>();
  for (let number = 0; number < 18; number++) {
    const place = placeAt(number);
    const [first, last] = place.appPorts;
    const ports = [
      ...[place.httpPort, place.httpsPort, place.apiPort, place.linkPort, place.registryPort],
      ...Array.from({ length: last - first + 1 }, (_, index) => first + index),
      ...Array.from({ length: 30 }, (_, index) => place.freePort + index),
      last + 1,
    ];
    for (const port of ports) {
      assert.equal(takenBy.get(port), undefined, `${port} of ${place.name}`);
      takenBy.set(port, place.name);
    }
  }
});
