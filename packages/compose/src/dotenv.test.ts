// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are variables of the env file.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DotenvFault, parseDotenv } from './dotenv.ts';

const read = (text: string) =>
  Object.fromEntries(parseDotenv(text, { lookup: (name) => (name === 'HOST' ? 'h' : undefined) }));

describe('parseDotenv', () => {
  it('reads quotes, comments, export and values over lines', () => {
    assert.deepEqual(
      read('# c\nA=1 # c\nB="two # not"\nexport C=\'$x\'\nD="l1\nl2"\nE=\nF: yaml\nG=a#b\nHOST\nUNKNOWN\n'),
      { A: '1', B: 'two # not', C: '$x', D: 'l1\nl2', E: '', F: 'yaml', G: 'a#b', HOST: 'h' },
    );
  });

  it('fills in variables of the environment and of lines before', () => {
    assert.deepEqual(read('A=$HOST\nB="${A}-${NOPE:-d}"\nC=\'${A}\'\nD=a$$b\n'), {
      A: 'h',
      B: 'h-d',
      C: '${A}',
      D: 'a$b',
    });
  });

  it('says the line of a fault', () => {
    const lineOf = (text: string) => {
      try {
        read(text);
      } catch (fault) {
        return fault instanceof DotenvFault ? fault.line : undefined;
      }
      return undefined;
    };
    assert.equal(lineOf('A=1\nB="open\n'), 2);
    assert.equal(lineOf('A=1\n\nB C=2\n'), 3);
    assert.equal(lineOf('A=1\nB!=2\n'), 2);
  });

  it('reads any single-quoted value back', () => {
    const value = fc.string().filter((text) => !/['\\\r]/.test(text));
    fc.assert(fc.property(value, (text) => assert.deepEqual(read(`A='${text}'\n`), { A: text })));
  });
});
