import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import pc from 'picocolors';
import { readComposeName, readPackageName } from './app-name.ts';
import { UsageError } from './cli.ts';
import { checkUrl } from './commands/login.ts';
import { parseScale } from './commands/scale.ts';
import { ConfigFileError, configPath, parseConfig } from './config-file.ts';
import { parseAssignment } from './env-input.ts';
import { renderFault, toFault } from './fault.ts';
import { findNearest } from './nearest.ts';
import { readCommandName } from './program.ts';
import { applyEvent, emptyRollout, renderLive, renderSteps } from './rollout-view.ts';
import { formatAge, formatBytes, formatDuration, parseSpan } from './span.ts';
import { sanitize, textWidth, truncate } from './style.ts';
import { type Column, renderTable } from './table.ts';
import { at, sampleEvents, sampleFailure } from './testing/samples.ts';

const plain = pc.createColors(false);
const coloured = pc.createColors(true);

test('spans of time are read and written as people do', () => {
  assert.deepEqual(['90', '90s', '10m', '1h30m', '3d', '1.5h', '', 'm', '-5s'].map(parseSpan), [
    90,
    90,
    600,
    5400,
    259_200,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  assert.deepEqual([0, 999, 1000, 59_949, 59_950, 125_000, 3_600_000, 11_400_000].map(formatDuration), [
    '0 ms',
    '999 ms',
    '1.0 s',
    '59.9 s',
    '1 m 00 s',
    '2 m 05 s',
    '1 h 00 m',
    '3 h 10 m',
  ]);
  assert.equal(formatAge('2026-11-21T08:00:00Z', Date.parse('2026-11-21T11:00:00Z')), '3 h');
  assert.equal(formatAge(undefined, 0), '-');
  assert.deepEqual([0, 999, 1400, 536_870_912].map(formatBytes), ['0 B', '999 B', '1.4 KiB', '512 MiB']);
});

test('a table fits the terminal, and is tab-separated elsewhere', () => {
  const columns: Column<{ a: string; b: string }>[] = [
    { title: 'NAME', value: (item) => item.a, paint: (text, _, style) => style.red(text) },
    { title: 'WORDS', value: (item) => item.b, flexible: true },
  ];
  const items = [
    { a: 'x', b: 'a long text that does not fit in here' },
    { a: 'yy', b: 'two\nlines' },
  ];
  assert.deepEqual(renderTable(columns, items, { style: plain, width: 20 }), [
    'NAME  WORDS',
    'x     a long text t…',
    'yy    two lines',
  ]);
  assert.deepEqual(renderTable(columns, items, { style: plain }), [
    'NAME\tWORDS',
    'x\ta long text that does not fit in here',
    'yy\ttwo lines',
  ]);
  fc.assert(
    fc.property(fc.array(fc.record({ a: fc.string({ maxLength: 10 }), b: fc.string() })), (rows) => {
      for (const line of renderTable(columns, rows, { style: coloured, width: 30 }))
        assert.ok(textWidth(line) <= 30);
    }),
  );
});

test('what an app prints can colour its line and nothing else', () => {
  assert.equal(sanitize('\x1b[31mred\x1b[0m'), '\x1b[31mred\x1b[0m');
  assert.equal(sanitize('\x1b[2J\x1b[H\x1b]0;title\x07a\rb\x1b[1Ac\x9d'), 'abc');
  assert.equal(sanitize('tab\tstays'), 'tab\tstays');
  assert.equal(truncate('abcdef', 4), 'abc…');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for.
      assert.doesNotMatch(sanitize(text), /[\x00-\x08\x0a-\x1a]|\x1b\[[0-9;]*[A-HJKSTfhlnsu]/);
    }),
  );
});

test('the name of an app is read from what the directory says', () => {
  assert.equal(readComposeName('# x\nname: shop # the shop\nservices: {}\n'), 'shop');
  assert.equal(readComposeName('name: "My Shop"\n'), 'My Shop');
  assert.equal(readComposeName('services:\n  web:\n    name: inner\n'), undefined);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Compose.
  assert.equal(readComposeName('name: ${STAGE}-shop\n'), undefined);
  assert.equal(readPackageName('{"name":"@acme/shop"}'), 'shop');
  assert.equal(readPackageName('{"name":""}'), undefined);
  assert.equal(readPackageName('{broken'), undefined);
});

test('the command is found wherever it stands, with a colon, too', () => {
  assert.deepEqual(readCommandName(['env:set', 'A=1']), { name: 'env', args: ['env', 'set', 'A=1'] });
  assert.deepEqual(readCommandName(['-a', 'ps', 'logs', '-f']), {
    name: 'logs',
    args: ['-a', 'ps', 'logs', '-f'],
  });
  assert.deepEqual(readCommandName(['--json', 'status']).name, 'status');
  assert.deepEqual(readCommandName(['statsu']), { name: undefined, args: ['statsu'] });
  assert.deepEqual(readCommandName(['http://x']), { name: undefined, args: ['http://x'] });
  assert.deepEqual(readCommandName([]).name, undefined);
});

