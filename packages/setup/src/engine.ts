import { createEngine, type Engine } from '@berth/engine/engine';
import { socketTransport } from '@berth/engine/transport';
import type { Clock } from '@berth/runtime/clock';
import { type Report, runStep } from './progress.ts';

/** The engine's socket on this machine: the usual one, unless DOCKER_HOST names another socket. */
export function findEngineSocket(env: Readonly<Record<string, string | undefined>>): string {
  return /^unix:\/\/(\/.+)$/.exec(env.DOCKER_HOST ?? '')?.[1] ?? '/var/run/docker.sock';
}

export function openEngine(env: Readonly<Record<string, string | undefined>>): {
  engine: Engine;
  engineSocket: string;
} {
  const engineSocket = findEngineSocket(env);
  return { engine: createEngine(socketTransport(engineSocket)), engineSocket };
}

export interface PrepareEngineOptions {
  readonly engine: Engine;
  readonly engineSocket: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly report: Report;
}

/** An engine that answers. */
export async function prepareEngine(o: PrepareEngineOptions): Promise<void> {
  await runStep(o.report, 'engine', async () => {
    const { Version } = await o.engine.version({ signal: o.signal });
    return { value: undefined, isChanged: false, text: `Docker Engine ${Version} answers` };
  });
}
