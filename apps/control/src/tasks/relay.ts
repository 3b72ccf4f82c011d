import type { Duplex } from 'node:stream';
import { demux } from '@berth/engine/streams';
import type { ClientEnd } from './client-end.ts';

/** What Ctrl-D sends: a terminal's end of input. */
const endOfTransmission = '\u0004';

/**
 * Bytes both ways between a client and a process, each direction as fast as its reader takes them. Resolves
 * when the process's output has ended; rejects with the signal's reason when that aborts first.
 */
export async function relay(
  client: ClientEnd,
  process: Duplex,
  options: { readonly tty: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const { signal, tty } = options;
  // A write after the process closed its input fails; what it still says is read to the end all the same.
  process.on('error', () => undefined);
  const stop = () => process.destroy();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  client.input.pipe(process, { end: !tty });
  client.input.once('end', () => {
    if (tty && process.writable) process.write(endOfTransmission);
  });
  try {
    if (tty) {
      for await (const chunk of process) await client.send('stdout', chunk as Buffer);
    } else {
      for await (const { stream, data } of demux(process)) await client.send(stream, data);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!isBroken(error)) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    client.input.unpipe(process);
    // What the client still sends is dropped, so that its closing is heard.
    client.input.resume();
  }
  signal.throwIfAborted();
}

/** The other side closed while we were writing: the end of the process, told in an unfriendly way. */
const brokenCodes = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_HTTP2_STREAM_ERROR']);
const isBroken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && brokenCodes.has(String(error.code));
