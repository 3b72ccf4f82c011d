// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Compose's variables, not JavaScript's.
import type { Chance } from '@berth/e2e/chance';
import { type Fields, Raw, type Value } from './value.ts';

export const words = ['alpha', 'beta', 'web', 'api', 'x1', 'A_B', 'foo.bar', 'cache', 'a b', 'UPPER', 'n-1'];
export const services = ['web', 'api', 'db', 'worker', 'cache'];
export const networks = ['front', 'back', 'default'];
export const volumes = ['data', 'logs', 'cache-vol'];
export const files = ['cfg', 'key', 'cert'];
export const variables = ['SET', 'EMPTY', 'UNSET', 'NUM', 'BOOL', 'PATHY', 'FROM_DOTENV', 'QUOTED', 'MULTI'];
export const strings = [
  'plain',
  '',
  'with space',
  'yes',
  'on',
  'null',
  '~',
  '012',
  '1.5',
  '0x1F',
  '1e3',
  '2024-01-02',
  '12:30',
  '-',
  '- x',
  'a: b',
  'a #b',
  '#c',
  '"q"',
  "it's",
  'tab\there',
  'line1\nline2',
  'line1\nline2\n',
  ' lead',
  'trail ',
  'üñí',
  '☃',
  '😀',
  '\\d+',
  'a\\nb',
  '$$literal',
  'x$$y',
  '{a}',
  '[a]',
  '*star',
  '&amp',
  '!bang',
  '%pct',
  '@at',
  '`tick`',
  '|pipe',
  '>fold',
  '?q',
  ':c',
  'c:',
  'true',
  'False',
  '.5',
  '1_000',
  '+1',
  '=',
  '<<',
  '<&>',
  '---',
  '...',
  'one\u2028two',
  'nel\u0085x',
  '\u2028',
  'a\u2028\nb',
  '\ufeffbom',
  'a\rb',
  '\u0007bell',
  ' \n x',
  '\n',
  '\n\n',
  'a\n\n',
  'x'.repeat(140),
  '1:20',
  '1_0:59:59',
  '0b11',
  '0o17',
  '08',
  '-.inf',
  '.NaN',
  '2001-12-14t21:59:43.10-05:00',
  'y',
  'Off',
  'NULL',
  '${SET}${EMPTY:-$${NUM}}',
  'é\n  indented\nback',
];

/** Values of the simple kinds. */
export class Values {
  readonly chance: Chance;
  constructor(chance: Chance) {
    this.chance = chance;
  }

