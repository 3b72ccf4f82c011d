// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Compose's variables, not JavaScript's.
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chance } from '@berth/e2e/chance';
import type { Case } from './case.ts';

/** What a value is replaced by: of another type, of no unit, of no such reference, of no YAML. */
const values = [
  ...['{a: 1}', '[1, 2]', '[a, a]', '[]', '{}', '""', '~', 'abc', '12', '-1', '1.5', '1e3', '.inf', 'true'],
  ...['0x1F', '99999999999999999999', '2024-01-01', '10q', '1h2x', '5s5', '1kk', '70000', '80-70:80', '80/x'],
  ...['a:b:c:d', '/a:/b:ro,rw,z', '::1:80', 'service:none', 'container:none', '$X', '$', '$$', '${', '${1x}'],
  ...['${X:?no}', '${X:-}', '*none', '&x y', '!reset', '!override [a]', '!!int x', '"open', "'open", '[open'],
  ...['{open', '| x', '|', '>-', 'a: b', '- a', '@x', '`x`', '%x', '😀', '\0', '\u2028'],
];

/** What is added as a line of its own. */
const lines = [
  ...[
    'unknown: x',
    'unknown',
    '- x',
    '...',
    '---',
    '%YAML 1.1',
    '}',
    ']',
    '"',
    '? a',
    '<<: *none',
    '&a',
    '!t',
  ],
  ...['image: x', 'privileged: 3', 'ports: ["1:2:3:4"]', 'healthcheck: {interval: 1}', 'scale: -1'],
  ...[
    'deploy: {replicas: x}',
    'networks: [none]',
    'depends_on: [none]',
    'volumes: [none:/x]',
    'secrets: [none]',
  ],
  ...[
    'configs: [none]',
    'extends: {service: none}',
    'extends: {file: none.yaml, service: x}',
    'env_file: none',
  ],
  ...['network_mode: "service:none"', 'links: [none]', 'include: [none.yaml]', 'ulimits: {nofile: x}'],
  ...[
    'mem_limit: 10q',
    'stop_grace_period: 10',
    'cpus: x',
    'command: {a: b}',
    'environment: [1]',
    'labels: [{}]',
  ],
  ...['expose: [x]', 'devices: [a:b:c:d]', 'build: {dockerfile_inline: x, dockerfile: y}', 'profiles: x'],
];

const keyed = /^(\s*(?:- )?)([\w.-]+):(\s.*|)$/;
const indentOf = (line: string) => /^ */.exec(line)![0].length;

/** Where what belongs to the line at `at` ends: at the next one that is not further in. */
function endOf(all: readonly string[], at: number): number {
  let end = at + 1;
  while (end < all.length && indentOf(all[end]!) > indentOf(all[at]!)) end++;
  return end;
}

/** Each gives the line it is given, broken; undefined: it is not for such a line. Some change `all` as well. */
type Break = (line: string, all: string[], at: number, chance: Chance) => string | undefined;

const breaks: Readonly<Record<string, Break>> = {
  value: (line, _all, _at, chance) =>
    keyed.test(line)
      ? line.replace(keyed, (_, lead, key) => `${lead}${key}: ${chance.pick(values)}`)
      : undefined,
  item: (line, _all, _at, chance) =>
    /^\s*- /.test(line) ? line.replace(/- .*/, () => `- ${chance.pick(values)}`) : undefined,
  key: (line, _all, _at, chance) =>
    line.match(keyed) === null
      ? undefined
      : line.replace(keyed, (_, lead, key: string, rest) => {
          const others = [`${key}x`, key.slice(1), key.toUpperCase(), `x-${key}`, `? ${key}`, `-${key}`];
          return `${lead}${chance.pick([...others, '1', 'true', '~', '<<', '{a: b}', 'a b', 'k'.repeat(1100)])}:${rest}`;
        }),
  reference: (line) => (/[:-] [a-z][\w-]*$/.test(line) ? `${line}none` : undefined),
  indented: (line, _all, _at, chance) => chance.pick([' ', '  ', '\t', '    ', '- ']) + line,
  outdented: (line, _all, _at, chance) =>
    line.startsWith(' ') ? line.slice(1 + chance.below(indentOf(line))) : undefined,
  tab: (line) => (line.startsWith(' ') ? line.replace(/ (?! )/, '\t') : undefined),
  noColon: (line) => (keyed.test(line) ? line.replace(':', '') : undefined),
  noSpace: (line) => (line.includes(': ') ? line.replace(': ', ':') : undefined),
  noDash: (line) => (/^\s*- /.test(line) ? line.replace('- ', '  ') : undefined),
  character: (line, _all, _at, chance) =>
    line + chance.pick(['\x01', '\ufeff', '\x85', '\xa0', '\r', '\u200b', '\t']),
  twice: (line, all, at) => {
    if (!keyed.test(line)) return undefined;
    all.splice(endOf(all, at), 0, ...all.slice(at, endOf(all, at)));
    return line;
  },
  added: (line, all, at, chance) => {
    all.splice(at + 1, 0, ' '.repeat(indentOf(line)) + chance.pick(lines));
    return line;
  },
  gone: (_line, all, at) => {
    all.splice(at + 1, endOf(all, at) - at - 1);
    return '';
  },
};

/** A text broken in one place, and how. */
export function breakText(text: string, chance: Chance): { readonly text: string; readonly how: string } {
  for (;;) {
    const all = text.split('\n');
    const at = chance.below(all.length);
    const name = chance.pick(Object.keys(breaks));
    const broken = breaks[name]!(all[at]!, all, at, chance);
    if (broken === undefined) continue;
    all[at] = broken;
    return { text: all.join('\n'), how: `${name} at line ${at + 1}` };
  }
}

/** Copies one of `cases` that is accepted into `directory` and breaks one of its files in one place; the same seed breaks the same. */
export function writeBrokenCase(directory: string, cases: readonly Case[], seed: number): Case {
  const chance = new Chance(seed * 7919 + 17);
  const one = chance.pick(cases.filter((each) => !existsSync(join(each.directory, 'expected.error'))));
  const copy = join(directory, 'case');
  cpSync(one.directory, copy, { recursive: true });
  const files = readdirSync(copy, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(?<!expected)\.ya?ml$/.test(name),
  );
  const file = chance.pick(files.sort());
  const { text, how } = breakText(readFileSync(join(copy, file), 'utf8'), chance);
  writeFileSync(join(copy, file), text);
  return { ...one, name: `${one.name}/${file}, ${how}`, directory: copy };
}
