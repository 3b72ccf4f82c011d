import { rmSync } from 'node:fs';
import { cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const hello = new URL('../../examples/hello', import.meta.url).pathname;

const made: string[] = [];
process.on('exit', () => {
  for (const dir of made) rmSync(dir, { recursive: true, force: true });
});

/** A directory that is gone when the test process is. */
export async function scratch(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'berth-e2e-'));
  made.push(dir);
  return dir;
}

/** A copy of `examples/hello` that answers with `version`. */
export async function helloSource(dir: string, version: string): Promise<string> {
  await cp(hello, dir, { recursive: true });
  await setVersion(dir, version);
  return dir;
}

export async function setVersion(dir: string, version: string): Promise<void> {
  await writeFile(join(dir, 'VERSION'), `${version}\n`);
}

export async function writeFiles(dir: string, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  return dir;
}

/** A Node.js app that is one file, with a Dockerfile: built in seconds, does exactly what the test says. */
export function nodeApp(script: string, compose?: string): Record<string, string> {
  return {
    Dockerfile: 'FROM berth/node\nWORKDIR /app\nCOPY app.mjs .\nUSER 10001\nCMD ["node", "app.mjs"]\n',
    'app.mjs': script,
    ...(compose === undefined ? {} : { 'compose.yaml': compose }),
  };
}

/** Answers every request with 200 and `text`. */
export const answering = (text: string, port = 8080): string =>
  `import { createServer } from 'node:http';
const server = createServer((request, response) => response.end(${JSON.stringify(text)}));
server.listen(${port});
process.on('SIGTERM', () => server.close(() => process.exit(0)));
`;

/** Adds rows to a plain and to a size-limited volume, and answers with those of both. */
export const rowsApp = nodeApp(
  `import { appendFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
const places = ['/data/rows', '/limited/rows'];
const text = (path) => { try { return readFileSync(path, 'utf8'); } catch { return ''; } };
createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://x');
  if (pathname === '/add') for (const path of places) appendFileSync(path, searchParams.get('row') + '\\n', { flush: true });
  response.end(places.map(text).join(''));
}).listen(8080);
`,
  `services:
  web:
    build: .
    user: "0:0"
    ports: ["8080"]
    volumes: ["data:/data", "limited:/limited"]
volumes:
  data:
  limited:
    x-berth: {size: 64M}
`,
);

/** Answers, and misbehaves when asked to: a fork bomb (R120), or more memory than it may have. */
export const misbehaving = `import { createServer } from 'node:http';
import { spawn } from 'node:child_process';
const kept = [];
createServer((request, response) => {
  // Again and again: shells that cannot fork any more end, and all may do so at once.
  if (request.url === '/bomb')
    setInterval(() => spawn('sh', ['-c', 'b() { b | b & }; b'], { stdio: 'ignore' }).on('error', () => {}), 100);
  if (request.url === '/hoard') for (let i = 0; i < 4096; i++) kept.push(Buffer.alloc(1 << 20, 1));
  response.end('ok');
}).listen(8080);
`;
