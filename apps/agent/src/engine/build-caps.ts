import type { Engine } from '@berth/engine/engine';
import type { Logger } from 'pino';

/** Caps of BuildKit's containers; see docs/builds-cgroups.md. */
export function createBuildCaps(_options: {
  limits: { readonly memoryBytesMax: number; readonly cpusMax: number };
  engine: Engine;
  log: Logger;
}): { ensure(): Promise<void> } {
  return { ensure: async () => undefined };
}
