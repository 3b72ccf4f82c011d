import type { Clock } from '@berth/runtime/clock';
import type { Secret } from '@berth/runtime/secret';
import { openEngine, prepareEngine } from './engine.ts';
import type { PlatformRequest } from './platform.ts';
import type { Report } from './progress.ts';
import { startPlatform, type UpResult } from './up.ts';

export interface BringUpOptions {
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly request: PlatformRequest;
  readonly version: string;
  readonly isNewTokenAsked: boolean;
  readonly saveToken: (made: { name: string; apiUrl: string }, token: Secret) => Promise<void>;
  readonly signal: AbortSignal;
  readonly report: Report;
}

/** `berth up`: from a bare machine to a platform that serves. */
export async function bringUp(o: BringUpOptions): Promise<UpResult> {
  const { engine, engineSocket } = openEngine(o.env);
  await prepareEngine({ engine, engineSocket, clock: o.clock, signal: o.signal, report: o.report });
  return startPlatform({ ...o, engine, engineSocket });
}
