import { type Readable, Transform } from 'node:stream';
import { refuse } from '@berth/contract/errors';

/** Largest JSON document the API takes. */
export const jsonBytesMax = 1024 * 1024;
/** A client that sends nothing for so long is gone. */
export const bodyIdleMs = 30_000;

const mebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;

/** Reads and parses a JSON body; an empty one is `{}`. Refuses with `body_too_large` or `malformed_body`. */
export async function readJson(
  stream: Readable,
  headers: { contentType: string | undefined; contentLength: number | undefined },
): Promise<{ readonly value: unknown; readonly bytes: Buffer }> {
  if ((headers.contentLength ?? 0) > jsonBytesMax) throw tooLarge();
  const bytes = await readBytes(stream);
  if (bytes.length === 0) return { value: {}, bytes };
  const type = headers.contentType?.split(';')[0]?.trim().toLowerCase();
  if (type !== undefined && type !== 'application/json' && !type.endsWith('+json'))
    throw refuse('malformed_body', `The body is declared as ${type}; Berth takes application/json.`);
  return { value: parse(bytes), bytes };
}

function parse(bytes: Buffer): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw refuse('malformed_body', 'The body is not UTF-8.', { cause });
  }
  if (text.includes('"__proto__"')) throw refuse('malformed_body', 'A key named "__proto__" is not taken.');
  try {
    return JSON.parse(text);
  } catch (cause) {
    // The parser quotes the text around the fault; that may be a secret, so only the place is told.
    const place =
      cause instanceof Error ? /position \d+( \(line \d+ column \d+\))?/.exec(cause.message)?.[0] : undefined;
    throw refuse(
      'malformed_body',
      `The body is not valid JSON${place === undefined ? '' : `, at ${place}`}.`,
    );
  }
}

async function readBytes(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  const idle = setTimeout(
    () =>
      stream.destroy(
        refuse('malformed_body', `The body did not arrive: nothing for ${bodyIdleMs / 1000} s.`),
      ),
    bodyIdleMs,
  );
  try {
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
      idle.refresh();
      length += (chunk as Buffer).length;
      if (length > jsonBytesMax) throw tooLarge();
      chunks.push(chunk as Buffer);
    }
  } finally {
    clearTimeout(idle);
  }
  return Buffer.concat(chunks);
}

const tooLarge = (): Error =>
  refuse('body_too_large', `The body is over ${mebibytes(jsonBytesMax)}, the most the API takes as JSON.`);

/**
 * An upload as a stream that fails with `context_too_large` past `bytesMax`, and when nothing arrives for a
 * while. The caller reads it; what it leaves is dropped with the connection.
 */
export function limitUpload(stream: Readable, contentLength: number | undefined, bytesMax: number): Readable {
  const over = () =>
    refuse('context_too_large', `The upload is over ${mebibytes(bytesMax)}, the limit of this platform.`);
  if ((contentLength ?? 0) > bytesMax) throw over();
  let length = 0;
  const limited = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      idle.refresh();
      length += chunk.length;
      if (length > bytesMax) done(over());
      else done(null, chunk);
    },
  });
  const idle = setTimeout(
    () =>
      limited.destroy(refuse('malformed_body', `The upload stopped: nothing for ${bodyIdleMs / 1000} s.`)),
    bodyIdleMs,
  );
  limited.once('close', () => {
    clearTimeout(idle);
    stream.unpipe(limited);
  });
  stream.once('error', (cause) => limited.destroy(cause));
  // `aborted` without `error`: the client went in the middle.
  stream.once('close', () => {
    if (!stream.readableEnded) limited.destroy(refuse('malformed_body', 'The upload was cut off.'));
  });
  return stream.pipe(limited);
}
