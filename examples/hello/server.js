// A small HTTP app without dependencies and without a Dockerfile.
//
//   GET /            {"app":"hello","version":"1","host":"…","client":"…"}
//   GET /healthz     ok, or 503 once the app was told to stop
//   GET /slow?ms=500 answers after that many milliseconds (at most 60000)
//   GET /ws          a websocket that sends back what it gets
//
// It listens on $PORT and shows what is in the file VERSION (or in $HELLO_VERSION).
// On SIGTERM it takes no new connections, finishes the requests in flight, says goodbye on websockets, and ends.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { hostname } from 'node:os';

const port = Number(process.env.PORT ?? 8080);
const version =
  process.env.HELLO_VERSION ?? readFileSync(new URL('VERSION', import.meta.url), 'utf8').trim();
let stopping = false;

const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://hello');
  switch (url.pathname) {
    case '/':
      return sendJson(response, 200, {
        app: 'hello',
        version,
        host: hostname(),
        client: request.headers['x-forwarded-for'] ?? request.socket.remoteAddress,
      });
    case '/healthz':
      return stopping ? sendText(response, 503, 'stopping\n') : sendText(response, 200, 'ok\n');
    case '/slow': {
      const ms = Math.min(60_000, Math.max(0, Number(url.searchParams.get('ms') ?? 1000) || 0));
      const timer = setTimeout(() => sendJson(response, 200, { app: 'hello', version, waitedMs: ms }), ms);
      response.on('close', () => clearTimeout(timer));
      return;
    }
    default:
      return sendText(response, 404, 'There is nothing here. Try /\n');
  }
});
// Longer than any proxy in front keeps an idle connection: the side that opened it closes it first.
server.keepAliveTimeout = 75_000;

function sendJson(response, status, value) {
  send(response, status, 'application/json', `${JSON.stringify(value)}\n`);
}
function sendText(response, status, text) {
  send(response, status, 'text/plain; charset=utf-8', text);
}
function send(response, status, type, body) {
  if (stopping) response.setHeader('connection', 'close');
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

// Websockets by hand (RFC 6455): enough to echo frames of up to 1 MiB, answer pings and close politely.
const websockets = new Set();
const frameBytesMax = 1024 * 1024;

server.on('upgrade', (request, socket, head) => {
  const key = request.headers['sec-websocket-key'];
  if (new URL(request.url, 'http://hello').pathname !== '/ws' || key === undefined || stopping) {
    socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    return;
  }
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
  );
  websockets.add(socket);
  socket.on('close', () => websockets.delete(socket));
  socket.on('error', () => socket.destroy());
  let rest = head;
  const take = (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let frame = parseFrame(rest); frame !== undefined; frame = parseFrame(rest)) {
      if (frame === 'too-large') return closeWebsocket(socket, 1009);
      rest = rest.subarray(frame.length);
      if (frame.opcode === 0x8) return closeWebsocket(socket, 1000);
      // A ping is answered by a pong; a pong needs no answer; anything else goes back as it came.
      if (frame.opcode !== 0xa) {
        const opcode = frame.opcode === 0x9 ? 0xa : frame.opcode;
        socket.write(makeFrame(opcode, frame.data, frame.isFinal));
      }
    }
  };
  socket.on('data', take);
  if (head.length > 0) {
    rest = Buffer.alloc(0);
    take(head);
  }
});

function parseFrame(bytes) {
  if (bytes.length < 2) return undefined;
  let length = bytes[1] & 0x7f;
  let at = 2;
  if (length === 126) {
    if (bytes.length < 4) return undefined;
    length = bytes.readUInt16BE(2);
    at = 4;
  } else if (length === 127) {
    if (bytes.length < 10) return undefined;
    length = Number(bytes.readBigUInt64BE(2));
    at = 10;
  }
  if (length > frameBytesMax) return 'too-large';
  const isMasked = (bytes[1] & 0x80) !== 0;
  const end = at + (isMasked ? 4 : 0) + length;
  if (bytes.length < end) return undefined;
  const data = Buffer.from(bytes.subarray(end - length, end));
  if (isMasked) for (let i = 0; i < length; i++) data[i] ^= bytes[at + (i % 4)];
  return { opcode: bytes[0] & 0x0f, isFinal: (bytes[0] & 0x80) !== 0, data, length: end };
}

function makeFrame(opcode, data, isFinal = true) {
  const first = (isFinal ? 0x80 : 0) | opcode;
  let head;
  if (data.length < 126) head = Buffer.from([first, data.length]);
  else if (data.length < 65_536) head = Buffer.from([first, 126, data.length >> 8, data.length & 0xff]);
  else {
    head = Buffer.alloc(10);
    head[0] = first;
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(data.length), 2);
  }
  return Buffer.concat([head, data]);
}

function closeWebsocket(socket, code) {
  socket.end(makeFrame(0x8, Buffer.from([code >> 8, code & 0xff])));
}

process.on('SIGTERM', () => {
  stopping = true;
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  // 1001: going away. Clients connect again and meet the new release.
  for (const socket of websockets) closeWebsocket(socket, 1001);
});

server.listen(port, () => console.log(`hello ${version} listens on port ${port}`));
