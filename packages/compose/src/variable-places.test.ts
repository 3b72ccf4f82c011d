import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadCompose } from './load.ts';

const files: Record<string, string> = {
  '/p/compose.yaml': `services:
  web:
    image: x
    env_file: [one.env, two.env]
    environment:
      A: 1
      B: "\${LEVEL:-info}"
  list:
    image: x
    environment:
      - A=1
      - B=2
`,
  '/p/compose.staging.yaml': `services:
  web:
    environment:
      B: debug
`,
  '/p/one.env': '# first\nC=1\nexport D=1\n',
  '/p/two.env': 'A=2\n\nD=2\n',
};

test('a variable is found where it was set last: in a manifest, or the env file it names', () => {
  const loaded = loadCompose({
    port: {
      read: (path) => files[path],
      kind: (path) => (path in files ? 'file' : path === '/p' ? 'directory' : 'absent'),
    },
    cwd: '/p',
    files: ['/p/compose.yaml', '/p/compose.staging.yaml'],
    projectName: 'p',
  });
  assert.ok(loaded.kind === 'ok');
  const at = (service: string, name: string) => {
    const place = loaded.placeOfVariable(service, name);
    return place === undefined ? undefined : `${place.file}:${place.line}`;
  };
  assert.equal(at('web', 'A'), '/p/compose.yaml:6');
  assert.equal(at('web', 'B'), '/p/compose.staging.yaml:4');
  assert.equal(at('web', 'C'), '/p/one.env:2');
  assert.equal(at('web', 'D'), '/p/two.env:3');
  assert.equal(at('list', 'B'), '/p/compose.yaml:12');
  assert.equal(at('web', 'NONE'), undefined);
});