  text(): Value {
    const c = this.chance;
    if (c.is(0.25)) return this.template();
    return c.is(0.6) ? c.pick(words) : c.pick(strings);
  }
  string(): string {
    const c = this.chance;
    return c.is(0.15) ? this.template() : c.pick(words);
  }
  template(): string {
    const c = this.chance;
    const name = c.pick(variables);
    const inner = () => (c.is(0.3) ? this.template() : c.pick(['d', '', 'a-b', 'x:y', '8080', 'with space']));
    const form = c.below(12);
    const one =
      form < 2
        ? `$${name}`
        : form < 4
          ? `\${${name}}`
          : form === 4
            ? `\${${name}:-${inner()}}`
            : form === 5
              ? `\${${name}-${inner()}}`
              : form === 6
                ? `\${${name}:+${inner()}}`
                : form === 7
                  ? `\${${name}+${inner()}}`
                  : form === 8
                    ? `\${${c.pick(['SET', 'NUM', 'BOOL'])}:?needed}`
                    : form === 9
                      ? `\${${c.pick(['SET', 'EMPTY', 'NUM'])}?needed ${inner()}}`
                      : form === 10
                        ? `$$${name}`
                        : `\${${name}`;
    const closed = form === 11 && c.is(0.9) ? `${one}}` : one;
    return c.pick(['', '', 'pre-', 'a/']) + closed + c.pick(['', '', '-post', '.x', `\${SET}`]);
  }
  /** A value of a kind that is wrong about once in forty times. */
  maybeWrong(value: Value): Value {
    const c = this.chance;
    return c.is(0.002) ? c.pick<Value>([null, true, 7, 1.5, 'word', [], ['a', 1], {}, { a: 'b' }]) : value;
  }
  flag(): Value {
    const c = this.chance;
    return c.pick<Value>([true, false, 'true', 'no', '${BOOL}', new Raw('yes'), '${BOOL:-false}']);
  }
  integer(max = 100): Value {
    const c = this.chance;
    return c.pick<Value>([c.below(max), String(c.below(max)), '${NUM}', '${UNSET:-3}', c.below(max)]);
  }
  float(): Value {
    return this.chance.pick<Value>([0.5, 1, '0.25', 1.1, '${NUM}', 2.75, '1e-1', 0.333333]);
  }
  bytes(): Value {
    return this.chance.pick<Value>([
      '512m',
      '1g',
      '1.5G',
      '64kb',
      '100',
      '2MiB',
      '10b',
      '1 gb',
      '0.5k',
      '1.5gb',
      '10kib',
      '10 KB',
      new Raw('0x10'),
      new Raw('1_024'),
      new Raw('9223372036854775807'),
    ]);
  }
  duration(): Value {
    return this.chance.pick<Value>([
      '10s',
      '1m30s',
      '1h',
      '500ms',
      '1.5s',
      '0s',
      '90s',
      '1h0m5s',
      '100us',
      '2m0.5s',
      '1h2m3.5s',
      '.5s',
      '1s1ns',
      '-5m',
      '+1h',
    ]);
  }
  scalar(): Value {
    const c = this.chance;
    return c.pick<Value>([
      this.text(),
      this.text(),
      c.below(1000),
      1.5,
      true,
      false,
      null,
      new Raw('0755'),
      new Raw('0o17'),
      new Raw('0x1f'),
      new Raw('1_000'),
      new Raw('1e3'),
      new Raw('1.0'),
      new Raw('100000.0'),
      new Raw('1234567.0'),
      new Raw('.5'),
      new Raw('~'),
      new Raw('Null'),
      new Raw('yes'),
      new Raw('2024-01-02'),
      new Raw('2024-01-02T03:04:05Z'),
      new Raw('12:30:45'),
      new Raw('plain text here'),
      new Raw('-0'),
      new Raw('+12'),
      new Raw('123456789012345678'),
      new Raw('18446744073709551615'),
      new Raw('18446744073709551616'),
      new Raw('0.50'),
      new Raw('1e400'),
      new Raw('-1.5E-7'),
      new Raw('0b1010'),
      new Raw('0x_1f'),
      new Raw('.'),
      new Raw('2001-12-14t21:59:43.10-05:00'),
      new Raw('2001-12-14 21:59:43.10'),
      new Raw('!!str 12'),
      new Raw('!!float 3'),
      new Raw('!custom a'),
      new Raw('!!binary aGVsbG8='),
      new Raw('"\\x41\\u00e9\\L\\N\\_\\e"'),
    ]);
  }
  name(): string {
    return this.chance.pick([
      'A',
      'B_C',
      'LOG_LEVEL',
      'SET',
      'EMPTY',
      'UNSET',
      'NUM',
      'lower',
      'with.dot',
      'X-Y',
    ]);
  }
  /** `list_or_dict`. */
  pairs(value: () => Value = () => this.scalar()): Value {
    const c = this.chance;
    if (c.is(0.5)) {
      const map: Fields = {};
      for (const _ of Array.from({ length: c.below(5) })) map[this.name()] = value();
      if (c.is(0.03)) map['x-own'] = 'extra';
      return map;
    }
    const seen = new Set<string>();
    return c
      .list(() => {
        const own = this.text();
        return c.is(0.2) ? this.name() : `${this.name()}=${typeof own === 'string' ? own : 'v'}`;
      }, 4)
      .filter((item) => !seen.has(item) && seen.add(item));
  }
  stringOrList(make: () => string): Value {
    return this.chance.is(0.5) ? make() : [...new Set(this.chance.list(make))];
  }
}
