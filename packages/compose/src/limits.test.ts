import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memoryFiles } from './files.ts';
import { printIssue } from './issue.ts';
import { loadCompose } from './load.ts';

function issues(files: Readonly<Record<string, string>>): string[] {
  const contents = Object.fromEntries(Object.entries(files).map(([name, text]) => [`/p/${name}`, text]));
  const result = loadCompose({ port: memoryFiles(contents), cwd: '/p' });
  return result.kind === 'invalid' ? result.issues.map(printIssue) : [];
}

const web = 'services:\n  web:\n    image: x\n';
const repeat = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('');
const tooDeep = 'lists and mappings are nested deeper than 200 levels';
const open = '$'.concat('{A:-');

describe('beyond its limits', () => {
  const rows: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
    [
      'a file of 10 MB',
      { 'compose.yaml': `${web}#${'x'.repeat(10_000_000)}` },
      '/p/compose.yaml:1:1: the file is larger than 1 MiB',
    ],
    [
      'brackets in brackets',
      { 'compose.yaml': `x-a: ${'['.repeat(100_000)}` },
      `/p/compose.yaml:1:1006: ${tooDeep}`,
    ],
    [
      'mappings in mappings',
      { 'compose.yaml': `x-a: ${'{a: '.repeat(100_000)}` },
      `/p/compose.yaml:1:4006: ${tooDeep}`,
    ],
    [
      'lists in lists',
      { 'compose.yaml': `x-a:\n${'- '.repeat(100_000)}a\n` },
      `/p/compose.yaml:2:401: ${tooDeep}`,
    ],
    [
      'keys of keys',
      { 'compose.yaml': `x-a: ${'? '.repeat(100_000)}a\n` },
      `/p/compose.yaml:1:406: ${tooDeep}`,
    ],
    [
      'services without number',
      { 'compose.yaml': `services:\n${repeat(5_001, (i) => `  s${i}: {image: x}\n`)}` },
      '/p/compose.yaml:1:1: services: more than 5000 services in one project',
    ],
    [
      'ports without number',
      { 'compose.yaml': `${web}    ports: ["1-65535:1-65535", "1-65535:1-65535/udp"]\n` },
      '/p/compose.yaml:4:5: services.web.ports: more than 70000 ports of one service',
    ],
    [
      'a long key',
      { 'compose.yaml': `services:\n  ${'a'.repeat(1_025)}:\n    image: x\n` },
      '/p/compose.yaml:2:3: a key is longer than 1024 characters',
    ],
    [
      'a long chain of extends',
      {
        'compose.yaml': `services:\n${repeat(300, (i) => `  s${i}: {extends: s${i + 1}}\n`)}  s300: {image: x}\n`,
      },
      '/p/compose.yaml:102:10: services.s100.extends: more than 100 services extend one another in a row',
    ],
    [
      'defaults in defaults',
      { 'compose.yaml': web, '.env': `A=${open.repeat(200)}x${'}'.repeat(200)}\n` },
      '/p/.env:1:1: variables are nested deeper than 100 levels',
    ],
    [
      'variables without number',
      { 'compose.yaml': `services:\n  web:\n    image: "${`${open}x}`.repeat(2_000)}"\n` },
      '/p/compose.yaml:3:5: services.web.image: more than 1000 variables in one line of a text',
    ],
    [
      'a long chain of includes',
      { 'compose.yaml': 'include: [i0.yaml]\n', ...includes(300, (i) => `include: [i${i + 1}.yaml]\n`) },
      '/p/i99.yaml:1:11: include[0]: more than 100 files include one another in a row',
    ],
    [
      'includes that fan out',
      {
        'compose.yaml': 'include: [i0.yaml]\n',
        ...includes(30, (i) => `include: [i${i + 1}.yaml, i${i + 1}.yaml]\n`),
      },
      '/p/i28.yaml:1:1: more than 1000 files are read through `include` and `extends`',
    ],
    [
      'includes in a circle',
      {
        'compose.yaml': 'include: [b.yaml]\n',
        'b.yaml': 'include: [c.yaml]\n',
        'c.yaml': 'include: [b.yaml]\n',
      },
      '/p/c.yaml:1:11: include[0]: circular include: /p/compose.yaml includes /p/b.yaml includes /p/c.yaml includes /p/b.yaml',
    ],
    [
      'dependencies in a circle',
      {
        'compose.yaml': `services:\n${repeat(5_000, (i) => `  s${i}: {image: x, depends_on: [s${(i + 1) % 5_000}]}\n`)}`,
      },
      '/p/compose.yaml:5001:34: services.s4999.depends_on.s0: the services depend on each other: s0 → s1 → s2 → s3 → s4 → s5 → … → s4996 → s4997 → s4998 → s4999 → s0',
    ],
  ];
  for (const [what, files, expected] of rows) {
    it(`${what}: refused`, () => assert.deepEqual(issues(files), [expected]));
  }

  it('a chain of dependencies as long as there may be services is followed', () => {
    const services = repeat(4_999, (i) => `  s${i}: {image: x, depends_on: [s${i + 1}]}\n`);
    assert.deepEqual(issues({ 'compose.yaml': `services:\n${services}  s4999: {image: x}\n` }), []);
  });

  it('an env file of many lines is read in one pass', () => {
    const env = repeat(20_000, (i) => `A${i}=x\n`);
    assert.deepEqual(issues({ 'compose.yaml': web, '.env': env }), []);
  });
});

function includes(count: number, text: (index: number) => string): Record<string, string> {
  const files = Object.fromEntries(Array.from({ length: count }, (_, i) => [`i${i}.yaml`, text(i)]));
  return { ...files, [`i${count}.yaml`]: 'services: {x: {image: x}}\n' };
}
