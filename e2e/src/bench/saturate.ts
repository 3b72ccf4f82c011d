import { once } from 'node:events';
import { connect } from 'node:net';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

export interface SaturateOptions {
  readonly host: string;
  readonly port: number;
  readonly hostHeader: string;
  readonly connections: number;
  /** Requests written at once on each connection. */
  readonly pipeline: number;
  readonly durationMs: number;
}

export interface SaturateResult {
  readonly requests: number;
  readonly failed: number;
  readonly durationMs: number;
}

/**
 * As many requests as the other side takes, closed loop, in a thread of its own. Answers must all have the
 * same length: counting bytes is what makes one thread enough to saturate a proxy.
 */
export async function saturate(options: SaturateOptions): Promise<SaturateResult> {
  const worker = new Worker(new URL(import.meta.url), { workerData: options });
  const [result] = (await once(worker, 'message')) as [SaturateResult];
  await worker.terminate();
  return result;
}

async function drive(options: SaturateOptions): Promise<SaturateResult> {
  const one = `GET / HTTP/1.1\r\nHost: ${options.hostHeader}\r\n\r\n`;
  const batch = Buffer.from(one.repeat(options.pipeline));
  const bytesPerAnswer = await measureAnswer(options, one);
  let requests = 0;
  let failed = 0;
  let isRunning = true;
  const startedAt = performance.now();
  const sockets = Array.from({ length: options.connections }, () => {
    const socket = connect({ host: options.host, port: options.port, noDelay: true });
    const wantedBytes = bytesPerAnswer * options.pipeline;
    let gotBytes = 0;
    socket.on('connect', () => socket.write(batch));
    socket.on('data', (chunk) => {
      gotBytes += chunk.length;
      if (gotBytes < wantedBytes) return;
      if (gotBytes > wantedBytes) failed += options.pipeline;
      gotBytes -= wantedBytes;
      requests += options.pipeline;
      if (isRunning) socket.write(batch);
    });
    socket.on('error', () => {
      if (isRunning) failed += 1;
    });
    return socket;
  });
  await new Promise((resolve) => setTimeout(resolve, options.durationMs));
  isRunning = false;
  const durationMs = performance.now() - startedAt;
  const counted = requests;
  for (const socket of sockets) socket.destroy();
  return { requests: counted, failed, durationMs };
}

/** Length of one whole answer. */
function measureAnswer(options: SaturateOptions, request: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: options.host, port: options.port });
    let text = '';
    socket.setTimeout(5_000, () => reject(new Error('no answer within 5 s')));
    socket.on('error', reject);
    socket.on('connect', () => socket.write(request));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const head = text.indexOf('\r\n\r\n');
      if (head < 0) return;
      if (!/^HTTP\/1\.1 200/.test(text)) return reject(new Error(text.slice(0, head)));
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN);
      if (Number.isNaN(length)) return reject(new Error('the answer has no content-length'));
      if (text.length < head + 4 + length) return;
      socket.destroy();
      resolve(head + 4 + length);
    });
  });
}

if (!isMainThread && workerData !== null && typeof workerData === 'object' && 'pipeline' in workerData)
  parentPort!.postMessage(await drive(workerData as SaturateOptions));
