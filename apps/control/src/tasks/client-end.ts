import { Readable } from 'node:stream';
import { channel, type ExecClientMessage, type ExecServerMessage } from '@berth/contract/exec';
import type { WebSocket } from 'ws';

export type ControlMessage = Extract<ExecClientMessage, { kind: 'resize' | 'signal' }>;

/** The client's side of an exec or run session. */
export interface ClientEnd {
  /** Standard input; ends with `eof`. Reading it is what makes the client send more. */
  readonly input: Readable;
  /** Resolves when the client may be sent more. */
  send(stream: 'stdout' | 'stderr', data: Buffer): Promise<void>;
  say(message: ExecServerMessage): void;
  /** Sizes and signals, from now on; the last of each kind that came before is given at once. */
  onControl(listener: (message: ControlMessage) => void): void;
}

/** Unsent bytes above which the process's output waits for the client. */
const unsentBytesMax = 256 * 1024;
/** Standard input held here while the process does not read. */
const inputBytesMax = 256 * 1024;

/**
 * Takes what the client sends from the moment it is called, so nothing sent while the session is being set up
 * is lost; no more than `inputBytesMax` is held, as the socket is not read beyond.
 */
export function createClientEnd(socket: WebSocket): ClientEnd {
  const input = new Readable({ read: () => socket.resume(), highWaterMark: inputBytesMax });
  const early = new Map<ControlMessage['kind'], ControlMessage>();
  let listener: ((message: ControlMessage) => void) | undefined;
  let isInputOver = false;

  const endInput = () => {
    if (isInputOver) return;
    isInputOver = true;
    input.push(null);
    // Nothing reads the input any more, but signals and the client's closing are still to be heard.
    socket.resume();
  };
  socket.on('message', (data, isBinary) => {
    const bytes = data as Buffer;
    if (isBinary) {
      if (bytes[0] !== channel.stdin || isInputOver || input.destroyed) return;
      if (!input.push(bytes.subarray(1))) socket.pause();
      return;
    }
    const message = parseControl(bytes.toString('utf8'));
    if (message === undefined) return;
    if (message.kind === 'eof') endInput();
    else if (listener === undefined) early.set(message.kind, message);
    else listener(message);
  });
  socket.once('close', endInput);

  return {
    input,
    send(stream, data) {
      const sent = Promise.withResolvers<void>();
      // A socket that is gone says so by `close`; its error is no news here.
      socket.send(Buffer.concat([Buffer.of(channel[stream]), data]), () => sent.resolve());
      return socket.bufferedAmount > unsentBytesMax ? sent.promise : Promise.resolve();
    },
    say(message) {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
    },
    onControl(given) {
      listener = given;
      for (const message of early.values()) given(message);
      early.clear();
    },
  };
}

const sizeMax = 1_000;
const isSize = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= sizeMax;

/** A message of the client; undefined for what is none: a client from another version may say more. */
export function parseControl(text: string): ExecClientMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined;
  const message = value as { kind: unknown; rows?: unknown; columns?: unknown; name?: unknown };
  if (message.kind === 'eof') return { kind: 'eof' };
  if (message.kind === 'resize' && isSize(message.rows) && isSize(message.columns))
    return { kind: 'resize', rows: message.rows, columns: message.columns };
  if (
    message.kind === 'signal' &&
    typeof message.name === 'string' &&
    /^SIG[A-Z0-9]{1,10}$/.test(message.name)
  )
    return { kind: 'signal', name: message.name };
  return undefined;
}
