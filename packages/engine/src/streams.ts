import type { Readable } from 'node:stream';

/** Lines of JSON, as builds, pushes, pulls and events send them. */
export async function* ndjson<T>(body: Readable): AsyncGenerator<T> {
  let rest = '';
  body.setEncoding('utf8');
  for await (const chunk of body) {
    rest += chunk;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const line = rest.slice(0, end).trim();
      rest = rest.slice(end + 1);
      if (line !== '') yield JSON.parse(line) as T;
    }
  }
  if (rest.trim() !== '') yield JSON.parse(rest) as T;
}

export interface Frame {
  readonly stream: 'stdout' | 'stderr';
  readonly data: Buffer;
}

/** Of a line of a terminal, so that one without an end is not collected without an end. */
const lineBytesMax = 1024 * 1024;

/**
 * Frames of attach and logs: `[stream, 0, 0, 0, length (big endian, 4 bytes)]`, then data. A container with a TTY
 * has one stream without frames: each of its lines is one here.
 */
export async function* demux(body: Readable): AsyncGenerator<Frame> {
  let rest: Buffer = Buffer.alloc(0);
  let isFramed: boolean | undefined;
  for await (const chunk of body) {
    rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    if (isFramed === undefined && rest.length >= 4)
      isFramed = rest[0]! <= 2 && rest[1] === 0 && rest[2] === 0 && rest[3] === 0;
    if (isFramed === false) {
      for (let end = endOfLine(rest); end > 0; end = endOfLine(rest)) {
        yield { stream: 'stdout', data: rest.subarray(0, end) };
        rest = rest.subarray(end);
      }
      continue;
    }
    while (rest.length >= 8) {
      const length = rest.readUInt32BE(4);
      if (rest.length < 8 + length) break;
      yield { stream: rest[0] === 2 ? 'stderr' : 'stdout', data: rest.subarray(8, 8 + length) };
      rest = rest.subarray(8 + length);
    }
  }
  if (isFramed !== true && rest.length > 0) yield { stream: 'stdout', data: rest };
}

function endOfLine(text: Buffer): number {
  const end = text.indexOf(0x0a) + 1;
  return end > 0 ? end : text.length > lineBytesMax ? lineBytesMax : 0;
}
