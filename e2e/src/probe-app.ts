import { nodeApp } from './sources.ts';

/**
 * A service that says what it reaches: `/reach?host=H&port=P` connects and answers with what the other side
 * says, or why it does not; `/ask?host=H&port=P` does so with UDP; `/resolve?name=N` asks the DNS. It names itself on TCP 5432 and UDP 5353.
 */
const script = `import { createServer } from 'node:http';
import { connect, createServer as listen } from 'node:net';
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
const name = process.env.NAME ?? 'nobody';
const said = (socket) => new Promise((resolve) => {
  let text = '';
  socket.setTimeout(1500, () => { socket.destroy(); resolve('timeout'); });
  socket.on('data', (data) => { text += data; });
  socket.on('error', (error) => resolve(error.code));
  socket.on('close', () => resolve(text || 'closed'));
});
const told = (host, port) => new Promise((resolve) => {
  const socket = createSocket('udp4');
  const end = (text) => { clearTimeout(timer); socket.close(); resolve(text); };
  const timer = setTimeout(() => end('timeout'), 1500);
  socket.on('message', (data) => end(String(data)));
  socket.on('error', (error) => end(error.code));
  socket.connect(port, host, () => socket.send('hello'));
});
createServer(async (request, response) => {
  const url = new URL(request.url, 'http://x');
  const host = url.searchParams.get('host');
  try {
    if (url.pathname === '/reach') {
      const { address } = await lookup(host);
      return response.end(await said(connect({ host: address, port: Number(url.searchParams.get('port')) })));
    }
    if (url.pathname === '/ask') {
      const { address } = await lookup(host);
      return response.end(await told(address, Number(url.searchParams.get('port'))));
    }
    if (url.pathname === '/resolve') return response.end((await lookup(url.searchParams.get('name'))).address);
    response.end(name);
  } catch (error) { response.end(String(error.code)); }
}).listen(8080);
listen((socket) => { socket.on('error', () => {}); socket.end(name); }).listen(5432);
createSocket('udp4').on('message', function (_data, from) { this.send(name, from.port, from.address); }).bind(5353);
process.on('SIGTERM', () => process.exit(0));
`;

/** The app as files; \`compose\` says what its services are: each with \`build: .\`. */
export const probeApp = (compose: string): Record<string, string> => nodeApp(script, compose);
