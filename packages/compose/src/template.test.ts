import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { substitute, TemplateFault } from './template.ts';

const values: Readonly<Record<string, string>> = { SET: 'set', EMPTY: '', NUM: '7' };
const variables = { lookup: (name: string) => values[name] };
const open = '$' + '{';

describe('substitute', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['$SET', 'set'],
    [`${open}SET}`, 'set'],
    [`${open}NOPE:-d}`, 'd'],
    [`${open}EMPTY:-d}`, 'd'],
    [`${open}EMPTY-d}`, ''],
    [`${open}NOPE-d}`, 'd'],
    [`${open}SET:+a}`, 'a'],
    [`${open}EMPTY:+a}`, ''],
    [`${open}EMPTY+a}`, 'a'],
    [`${open}NOPE+a}`, ''],
    [`${open}SET:?no}`, 'set'],
    [`${open}EMPTY?no}`, ''],
    [`${open}NOPE:-${open}ALSO:-${open}SET}}}`, 'set'],
    [`${open}NOPE:-a-b:c?d+e}`, 'a-b:c?d+e'],
    ['$$SET', '$SET'],
    ['$$$SET', '$set'],
    [`a${open}SET}b$NUM.c`, 'asetb7.c'],
  ];
  for (const [template, expected] of rows) {
    it(`${template} is ${JSON.stringify(expected)}`, () => {
      assert.equal(substitute(template, variables), expected);
    });
  }

  it('names the required variable and the reason', () => {
    const template = `x:${open}TAG:?set the tag}`;
    assert.throws(
      () => substitute(template, variables),
      (fault) =>
        fault instanceof TemplateFault &&
        fault.missing === 'TAG' &&
        fault.message === 'the required variable TAG is missing a value: set the tag',
    );
  });

  it('refuses what is no variable', () => {
    for (const template of [`${open}`, `${open}1A}`, `a ${open}b c}`]) {
      assert.throws(() => substitute(template, variables), TemplateFault);
    }
  });

  it('leaves text without a dollar as it is, and doubled dollars single', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const escaped = text.replaceAll('$', () => '$$');
        assert.equal(substitute(escaped, variables), text);
      }),
    );
  });
});
