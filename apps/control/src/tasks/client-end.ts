import { Readable } from 'node:stream';
import {
  channel,
  type ExecClientMessage,
  type ExecServerMessage,
  execInFlightBytesMax,
} from '@berth/contract/exec';
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
/** Standard input held here before the client is asked to hold its own. */
const inputBytesMax = 256 * 1024;

/**
 * Takes what the client sends from the moment it is called, so nothing sent while the session is being set up
 * is lost. INVARIANTS: a client that heeds `flow` is read all the time; one that does not is not read beyond
 * `execInFlightBytesMax`.
 */
export function createClientEnd(socket: WebSocket): ClientEnd {
  const input = new Readable({ read: letInputGo, highWaterMark: inputBytesMax });
  let isInputHeld = false;
  /** Pending while the client takes no output. */
  let outputHold: ReturnType<typeof Promise.withResolvers<void>> | undefined;
  const early = new Map<ControlMessage['kind'], ControlMessage>();
  let listener: ((message: ControlMessage) => void) | undefined;
  let isInputOver = false;

  const say = (message: ExecServerMessage) => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
  };
  function letInputGo(): void {
    socket.resume();
    if (!isInputHeld) return;
    isInputHeld = false;
    say({ kind: 'flow', go: true });
  }
  const holdInput = () => {
    if (!isInputHeld) say({ kind: 'flow', go: false });
    isInputHeld = true;
    if (input.readableLength >= execInFlightBytesMax) socket.pause();
  };
  const letOutputGo = () => {
    outputHold?.resolve();
    outputHold = undefined;
  };
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
      if (!input.push(bytes.subarray(1))) holdInput();
      return;
    }
    const message = parseControl(bytes.toString('utf8'));
    if (message === undefined) return;
    if (message.kind === 'eof') endInput();
    else if (message.kind === 'flow') {
      if (message.go) letOutputGo();
      else outputHold ??= Promise.withResolvers<void>();
    } else if (listener === undefined) early.set(message.kind, message);
    else listener(message);
  });
  socket.once('close', () => {
    letOutputGo();
    endInput();
  });

  return {
    input,
    async send(stream, data) {
      await outputHold?.promise;
      const sent = Promise.withResolvers<void>();
      // A socket that is gone says so by `close`; its error is no news here.
      socket.send(Buffer.concat([Buffer.of(channel[stream]), data]), () => sent.resolve());
      if (socket.bufferedAmount > unsentBytesMax) await sent.promise;
    },
    say,
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
  const message = value as {
    kind: unknown;
    rows?: unknown;
    columns?: unknown;
    name?: unknown;
    go?: unknown;
  };
  if (message.kind === 'eof') return { kind: 'eof' };
  if (message.kind === 'flow' && typeof message.go === 'boolean') return { kind: 'flow', go: message.go };
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
