import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inferAppSpec } from './infer.ts';
import { recognise } from './recognise.ts';
import { type Generated, renderDockerfile } from './render.ts';
import { memoryTree } from './tree.ts';

const pkg = (fields: Record<string, unknown>) => JSON.stringify({ name: 'x', ...fields });

async function render(files: Record<string, string>): Promise<string> {
  return renderDockerfile((await recognise(memoryTree(files))) as Generated);
}
/** Instructions only: what the comments say may change. */
const instructions = (text: string) =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

test('an app without dependencies has one stage', async () => {
  const text = await render({ 'package.json': pkg({ scripts: { start: 'node server.js' } }) });
  assert.deepEqual(instructions(text), [
    'FROM berth/node',
    'WORKDIR /app',
    'ENV NODE_ENV=production PATH=/app/node_modules/.bin:$PATH',
    'COPY --chown=app:app . .',
    'USER app',
    'EXPOSE 8080',
    'CMD ["node","server.js"]',
  ]);
  assert.match(text, /^# Made by Berth: package\.json is there/);
});

test('npm: dependencies by lockfile, build, prune, then only what runs', async () => {
  const text = await render({
    'package.json': pkg({
      scripts: { start: 'next start', build: 'next build' },
      dependencies: { next: '1' },
      devDependencies: { typescript: '7' },
    }),
    'package-lock.json': '{}',
    '.npmrc': '//r/:_authToken=x',
    'src/a.js': '',
  });
  assert.deepEqual(instructions(text), [
    'FROM berth/node AS deps',
    'WORKDIR /app',
    'COPY .npmrc package-lock.json package.json ./',
    'RUN npm ci',
    'FROM deps AS build',
    'COPY . .',
    'RUN npm run build',
    'RUN npm prune --omit=dev',
    'RUN rm -f .npmrc .yarnrc .yarnrc.yml',
    'FROM berth/node',
    'WORKDIR /app',
    'ENV NODE_ENV=production PATH=/app/node_modules/.bin:$PATH',
    'COPY --chown=app:app --from=build /app ./',
    'USER app',
    'EXPOSE 8080',
    'CMD ["next","start"]',
  ]);
});

test('pnpm, yarn and berry come from the npm registry in exact versions', async () => {
  const base = { 'package.json': pkg({ scripts: { start: 'node a' }, dependencies: { a: '1' } }) };
  const pnpm = await render({ ...base, 'pnpm-lock.yaml': "lockfileVersion: '9.0'" });
  assert.match(pnpm, /RUN npm install --global --force pnpm@\d+\.\d+\.\d+\n/);
  assert.match(pnpm, /COPY package\.json pnpm-lock\.yaml \.\/\nRUN pnpm install --frozen-lockfile\n/);
  const yarn = await render({ ...base, 'yarn.lock': '# yarn lockfile v1' });
  assert.match(yarn, /yarn@1\.22\.22\n[\s\S]*RUN yarn install --frozen-lockfile --non-interactive\n/);
  const berry = await render({ ...base, 'yarn.lock': '__metadata:' });
  assert.match(berry, /@yarnpkg\/cli-dist@4\.[\s\S]*ENV YARN_NODE_LINKER=node-modules[\s\S]*--immutable/);
});

test('workspaces: each manifest keeps its directory; names with spaces are quoted', async () => {
  const text = await render({
    'package.json': pkg({ workspaces: ['a', 'b c'], scripts: { start: 'node a' } }),
    'package-lock.json': '{}',
    'a/package.json': '{}',
    'b c/package.json': '{}',
  });
  assert.match(
    text,
    /COPY a\/package\.json \.\/a\/\nCOPY \["b c\/package\.json","\.\/b c\/"\]\nCOPY package-lock/,
  );
});

test('a project with install scripts copies its source once, first', async () => {
  const text = await render({
    'package.json': pkg({ dependencies: { a: '1' }, scripts: { start: 'node a', postinstall: 'node b' } }),
    'package-lock.json': '{}',
  });
  assert.equal(text.match(/^COPY \. \.$/gm)?.length, 1);
  assert.ok(text.indexOf('COPY . .') < text.indexOf('npm ci'));
});

test('static sites are served by berth/static, hidden files left out', async () => {
  const plain = await render({ 'public/index.html': '' });
  assert.match(plain, /COPY public \/src\n[\s\S]*FROM berth\/static\nCOPY --from=build \/site \/srv\/www\n/);
  assert.match(plain, /! -name \.well-known/);
  const built = await render({ 'package.json': pkg({ scripts: { build: 'x' } }) });
  assert.match(built, /RUN npm run build\n[\s\S]*for dir in dist build out public[\s\S]*FROM berth\/static/);
});

test('the inferred specification: web with a probe, further processes, the release command', async () => {
  const tree = memoryTree({
    'package.json': pkg({ scripts: { start: 'node a.js' } }),
    Procfile: 'web: node web.js\nworker: node work.js | cat\nrelease: node migrate.js',
  });
  const spec = inferAppSpec({ app: 'shop', tree, recognised: await recognise(tree) });
  assert.deepEqual(
    spec.services.map(({ spec: { name, port, command, probe, environment } }) => ({
      name,
      port,
      command,
      probe,
      environment,
    })),
    [
      {
        name: 'web',
        port: 8080,
        command: undefined,
        probe: { kind: 'http', path: '/' },
        environment: { PORT: '8080' },
      },
      {
        name: 'worker',
        port: undefined,
        command: ['sh', '-c', 'node work.js | cat'],
        probe: { kind: 'none' },
        environment: {},
      },
    ],
  );
  assert.deepEqual(spec.routes, [{ service: 'web', path: '/', stripPrefix: false }]);
  assert.deepEqual(spec.hooks.release, { service: 'web', command: ['node', 'migrate.js'] });
});

test('a Dockerfile is built as it is, with its port', async () => {
  const tree = memoryTree({ Dockerfile: 'FROM x\nEXPOSE 3000', Procfile: 'web: ./serve' });
  const spec = inferAppSpec({ app: 'shop', tree, recognised: await recognise(tree) });
  const [web] = spec.services;
  assert.deepEqual(web?.image, { kind: 'build', context: '.', dockerfile: 'Dockerfile', args: {} });
  assert.deepEqual([web?.spec.port, web?.spec.command], [3000, ['./serve']]);
});

test('what is not recognised is refused, saying what was looked for and what was found', async () => {
  const tree = memoryTree({ 'notes.txt': '', 'src/main.f90': '' });
  const recognised = await recognise(tree);
  assert.throws(
    () => inferAppSpec({ app: 'shop', tree, recognised }),
    (error: Error & { code?: string; evidence?: readonly string[] }) => {
      assert.equal(error.code, 'source_unrecognised');
      assert.match(
        error.evidence?.join('\n') ?? '',
        /looked for: .*Dockerfile[\s\S]*found: notes\.txt, src\//,
      );
      return true;
    },
  );
});
