import { spawnSync } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Client } from '@berth/client/client';
import { parseProblem } from '@berth/client/problem';
import { type ErrorCode, errorTable, refuse } from '@berth/contract/errors';
import {
  channel,
  type ExecClientMessage,
  type ExecServerMessage,
  execInFlightBytesMax,
} from '@berth/contract/exec';
import { WebSocket } from 'ws';
import { type Cli, exitCode } from './cli.ts';

export interface SessionAddress {
  readonly url: URL;
  readonly headers: Record<string, string>;
}

/** Is a terminal at both ends of this process? Then the remote command gets one. */
export function wantsTerminal(cli: Cli, asked: boolean | undefined): boolean {
  return asked ?? (cli.stdin.isTTY === true && cli.stdout.isTTY === true);
}

/** More than this unsent makes standard input wait. */
const unsentBytesMax = 1024 * 1024;
const pingEveryMs = 20_000;
const sttyMs = 1_000;

/**
 * A remote command with this process's streams as its own; gives its exit code.
 *
 * INVARIANTS: a terminal that was made raw is given back on every way out, the death of this process by an
 * error included; the exit code is the remote one or an error is thrown.
 */
export async function runSession(
  cli: Cli,
  client: Client,
  address: ReturnType<Client['socket']>,
  options: { tty: boolean },
): Promise<number> {
  const socket = await open(cli, client, address);
  const { stdin } = cli;
  const send = (message: ExecClientMessage) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };
  const onData = (chunk: Buffer | string) => {
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.send(Buffer.concat([stdinMark, Buffer.from(chunk as string)]), () => {
      if (socket.bufferedAmount < unsentBytesMax && !isHeld && stdin.isPaused()) stdin.resume();
    });
    if (socket.bufferedAmount >= unsentBytesMax || isHeld) stdin.pause();
  };
  // The command is slow to read: nothing more is sent, and the connection stays alive.
  let isHeld = false;
  const onFlow = (go: boolean) => {
    isHeld = !go;
    if (isHeld) stdin.pause();
    else stdin.resume();
  };
  const onEnd = () => send({ kind: 'eof' });
  const onResize = () => {
    const { rows, columns } = cli.stdout;
    if (rows !== undefined && columns !== undefined) send({ kind: 'resize', rows, columns });
  };
  // With a terminal, Ctrl-C is a byte to the other side. Without, it is a signal to this process.
  const onInterrupt = () => send({ kind: 'signal', name: 'SIGINT' });
  const restore = options.tty ? makeRaw(cli) : () => undefined;
  const terminal = cli.stdout as unknown as NodeJS.EventEmitter;
  // A dead network says nothing: an answer must come to each ping before the next.
  let isAnswered = true;
  socket.on('pong', () => {
    isAnswered = true;
  });
  const pinger = setInterval(() => {
    if (!isAnswered) return socket.terminate();
    isAnswered = false;
    socket.ping();
  }, pingEveryMs);
  stdin.on('data', onData).once('end', onEnd);
  if (options.tty) terminal.on('resize', onResize);
  cli.signal.addEventListener('abort', onInterrupt);
  try {
    stdin.resume();
    return await readToExit(cli, socket, onFlow);
  } finally {
    restore();
    clearInterval(pinger);
    stdin.off('data', onData).off('end', onEnd);
    stdin.pause();
    if (options.tty) terminal.off('resize', onResize);
    cli.signal.removeEventListener('abort', onInterrupt);
    socket.close();
  }
}

const stdinMark = Buffer.from([channel.stdin]);

/** Raw mode on; the function returned turns it off, and so does the end of the process. */
function makeRaw(cli: Cli): () => void {
  const { stdin } = cli;
  if (stdin.isTTY !== true || stdin.setRawMode === undefined) return () => undefined;
  const restore = () => {
    process.off('exit', restore);
    stdin.setRawMode?.(false);
  };
  process.on('exit', restore);
  stdin.setRawMode(true);
  // Node's raw mode still turns each line feed into a new line, which the other side's terminal has done
  // already: full-screen programs would find their cursor elsewhere. Without stty it is only that.
  spawnSync('stty', ['-onlcr'], { stdio: ['inherit', 'ignore', 'ignore'], timeout: sttyMs });
  return restore;
}

