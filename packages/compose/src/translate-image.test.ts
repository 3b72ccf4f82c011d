import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryFiles } from './files.ts';
import { printIssue } from './issue.ts';
import { loadCompose } from './load.ts';
import { toAppSpec } from './translate.ts';

function translate(build: string) {
  const text = `services:\n  web:\n    build:\n${build
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n')}\n`;
  const loaded = loadCompose({ port: memoryFiles({ '/p/compose.yaml': text }), cwd: '/p' });
  assert.ok(loaded.kind === 'ok', JSON.stringify(loaded));
  return toAppSpec(loaded, { app: 'shop', contextRoot: '/p' });
}

test('a build with a Dockerfile of its own and options', () => {
  const result = translate(
    'context: .\nlabels: {a: b}\nnetwork: none\nno_cache: true\nextra_hosts: ["h:192.0.2.1"]\nplatforms: [linux/amd64, linux/arm64]\ndockerfile_inline: |\n  FROM x\n  RUN y',
  );
  assert.ok(result.kind === 'ok', JSON.stringify(result));
  assert.deepEqual(result.spec.services[0]?.image, {
    kind: 'build',
    context: '.',
    dockerfileText: 'FROM x\nRUN y\n',
    args: {},
    options: { labels: { a: 'b' }, isOffline: true, isFresh: true, extraHosts: ['h:192.0.2.1'] },
  });
  assert.deepEqual(result.notes, ['services.web: the image is built for the platform of its node alone']);
});

for (const [build, expected] of [
  [
    'network: host',
    '4:7: services.web.build.network: a build reaches the outside or nothing, not the network host (use `default` or `none`)',
  ],
  [
    'labels: {berth.app: x}',
    '4:16: services.web.build.labels.berth.app: the label berth.app is one of Berth’s own (give it another prefix)',
  ],
  [
    'privileged: true',
    '4:7: services.web.build.privileged: `build.privileged` is not supported: builds run without privileges (remove it)',
  ],
] as const)
  test(`refused: ${build}`, () => {
    const result = translate(build);
    assert.ok(result.kind === 'refused');
    assert.deepEqual(
      result.issues.map((issue) => printIssue(issue).replace('/p/compose.yaml:', '')),
      [expected],
    );
  });
