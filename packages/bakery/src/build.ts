import type { Engine } from '@berth/engine/engine';
import { ndjson } from '@berth/engine/streams';
import { type ContextEntry, packEntries } from './context.ts';

export interface BuildOptions {
  readonly engine: Engine;
  readonly dockerfile: string;
  readonly entries: readonly ContextEntry[];
  readonly tag: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

interface BuildLine {
  readonly stream?: string;
  readonly error?: string;
}

/**
 * Builds with the engine's classic builder, which every engine has and which keeps the time stamps of what
 * it is given. On the host's network: mirrors and proxies of the machine work as they are.
 */
export async function buildFromDockerfile(o: BuildOptions): Promise<void> {
  const context = packEntries([{ path: 'Dockerfile', text: o.dockerfile }, ...o.entries], {
    directories: false,
  });
  const body = await o.engine.buildImage(
    context,
    {
      t: o.tag,
      version: '1',
      networkmode: 'host',
      rm: true,
      forcerm: true,
      nocache: true,
      labels: JSON.stringify(o.labels),
      buildargs: JSON.stringify(o.buildArgs),
    },
    { signal: o.signal },
  );
  const last: string[] = [];
  for await (const line of ndjson<BuildLine>(body)) {
    for (const text of (line.stream ?? '').split('\n').map((each) => each.trim()))
      if (text !== '') {
        last.push(text);
        if (last.length > 12) last.shift();
        o.onLine(text);
      }
    if (line.error !== undefined)
      throw new Error(`building ${o.tag} failed: ${line.error}\n${last.join('\n')}`);
  }
}
