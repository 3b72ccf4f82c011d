import type { IncomingHttpHeaders } from 'node:http';

// Not `fetch`: with all of undici behind it, the first call costs a small program 11 MB for good.
const { request } = process.getBuiltinModule('node:http');

export interface HttpAnswer {
  readonly status: number;
  readonly ok: boolean;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Answers are documents, not streams. */
const bytesMax = 16 * 1024 * 1024;

/** One request over plain HTTP, its answer read whole. Rejects when there is none, with the signal's reason when aborted. */
export function askHttp(
  url: URL,
  options: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
  },
): Promise<HttpAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const outgoing = request(url, {
    method: options.method ?? 'GET',
    headers: { ...options.headers },
    signal: options.signal,
    agent: false,
  });
  outgoing.once('error', (cause) => reject(options.signal.aborted ? options.signal.reason : cause));
  outgoing.once('response', (incoming) => {
    const chunks: Buffer[] = [];
    let length = 0;
    incoming.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > bytesMax)
        incoming.destroy(new Error(`the answer of ${url.host} is over ${bytesMax} bytes`));
      else chunks.push(chunk);
    });
    incoming.once('error', (cause) => reject(options.signal.aborted ? options.signal.reason : cause));
    incoming.once('end', () => {
      const status = incoming.statusCode ?? 0;
      const text = Buffer.concat(chunks).toString('utf8');
      resolve({ status, ok: status >= 200 && status < 300, headers: incoming.headers, text });
    });
  });
  outgoing.end();
  return promise;
}
