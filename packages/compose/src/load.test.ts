import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { memoryFiles } from './files.ts';
import { printIssue } from './issue.ts';
import { loadCompose } from './load.ts';
import { renderConfig } from './render.ts';

function load(files: Readonly<Record<string, string>>, environment: Record<string, string> = {}) {
  const contents = Object.fromEntries(Object.entries(files).map(([name, text]) => [`/p/${name}`, text]));
  return loadCompose({ port: memoryFiles(contents), cwd: '/p', environment });
}

function issues(text: string): string[] {
  const result = load({ 'compose.yaml': text });
  return result.kind === 'invalid' ? result.issues.map(printIssue) : [];
}

const dollar = '$';

describe('faults of a manifest', () => {
  const rows: readonly (readonly [string, string, string])[] = [
    [
      'an unknown key, with the nearest known one',
      'services:\n  web:\n    image: x\n    prots: ["80:80"]\n',
      '/p/compose.yaml:4:5: services.web.prots: unknown key `prots` (did you mean `ports`?)',
    ],
    [
      'an undefined volume, at its entry',
      'services:\n  web:\n    image: x\n    volumes:\n      - dat:/x\nvolumes: {data: }\n',
      '/p/compose.yaml:5:9: services.web.volumes[0]: refers to the undefined volume `dat` (did you mean `data`?)',
    ],
    [
      'an undefined service in a list',
      'services:\n  web: {image: x, depends_on: [dbb]}\n  db: {image: y}\n',
      '/p/compose.yaml:2:32: services.web.depends_on.dbb: refers to the undefined service `dbb` (did you mean `db`?)',
    ],
    [
      'a missing variable',
      `services:\n  web:\n    image: x:${dollar}{TAG:?set the tag}\n`,
      '/p/compose.yaml:3:5: services.web.image: the required variable TAG is missing a value: set the tag (set TAG in the environment or in the env file)',
    ],
    [
      'a duration without a unit',
      'services:\n  web: {image: x, stop_grace_period: "10"}\n',
      '/p/compose.yaml:2:19: services.web.stop_grace_period: "10" is not a duration (write a unit: 10s)',
    ],
    [
      'a quote that is not closed, where it is opened',
      'services:\n  web:\n    image: "x\n    ports: [80]\n',
      '/p/compose.yaml:3:12: not valid YAML: this quote is not closed',
    ],
    [
      'a duplicate key',
      'services:\n  web:\n    image: x\n    image: y\n',
      '/p/compose.yaml:4:5: services.web.image: the key `image` is already defined at line 3',
    ],
    [
      'services that depend on each other',
      'services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: [a]}\n',
      '/p/compose.yaml:3:30: services.b.depends_on.a: the services depend on each other: a → b → a',
    ],
    [
      'keys that exclude each other',
      'services:\n  a: {image: x, network_mode: host, networks: [n]}\nnetworks: {n: }\n',
      '/p/compose.yaml:2:17: services.a.network_mode: `network_mode` and `networks` exclude each other (remove one of them)',
    ],
    [
      'broken YAML',
      'services:\n  a: [\n',
      '/p/compose.yaml:3:1: not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  ];
  for (const [what, text, expected] of rows) {
    it(what, () => assert.deepEqual(issues(text), [expected]));
  }

  it('are all told at once', () => {
    assert.equal(issues('services:\n  a: {image: 1}\n  b: {build: ., imag: x}\n').length, 2);
  });

  it('are placed in the file they are in', () => {
    const result = load({
      'compose.yaml': 'services:\n  a: {extends: {file: base.yaml, service: b}}\n',
      'base.yaml': 'services:\n  b:\n    image: x\n    prot: 1\n',
    });
    assert.equal(result.kind === 'invalid' && result.issues[0]?.at, '/p/base.yaml:4:5');
  });

  it('say that there is no manifest', () => {
    const result = load({ 'other.txt': '' });
    assert.equal(result.kind === 'invalid' && result.issues[0]?.message, 'there is no manifest in /p');
  });
});

describe('bad input', () => {
  it('of 10 MB is refused unread', () => {
    const text = `services:\n  a:\n    image: ${'x'.repeat(10 * 1024 * 1024)}\n`;
    assert.match(issues(text)[0] ?? '', /larger than 1 MiB/);
  });

  it('that grows through its aliases is refused in time', () => {
    const lines = ['x-0: &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 12; i++)
      lines.push(
        `x-${i}: &a${i} [${Array(9)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    const before = performance.now();
    assert.match(issues(`${lines.join('\n')}\nservices: {a: {image: x}}\n`)[0] ?? '', /grows beyond measure/);
    assert.ok(performance.now() - before < 5_000);
  });

  it('in which a value contains itself is refused', () => {
    assert.match(issues('services:\n  a: &a {image: x, x-b: *a}\n')[0] ?? '', /contains itself/);
  });

  it('with a variable of newlines and quotes keeps them', () => {
    const value = 'a\n"b" \'c\' $d';
    const result = load(
      { 'compose.yaml': `services:\n  a: {image: x, environment: {V: "${dollar}{V}"}}\n` },
      { V: value },
    );
    assert.equal(result.kind === 'ok' && result.model.services.a?.environment?.V, value);
  });

  it('that holds a secret is not shown', () => {
    const text = `services:\n  a: {image: x, mem_limit: "${dollar}{TOKEN}", scale: "${dollar}{TOKEN}"}\n`;
    const result = loadCompose({
      port: memoryFiles({ '/p/compose.yaml': text }),
      cwd: '/p',
      environment: { TOKEN: 'hunter22' },
      hidesValues: true,
    });
    assert.ok(result.kind === 'invalid');
    assert.equal(result.issues[0]?.message, '"$TOKEN" is not an integer');
    assert.ok(!JSON.stringify(result).includes('hunter22'));
  });

  it('named __proto__ harms nothing', () => {
    const result = load({ 'compose.yaml': 'services:\n  a: {image: x, labels: {__proto__: p}}\n' });
    assert.equal(result.kind, 'ok');
    assert.equal(({} as Record<string, unknown>).p, undefined);
  });
});

describe('a printed project', () => {
  it('loads again as itself', () => {
    for (const name of ['app-blog', 'ports', 'volumes', 'networks', 'build-forms']) {
      const text = readFileSync(new URL(`../cases/${name}/expected.yaml`, import.meta.url), 'utf8');
      const again = load({ 'compose.yaml': text });
      assert.ok(again.kind === 'ok', JSON.stringify(again));
      assert.equal(renderConfig(again.project, 'yaml'), text);
    }
  });
});

describe('a file of 2,000 lines', () => {
  // How fast is told by the benchmark `parse`.
  it('is loaded whole', () => {
    const services = Array.from({ length: 100 }, (_, i) => {
      const lines = Array.from({ length: 12 }, (__, n) => `      VAR_${n}: value ${n}`);
      return [
        `  service-${i}:`,
        `    image: registry.example.com/app:${i}`,
        '    environment:',
        ...lines,
        '    ports:',
        `      - "${8000 + i}:80"`,
        '    healthcheck:',
        '      test: curl -f http://localhost',
        '      interval: 10s',
        '    restart: always',
      ].join('\n');
    });
    const text = `services:\n${services.join('\n')}\n`;
    assert.ok(text.split('\n').length >= 2_000);
    const loaded = load({ 'compose.yaml': text });
    assert.ok(loaded.kind === 'ok');
    assert.equal(Object.keys(loaded.model.services).length, 100);
  });
});
