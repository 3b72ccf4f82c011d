// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Compose's variables, not JavaScript's.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Chance } from '@berth/e2e/chance';
import type { Case, Flags } from './case.ts';
import { Model } from './random/model.ts';
import { type Fields, Raw, type Value } from './random/value.ts';
import { plain, write } from './random/write.ts';

const dotenv = `# variables
FROM_DOTENV=dot
QUOTED="a \\"b\\" $SET \\n c"
SINGLE='lit $SET'
export EXPORTED = spaced  # comment
MULTI="one
two"
EMPTY2=
REF=\${SET:-none}-x
`;
const envFileA = `A=from-a
B_C="quoted \${SET}"
INHERIT
lower='x y'
`;
const envFileB = `A=from-b
LOG_LEVEL=\${A}-\${NUM}
YAML: style
`;

/** Writes a random project into `directory`; the same seed writes the same one. */
export function writeRandomCase(directory: string, seed: number): Case {
  const chance = new Chance(seed * 7919 + 13);
  const generator = new Model(chance);
  const put = (name: string, text: string) => {
    const file = join(directory, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  const yaml = (value: Value) => `${write(value, '', chance).replace(/^\n/, '')}\n`;
  put('.env', dotenv);
  put('a.env', envFileA);
  put('b.env', envFileB);
  put('f.txt', 'x');
  const base = generator.model(true);
  const main = base.services as Fields;
  if (chance.is(0.3)) {
    const shared: Fields = {
      services: { common: generator.service('web', true), more: generator.service('web', false) },
    };
    (((shared.services as Fields).common as Fields).depends_on as Value | undefined) ??= [];
    put('sub/common.yaml', yaml(shared));
    put('sub/a.env', envFileA);
    put('sub/b.env', envFileB);
    const name = chance.pick(Object.keys(main));
    const target = generator.service(name, chance.is(0.5), (shared.services as Fields).common as Fields);
    main[name] = target;
    target.extends = chance.pick<Value>([
      { file: 'sub/common.yaml', service: 'common' },
      { file: './sub/common.yaml', service: 'common' },
    ]);
  }
  if (chance.is(0.2) && 'api' in main && 'cache' in main)
    (main.api as Fields).extends = chance.pick<Value>(['cache', { service: 'cache' }]);
  if (chance.is(0.2)) {
    put(
      'inc/compose.yaml',
      yaml({ services: { extra: generator.service('cache', true) }, networks: { incnet: null } }),
    );
    if (chance.is(0.5)) put('inc/.env', 'UNSET=from-include\nSET=ignored\n');
    put('inc/a.env', envFileA);
    put('inc/b.env', envFileB);
    base.include = chance.pick<Value>([
      ['inc/compose.yaml'],
      [{ path: 'inc/compose.yaml', project_directory: '.' }],
      [{ path: ['inc/compose.yaml'], env_file: './a.env' }],
    ]);
  }
  put('compose.yaml', yaml(base));
  const names = ['compose.yaml'];
  const profiles = chance.is(0.3) ? chance.some(['dev', 'prod', '*'], 2) : [];
  if (chance.is(0.5)) {
    const over = generator.model(false, main);
    for (const service of Object.values(over.services as Fields)) {
      const fields = service as Fields;
      for (const key of Object.keys(fields)) {
        if (!chance.is(0.05)) continue;
        fields[key] = new Raw(
          chance.is(0.5) ? '!reset null' : `!override ${JSON.stringify(plain(fields[key]!))}`,
        );
      }
    }
    put('over.yaml', yaml(over));
    names.push('over.yaml');
    if (chance.is(0.3)) {
      put('last.yaml', yaml(generator.model(false, main)));
      names.push('last.yaml');
    }
  }
  const flags: Flags = {
    files: names,
    profiles,
    environment: { SET: 'set-value', EMPTY: '', NUM: '7', BOOL: 'true', PATHY: './some/dir' },
    ...(chance.is(0.1) ? { noPathResolution: true } : {}),
    ...(chance.is(0.1) ? { projectName: 'given' } : {}),
    ...(chance.is(0.05) ? { envFiles: ['a.env'] } : {}),
    ...(chance.is(0.03) ? { services: ['cache'] } : {}),
  };
  put('case.json', JSON.stringify(flags, null, 2));
  return { name: `random ${seed}`, directory, flags };
}
