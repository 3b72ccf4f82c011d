import { createClient } from '@berth/client/client';
import { refuse } from '@berth/contract/errors';
import type { Clock } from '@berth/runtime/clock';
import type { Secret } from '@berth/runtime/secret';
import type { Check } from './check.ts';
import { type DemoResult, runDemo } from './demo.ts';
import { observeEngine, openEngine, prepareEngine } from './engine.ts';
import { takeLock } from './lock.ts';
import { defaultPlatformName, type PlatformRequest } from './platform.ts';
import { checkHost } from './preflight.ts';
import { type Report, runStep } from './progress.ts';
import { readPlatform, readPlatformFromDisk, startPlatform, type UpResult } from './up.ts';

export interface BringUpOptions {
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly request: PlatformRequest;
  readonly version: string;
  readonly isNewTokenAsked: boolean;
  readonly saveToken: (made: { name: string; apiUrl: string }, token: Secret) => Promise<void>;
  /** Gives the admin token that is already known, for the demo. */
  readonly readToken: (platform: string) => Promise<string | undefined>;
  readonly isDemo: boolean;
  readonly signal: AbortSignal;
  readonly report: Report;
}

export interface BringUpResult extends UpResult {
  readonly demo: DemoResult | undefined;
}

/** `berth up`: from a bare machine to a platform that serves. */
export async function bringUp(o: BringUpOptions): Promise<BringUpResult> {
  const { engine, engineSocket } = openEngine(o.env);
  const { report, signal } = o;
  // Without root the machine is refused below, with the reason.
  const isRoot = process.getuid?.() === 0;
  await using _lock = isRoot ? await takeLock(o.request.name ?? defaultPlatformName) : undefined;
  await runStep(report, 'machine', async () => {
    const state = await observeEngine(engine, signal);
    const platform =
      state.kind === 'answers'
        ? await readPlatform(engine, o.request, signal)
        : await readPlatformFromDisk(o.request);
    const checks = await checkHost({ engine, platform, signal });
    // Advice about an engine that is not ours is for `doctor`.
    for (const { area, status, text } of checks)
      if (status === 'warning' && area === 'machine') report({ kind: 'warning', text });
    const problems = checks.filter(({ status }) => status === 'broken');
    if (problems.length > 0) throw refuseMachine(problems);
    return { value: undefined, isChanged: false, text: `${checks.length} checks passed` };
  });
  await prepareEngine({ engine, engineSocket, clock: o.clock, signal, report });
  const up = await startPlatform({ ...o, engine, engineSocket });
  return { ...up, demo: o.isDemo ? await demonstrate(o, up) : undefined };
}

async function demonstrate(o: BringUpOptions, up: UpResult): Promise<DemoResult> {
  const token = up.newToken?.reveal() ?? (await o.readToken(up.platform.name));
  if (token === undefined)
    throw refuse('unauthenticated', 'the demo needs an admin token, and none is known here: add --new-token');
  const client = createClient({ baseUrl: up.apiUrl, token, userAgent: `berth-up/${o.version}` });
  return runDemo({ client, platform: up.platform, clock: o.clock, signal: o.signal, report: o.report });
}

/** All problems at once: nobody wants to meet them one by one. */
function refuseMachine(problems: readonly Check[]): Error {
  const issues = problems.map(({ id, text, fix }) => ({
    at: id,
    message: fix === undefined ? text : `${text}. ${fix}`,
  }));
  const isOne = problems.length === 1;
  const message = isOne ? 'a problem keeps' : `${problems.length} problems keep`;
  return refuse('machine_unfit', `${message} Berth from this machine`, { issues });
}
