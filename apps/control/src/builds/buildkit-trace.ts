import { readFields } from './protobuf.ts';

/**
 * BuildKit's progress, as the engine sends it in `moby.buildkit.trace` lines: a `StatusResponse` of
 * `moby.buildkit.v1` (github.com/moby/buildkit, api/services/control/control.proto), in base64.
 */
export interface Trace {
  readonly vertexes: readonly Vertex[];
  readonly logs: readonly { readonly vertex: string; readonly text: string }[];
}

/** One step of a build. It is sent again each time something of it changes. */
export interface Vertex {
  readonly digest: string;
  readonly name: string;
  readonly isCached: boolean;
  readonly startedAt?: number;
  readonly completedAt?: number;
  readonly error: string;
}

export function decodeTrace(base64: string): Trace {
  const vertexes: Vertex[] = [];
  const logs: { vertex: string; text: string }[] = [];
  for (const { number, value } of readFields(Buffer.from(base64, 'base64'))) {
    if (!Buffer.isBuffer(value)) continue;
    if (number === 1) vertexes.push(decodeVertex(value));
    if (number === 3) logs.push(decodeLog(value));
  }
  return { vertexes, logs };
}

function decodeVertex(bytes: Buffer): Vertex {
  let [digest, name, error, isCached] = ['', '', '', false];
  let startedAt: number | undefined;
  let completedAt: number | undefined;
  for (const { number, value } of readFields(bytes)) {
    if (number === 4) isCached = value !== 0n;
    if (!Buffer.isBuffer(value)) continue;
    if (number === 1) digest = value.toString('utf8');
    if (number === 3) name = value.toString('utf8');
    if (number === 5) startedAt = decodeTime(value);
    if (number === 6) completedAt = decodeTime(value);
    if (number === 7) error = value.toString('utf8');
  }
  return {
    digest,
    name,
    isCached,
    error,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(completedAt === undefined ? {} : { completedAt }),
  };
}

function decodeLog(bytes: Buffer): { vertex: string; text: string } {
  let [vertex, text] = ['', ''];
  for (const { number, value } of readFields(bytes)) {
    if (!Buffer.isBuffer(value)) continue;
    if (number === 1) vertex = value.toString('utf8');
    if (number === 4) text = value.toString('utf8');
  }
  return { vertex, text };
}

/** Milliseconds since the epoch, with a fraction. */
function decodeTime(bytes: Buffer): number {
  let [seconds, nanos] = [0, 0];
  for (const { number, value } of readFields(bytes)) {
    if (number === 1) seconds = Number(value);
    if (number === 2) nanos = Number(value);
  }
  return seconds * 1000 + nanos / 1e6;
}