test('a typo finds the nearest word, and only when it is near', () => {
  assert.equal(findNearest('shpo', ['shop', 'blog']), 'shop');
  assert.equal(findNearest('Shop', ['shop']), 'shop');
  assert.equal(findNearest('xyz', ['shop', 'blog']), undefined);
  assert.equal(findNearest('a', []), undefined);
});

test('assignments, replicas and addresses are read strictly', () => {
  assert.deepEqual(parseAssignment('A=b=c'), { kind: 'value', name: 'A', value: 'b=c' });
  assert.deepEqual(parseAssignment('A='), { kind: 'value', name: 'A', value: '' });
  assert.deepEqual(parseAssignment('A=-'), { kind: 'stdin', name: 'A' });
  assert.deepEqual(parseAssignment('A'), { kind: 'ask', name: 'A' });
  assert.throws(() => parseAssignment('1A=x'), UsageError);
  assert.deepEqual(parseScale('web=3'), { service: 'web', count: 3 });
  assert.deepEqual(parseScale('2'), { service: undefined, count: 2 });
  for (const wrong of ['web', 'web=-1', 'web=501', 'WEB=1', 'web=1.5'])
    assert.throws(() => parseScale(wrong), UsageError);
  assert.equal(checkUrl('https://berth.example.com/'), 'https://berth.example.com');
  assert.equal(checkUrl('berth.example.com'), 'https://berth.example.com');
  assert.equal(checkUrl('http://127.0.0.1:7700'), 'http://127.0.0.1:7700');
  for (const wrong of ['http://berth.example.com', 'ftp://x', 'http://', 'https://u:p@x'])
    assert.throws(() => checkUrl(wrong), UsageError);
});

test('the configuration file is read strictly and named when it is broken', () => {
  assert.deepEqual(
    parseConfig('{"current":"a","contexts":{"a":{"url":"http://x","token":"t","new":1}}}', 'c'),
    {
      current: 'a',
      contexts: { a: { url: 'http://x', token: 't' } },
    },
  );
  for (const broken of ['', '[]', '{"contexts":{"a":{}}}', 'nul'])
    assert.throws(
      () => parseConfig(broken, '/etc/c.json'),
      (error) => {
        assert.ok(error instanceof ConfigFileError);
        assert.match(error.message, /^\/etc\/c\.json is not/);
        return true;
      },
    );
  assert.equal(configPath({ HOME: '/h' }), '/h/.config/berth/config.json');
  assert.equal(configPath({ HOME: '/h', XDG_CONFIG_HOME: '/x' }), '/x/berth/config.json');
});

const show = (events: typeof sampleEvents, isTerminal: boolean) => {
  let view = emptyRollout;
  const lines: string[] = [];
  for (const event of events) {
    const applied = applyEvent(view, event, { style: plain, isTerminal });
    view = applied.view;
    lines.push(...applied.lines);
  }
  return { view, lines };
};

test('a deployment in lines: steps with durations, progress, warnings', () => {
  const { view, lines } = show(sampleEvents, false);
  assert.deepEqual(lines, [
    '▸ queued: waits for its turn',
    '▸ building: the image is built',
    '  [2/4] RUN npm ci',
    '✓ building      4.2 s',
    '▸ proving: the edge probes the new tasks',
    '  tasks healthy (1 of 2)',
    '! web runs as root',
    '✓ proving       1.0 s',
  ]);
  assert.equal(renderSteps(view.steps), 'building 4.2 s · proving 1.0 s');
  assert.deepEqual(show(sampleEvents, true).lines, [
    '  [2/4] RUN npm ci',
    '✓ building      4.2 s',
    '! web runs as root',
    '✓ proving       1.0 s',
  ]);
});

test('a step that was undone is not marked as done', () => {
  assert.deepEqual(show(sampleFailure, true).lines, ['✗ starting      2.0 s', '↺ reverting     1.0 s']);
});

test('the live line says the step, how long, and what it waits for', () => {
  const { view } = show(sampleEvents.slice(0, 5), true);
  const line = renderLive(view, Date.parse(at(5)), plain) ?? '';
  assert.match(line, /^. proving +800 ms {2}tasks healthy \(1 of 2\)$/);
  assert.equal(renderLive(show(sampleEvents, true).view, 0, plain), undefined);
});

test('a fault is told as what, where, evidence and remedy', () => {
  const lines = renderFault(
    {
      code: 'invalid_manifest',
      message: 'compose.yaml is not valid',
      issues: [{ at: 'compose.yaml:3:5', message: 'unknown key "prots"', suggestion: 'ports' }],
      evidence: ['one\ntwo\x1b[2J'],
      hints: ['Mend it.'],
    },
    plain,
  );
  assert.deepEqual(lines, [
    '✗ compose.yaml is not valid',
    '  compose.yaml:3:5  unknown key "prots"; did you mean ports?',
    '  │ one',
    '  │ two',
    '→ Mend it.',
  ]);
  const missing = Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT', path: '/x/.env' });
  assert.equal(toFault(missing).message, '/x/.env does not exist');
  assert.deepEqual(toFault(missing).hints, []);
});