function open(cli: Cli, client: Client, address: SessionAddress): Promise<WebSocket> {
  const socket = new WebSocket(address.url, { headers: address.headers, handshakeTimeout: 30_000 });
  return new Promise((resolve, reject) => {
    const abort = () => {
      socket.terminate();
      reject(cli.signal.reason);
    };
    const settle = () => cli.signal.removeEventListener('abort', abort);
    cli.signal.addEventListener('abort', abort);
    socket.once('open', () => {
      settle();
      // Frames may be right behind the answer; they wait until somebody listens.
      socket.pause();
      resolve(socket);
    });
    socket.once('error', (cause) => {
      settle();
      const code = (cause as NodeJS.ErrnoException).code;
      const because = code === 'ECONNREFUSED' ? 'connection refused' : (code ?? cause.message);
      reject(
        refuse('control_unreachable', `control does not answer at ${client.baseUrl} (${because})`, { cause }),
      );
    });
    // A refusal comes as an ordinary answer to the request for an upgrade.
    socket.once(
      'unexpected-response',
      (_, response: Readable & { statusCode?: number; headers: Headers }) => {
        settle();
        collectText(response).then(
          (text) =>
            reject(
              parseProblem({
                status: response.statusCode ?? 500,
                contentType: response.headers['content-type'] ?? '',
                requestId: response.headers['x-request-id'] ?? '',
                text,
              }),
            ),
          reject,
        );
      },
    );
  });
}

type Headers = Readonly<Record<string, string | undefined>>;

async function collectText(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** Writes what comes to our own streams until the exit code does. */
function readToExit(cli: Cli, socket: WebSocket, onFlow: (go: boolean) => void): Promise<number> {
  /** Our own outputs that do not take more now. */
  const slow = new Set<NodeJS.WritableStream>();
  const tell = (message: ExecClientMessage) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };
  return new Promise((resolve, reject) => {
    socket.resume();
    socket.on('message', (data, isBinary) => {
      const bytes = data as Buffer;
      if (isBinary) {
        const sink = (bytes[0] === channel.stderr ? cli.stderr : cli.stdout) as NodeJS.WritableStream & {
          readonly writableLength?: number;
        };
        if (sink.write(bytes.subarray(1)) !== false) return;
        // What is on its way still comes; one wait is enough for all of it.
        if (!slow.has(sink)) {
          if (slow.size === 0) tell({ kind: 'flow', go: false });
          slow.add(sink);
          sink.once('drain', () => {
            slow.delete(sink);
            socket.resume();
            if (slow.size === 0) tell({ kind: 'flow', go: true });
          });
        }
        if ((sink.writableLength ?? 0) >= execInFlightBytesMax) socket.pause();
        return;
      }
      const message = JSON.parse(bytes.toString('utf8')) as ExecServerMessage;
      if (message.kind === 'exit') resolve(message.code);
      else if (message.kind === 'flow') onFlow(message.go);
      else if (message.kind === 'error') reject(toError(message));
    });
    socket.once('error', (cause) =>
      reject(refuse('control_unreachable', 'the connection to the command was lost', { cause })),
    );
    socket.once('close', (code) => {
      if (cli.signal.aborted) resolve(exitCode.interrupted);
      else
        reject(
          refuse('control_unreachable', `the connection ended before the command did (code ${code})`, {
            evidence: ['The command may still run; see `berth ps`.'],
          }),
        );
    });
  });
}

function toError(message: Extract<ExecServerMessage, { kind: 'error' }>): Error {
  const code: ErrorCode = message.code in errorTable ? (message.code as ErrorCode) : 'internal';
  return refuse(code, message.message);
}
