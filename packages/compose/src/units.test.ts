import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { durationMs, parseBytes, parseDuration, printDuration } from './units.ts';

describe('durations', () => {
  it('are printed as Go prints them', () => {
    const rows: readonly (readonly [string, string])[] = [
      ['90s', '1m30s'],
      ['1h', '1h0m0s'],
      ['1.5s', '1.5s'],
      ['100ms', '100ms'],
      ['500us', '500µs'],
      ['0', '0s'],
      ['-1m0.5s', '-1m0.5s'],
      ['1h1ns', '1h0m0.000000001s'],
    ];
    for (const [given, printed] of rows) assert.equal(printDuration(parseDuration(given)!), printed);
  });

  it('need a unit', () => {
    for (const given of ['10', '', 's', '1d', '1 s', '.', '1h-1m', '9223372036854775808ns']) {
      assert.equal(parseDuration(given), undefined, given);
    }
  });

  it('read back as they were printed', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 60n), max: 2n ** 60n }), (size) => {
        assert.equal(parseDuration(printDuration(size)), size);
      }),
    );
  });

  it('become whole milliseconds', () => {
    assert.equal(durationMs('1m30s'), 90_000);
    assert.equal(durationMs('1us'), 1);
  });
});

describe('sizes', () => {
  it('go by powers of 1024, with or without b, in either case', () => {
    assert.equal(parseBytes('1.5g'), 1.5 * 1024 ** 3);
    assert.equal(parseBytes('512MiB'), 512 * 1024 ** 2);
    assert.equal(parseBytes('64kb'), 65_536);
    assert.equal(parseBytes('10b'), 10);
    assert.equal(parseBytes('1 gb'), 1024 ** 3);
  });

  it('are refused when they are none', () => {
    for (const given of ['', '-1', 'x', '1.2.3', '10 apples', '1e3'])
      assert.equal(parseBytes(given), undefined, given);
  });
});
