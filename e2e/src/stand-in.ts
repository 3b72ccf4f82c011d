import type { Engine } from '@berth/engine/engine';
import { packTar } from '@berth/source/pack';

/**
 * What the images of published Compose files are replaced by: it listens like them, and its web side says
 * whether it reaches what it should, and has the files it should have. `answers PORT` is its health check.
 */
export const standInImage = 'stand-in';

const program = `import { createServer } from 'node:http';
import { connect, createServer as createTcp } from 'node:net';
import { existsSync } from 'node:fs';
const [mode = 'serve', ...more] = process.argv.slice(2);
const { PORT, REACHES = '', FILES = '', ALSO } = process.env;
const listen = (port) => createTcp((socket) => socket.on('error', () => {}).end('ok')).listen(Number(port));
const reaches = (target) => new Promise((resolve) => {
  const [host, port] = target.split(':');
  const socket = connect({ host, port: Number(port), timeout: 2_000 });
  socket.once('connect', () => { socket.destroy(); resolve(true); });
  for (const name of ['error', 'timeout']) socket.once(name, () => { socket.destroy(); resolve(false); });
});
const missing = async () => {
  const targets = REACHES.split(',').filter(Boolean);
  const there = await Promise.all(targets.map(reaches));
  const files = FILES.split(',').filter(Boolean).filter((file) => !existsSync(file));
  return [...targets.filter((_, i) => !there[i]), ...files];
};
for (const name of ['SIGTERM', 'SIGINT']) process.on(name, () => process.exit(0));
if (mode === 'answers') process.exit((await reaches('127.0.0.1:' + more[0])) ? 0 : 1);
else if (mode === 'once') console.log(more.join(' '));
else if (mode === 'fail') process.exit(5);
else if (mode === 'listen') for (const port of more) listen(port);
else if (mode === 'work') setInterval(() => {}, 60_000);
else {
  createServer(async (request, response) => {
    if (request.url !== '/check') return response.end('up');
    const lacks = await missing();
    response.writeHead(lacks.length === 0 ? 200 : 503, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ lacks, version: process.env.VERSION ?? '' }));
  }).listen(Number(PORT));
  if (ALSO) listen(ALSO);
}
`;

const dockerfile = `FROM berth/node
COPY program.mjs /usr/local/lib/program.mjs
RUN printf '#!/bin/sh\\nexec node /usr/local/lib/program.mjs answers "$@"\\n' > /usr/local/bin/answers && chmod 755 /usr/local/bin/answers
ENTRYPOINT ["node", "/usr/local/lib/program.mjs"]
`;

/** Makes the image on the machine's engine; the same every time. */
export async function makeStandIn(engine: Engine): Promise<void> {
  const body = packTar('/', [], {
    extra: [
      { path: 'Dockerfile', text: dockerfile },
      { path: 'program.mjs', text: program },
    ],
  });
  const answer = await engine.stream('POST', '/build', {
    body,
    headers: { 'content-type': 'application/x-tar' },
    query: { t: `${standInImage}:latest`, rm: true, forcerm: true },
  });
  let text = '';
  for await (const chunk of answer) text += String(chunk);
  if (text.includes('"errorDetail"')) throw new Error(`the stand-in was not built:\n${text.slice(-2_000)}`);
}
