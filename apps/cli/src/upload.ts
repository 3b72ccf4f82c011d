import type { Client } from '@berth/client/client';
import type { CallInput, CallOutput } from '@berth/client/types';
import { packSource } from '@berth/source/pack';
import type { Cli } from './cli.ts';
import { LiveLine } from './live-line.ts';
import type { Output } from './output.ts';
import { formatBytes, formatDuration } from './span.ts';

/** What is refused here before a byte is sent. Control has a limit of its own, which it names. */
const contextBytesMax = 2 * 1024 ** 3;

/** Packs a directory and sends it while it is being packed. */
export async function uploadDirectory(
  cli: Cli,
  output: Output,
  client: Client,
  what: {
    app: string;
    place: CallInput<'uploadSource'>['query'];
    directory: string;
    also: readonly string[];
  },
): Promise<CallOutput<'uploadSource'>> {
  const { signal } = cli;
  const startedAt = cli.clock.now();
  const pack = () => packSource(what.directory, { limitBytes: contextBytesMax, also: what.also, signal });
  const packed = await pack();
  for (const path of packed.leftOut)
    output.warn(`${path} is left out: it is neither a file, directory nor link`);
  const live = new LiveLine(output.isJson ? { write: () => undefined } : cli.stderr);
  const style = output.noteStyle;
  const size = `${packed.files} ${packed.files === 1 ? 'file' : 'files'}, ${formatBytes(packed.bytes)}`;
  let sentBytes = 0;
  let paintedAt = 0;
  let attempts = 0;
  const counted = async function* () {
    sentBytes = 0;
    // The same content gives the same bytes, so that a repeat packs again instead of keeping them.
    const { stream } = attempts++ === 0 ? packed : await pack();
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      sentBytes += chunk.length;
      yield chunk;
      if (cli.clock.now() - paintedAt < 100) continue;
      paintedAt = cli.clock.now();
      const rate = (sentBytes / Math.max(1, paintedAt - startedAt)) * 1000;
      live.show(
        `${style.cyan('▸')} uploading  ${size}: ${formatBytes(sentBytes)} sent, ${formatBytes(rate)}/s`,
      );
    }
  };
  try {
    const source = await client.call('uploadSource', {
      params: { app: what.app },
      query: what.place ?? {},
      body: counted,
      isHarmlessTwice: true,
      retriesMax: 5,
      signal,
    });
    live.clear();
    const took = style.dim(formatDuration(cli.clock.now() - startedAt).padStart(8));
    output.note(`${style.green('✓')} uploaded   ${took}  ${size}, ${formatBytes(sentBytes)} compressed`);
    return source;
  } finally {
    live.clear();
    packed.stream.destroy();
  }
}
