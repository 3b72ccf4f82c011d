import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { factsOfProbe, findDifferences, parseProbe, withoutId } from './facts.ts';

const line = (name: string, value: string) => `\x1e${name}\t${value}\x1f\n`;

describe('what a probe of a container says', () => {
  it('is facts by name, which do not depend on the container', () => {
    const said = parseProbe(
      line('process/cmdline', 'a\0two words\0\0') +
        line('process/environ', 'A=x=y\0B=\0C=one\ntwo\0') +
        line('process/status', 'Name:\tsh\nUid:\t1\t1\t1\t1\nUmask:\t0022\n') +
        line(
          'process/limits',
          'Limit  Soft Limit  Hard Limit  Units\nMax open files   100    200     files\n',
        ) +
        line('etc/hosts', '127.0.0.1\tlocalhost\n10.0.0.3\t0123456789ab\n10.0.0.9 printer # a comment\n') +
        line('process/mountinfo', '1 2 0:1 / /run rw,nosuid master:7 - tmpfs tmpfs rw,size=1k,inode64\n') +
        line('fd/0', 'pipe:[123]\n'),
    );
    const facts = withoutId(factsOfProbe(said, ['10.0.0.3']), '0123456789abcdef');
    const of = (...names: string[]) => names.map((name) => facts.get(name));
    assert.deepEqual(of('argv', 'env A', 'env B', 'env C'), [
      '["a","two words",""]',
      '"x=y"',
      '""',
      '"one\\ntwo"',
    ]);
    assert.deepEqual(of('status Uid', 'status Umask', 'limit Max open files', 'fd/0'), [
      '1 1 1 1',
      '0022',
      '100 200',
      'pipe:',
    ]);
    assert.deepEqual(of('hosts localhost', 'hosts <id>', 'hosts printer'), [
      '127.0.0.1',
      'its own',
      '10.0.0.9',
    ]);
    assert.equal(facts.get('mount /run'), 'tmpfs rw,nosuid master rw,size=1k');
  });

  it('is an error where the probe itself failed', () => {
    assert.throws(() => parseProbe('sh: not found\n'), /the probe said: sh: not found/);
  });
});

describe('differences', () => {
  it('are what one has and the other has not, or has otherwise', () => {
    const found = findDifferences(
      'c/s',
      new Map([
        ['a', '1'],
        ['b', '2'],
      ]),
      new Map([
        ['b', '3'],
        ['c', '4'],
      ]),
    );
    assert.deepEqual(
      found.map(({ fact, reference, berth }) => [fact, reference, berth]),
      [
        ['a', '1', '(not there)'],
        ['b', '2', '3'],
        ['c', '(not there)', '4'],
      ],
    );
  });
});
