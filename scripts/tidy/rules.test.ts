import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as rules from './rules.ts';
import { findImports, parseFile, parsePackage, type Tree, type Violation } from './tree.ts';

const packages = [
  parsePackage('.', { name: 'berth', devDependencies: { typescript: '1' } }),
  parsePackage('packages/domain', { name: '@berth/domain' }),
  parsePackage('packages/client', { name: '@berth/client', dependencies: { '@berth/domain': '1' } }),
  parsePackage('packages/testkit', { name: '@berth/testkit' }),
  parsePackage('apps/control', {
    name: '@berth/control',
    dependencies: { '@berth/domain': '1', fastify: '1' },
  }),
  parsePackage('apps/agent', { name: '@berth/agent' }),
];

function tree(files: Record<string, string>): Tree {
  return { packages, files: Object.entries(files).map(([path, text]) => parseFile(path, text)) };
}

const named = new Map(Object.entries(rules)) as Map<string, (tree: Tree) => Violation[]>;

/** One planted violation per rule, and where it must be reported. */
const planted: readonly [keyof typeof rules, Record<string, string>, string][] = [
  [
    'packagesImportWhatTheyMay',
    { 'packages/domain/src/a.ts': "import 'node:fs';" },
    'packages/domain/src/a.ts:1',
  ],
  [
    'packagesImportWhatTheyMay',
    { 'packages/client/src/a.ts': "\nimport { x } from '@berth/engine/engine';" },
    'packages/client/src/a.ts:2',
  ],
  ['packagesImportWhatTheyMay', { 'packages/new/src/a.ts': "import 'zod';" }, 'packages/new/src/a.ts:1'],
  [
    'appsStandAlone',
    { 'apps/agent/src/a.ts': "import type { X } from '@berth/control/x';" },
    'apps/agent/src/a.ts:1',
  ],
  [
    'testkitStaysInTests',
    { 'apps/agent/src/a.ts': "import { x } from '@berth/testkit/x';" },
    'apps/agent/src/a.ts:1',
  ],
  ['librariesStayHome', { 'apps/agent/src/a.ts': "import D from 'dockerode';" }, 'apps/agent/src/a.ts:1'],
  [
    'librariesStayHome',
    { 'apps/control/src/main.ts': "import F from 'fastify';" },
    'apps/control/src/main.ts:1',
  ],
  [
    'processesStartInAdapters',
    { 'apps/control/src/a.ts': "import { spawn } from 'node:child_process';" },
    'apps/control/src/a.ts:1',
  ],
  [
    'leanProcessesImportHttpWhole',
    {
      'apps/agent/src/a.ts': "import type { Server } from 'node:http';\nimport { request } from 'node:http';",
    },
    'apps/agent/src/a.ts:2',
  ],
  ['noShellStrings', { 'apps/cli/src/a.ts': 'spawn(x, { shell: true });' }, 'apps/cli/src/a.ts:1'],
  ['environmentHasOneReader', { 'apps/agent/src/a.ts': 'process.env.HOME' }, 'apps/agent/src/a.ts:1'],
  ['importsEqualManifests', { 'apps/agent/src/a.ts': "import 'zod';" }, 'apps/agent/src/a.ts:1'],
  [
    'importsEqualManifests',
    { 'apps/control/src/http/a.ts': "import 'fastify';" },
    'apps/control/package.json',
  ],
  [
    'noCycles',
    { 'apps/agent/src/a.ts': "import './b.ts';", 'apps/agent/src/b.ts': "import type { A } from './a.ts';" },
    'apps/agent/src/b.ts',
  ],
  ['relativeImportsResolve', { 'apps/agent/src/a.ts': "import './b.ts';" }, 'apps/agent/src/a.ts:1'],
  [
    'relativeImportsResolve',
    { 'apps/agent/src/a.ts': "import '../../control/src/b.ts';" },
    'apps/agent/src/a.ts:1',
  ],
  ['filesStayShort', { 'apps/agent/src/a.ts': 'x\n'.repeat(401) }, 'apps/agent/src/a.ts'],
  ['namesAreKebabCase', { 'apps/agent/src/edgeModel.ts': '' }, 'apps/agent/src/edgeModel.ts'],
  ['namesAreKebabCase', { 'apps/agent/src/edge-manager.ts': '' }, 'apps/agent/src/edge-manager.ts'],
  ['todosHaveIssues', { 'apps/agent/src/a.ts': '// TODO later' }, 'apps/agent/src/a.ts:1'],
  ['testsRunAll', { 'apps/agent/src/a.test.ts': "test.only('x')" }, 'apps/agent/src/a.test.ts:1'],
];

for (const [name, files, at] of planted) {
  test(`${name} finds a planted violation in ${at}`, () => {
    const rule = named.get(name)!;
    assert.ok(
      rule(tree(files)).some((violation) => violation.at === at),
      JSON.stringify(rule(tree(files))),
    );
  });
}

test('a tidy file breaks no rule about itself', () => {
  const clean = tree({
    'packages/client/src/a.ts': "import type { X } from '@berth/domain/x';\n// TODO(#12): later\n",
    'packages/domain/src/x.ts': 'export interface X {}\n',
  });
  const own = rules.checkTree(clean).filter((violation) => !violation.at.endsWith('package.json'));
  assert.deepEqual(own, []);
});

test('imports are found wherever they stand, and not in comments', () => {
  const text = [
    "import type { A } from 'a';",
    'import {',
    '  b,',
    "} from 'b';",
    "export * from 'c';",
    "const d = await import('d');",
    "import 'e';",
    "/* import 'f'; */",
    "// import 'g';",
  ].join('\n');
  assert.deepEqual(
    findImports(text).map((found) => [found.specifier, found.line, found.isTypeOnly]),
    [
      ['a', 1, true],
      ['b', 2, false],
      ['c', 5, false],
      ['d', 6, false],
      ['e', 7, false],
    ],
  );
});
