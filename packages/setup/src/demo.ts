import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@berth/client/client';
import { refuse } from '@berth/contract/errors';
import { type Load, type LoadReport, startLoad } from '@berth/load/load';
import type { Clock } from '@berth/runtime/clock';
import { until } from '@berth/runtime/retry';
import { packSource } from '@berth/source/pack';
import { repositoryDir } from './images.ts';
import type { Platform } from './platform.ts';
import { type Move, type Report, runStep } from './progress.ts';

export interface DemoOptions {
  readonly client: Client;
  readonly platform: Platform;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly report: Report;
}

export interface DemoResult {
  readonly app: string;
  readonly urls: readonly string[];
  /** For a look from this machine, whatever DNS says. */
  readonly curl: string;
  readonly load: LoadReport;
  readonly releases: { readonly first: number; readonly second: number; readonly live: number };
}

const app = 'hello';
/** 10,000 requests a minute and a little. */
const RATE_PER_MINUTE = 12_000;
const PHASE_REQUESTS = 400;
const CONTEXT_MAX = 50 * 1024 * 1024;
const DEPLOY_MAX_MS = 5 * 60_000;

/**
 * Deploys the example from its source, releases a second version of it while requests come in, returns to the
 * first, and counts what failed meanwhile.
 */
export async function runDemo(o: DemoOptions): Promise<DemoResult> {
  const source = join(repositoryDir, 'examples', app);
  const work = await mkdtemp(join(tmpdir(), 'berth-demo-'));
  try {
    const first = await runStep(o.report, 'deploy', async (move) => {
      const ended = await deployDirectory(o, source, 'the example as it is', move);
      return { value: ended, isChanged: true, text: `${app} release ${ended.release} serves` };
    });
    // A second version is a changed file, as it would be for anyone.
    await cp(source, work, { recursive: true });
    const version = (await readFile(join(work, 'VERSION'), 'utf8')).trim();
    await writeFile(join(work, 'VERSION'), `${Number(version) + 1}\n`);

    const host = `${app}.${o.platform.domain}`;
    const load = startLoad({
      url: `http://127.0.0.1:${o.platform.httpPort}/`,
      host,
      ratePerMinute: RATE_PER_MINUTE,
      mode: 'mixed',
      phase: 'before',
      durationMaxMs: 2 * DEPLOY_MAX_MS,
      inspect: ({ body }) => (body.includes(`"app":"${app}"`) ? undefined : 'not the answer of the app'),
    });
    try {
      const second = await runStep(o.report, 'release', async (move) => {
        await soak(load, o);
        load.mark('deploy');
        const ended = await deployDirectory(o, work, 'a second version, under load', move);
        load.mark('after deploy');
        await soak(load, o);
        return {
          value: ended,
          isChanged: true,
          text: describe(`release ${ended.release} serves after ${seconds(load, 'deploy')}`, load.report()),
        };
      });
      const back = await runStep(o.report, 'rollback', async (move) => {
        load.mark('rollback');
        const deployment = await o.client.call('rollback', {
          params: { app },
          body: { release: first.release },
          idempotencyKey: crypto.randomUUID(),
          signal: o.signal,
        });
        const ended = await follow(o, deployment.id, move);
        load.mark('after rollback');
        await soak(load, o);
        return {
          value: ended,
          isChanged: true,
          text: describe(
            `release ${ended.release} serves again after ${seconds(load, 'rollback')}`,
            load.report(),
          ),
        };
      });
      return {
        app,
        urls: back.urls,
        curl: `curl -H 'Host: ${host}' http://127.0.0.1:${o.platform.httpPort}/`,
        load: await load.stop(),
        releases: { first: first.release, second: second.release, live: back.release },
      };
    } finally {
      await load.stop();
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

interface Ended {
  readonly release: number;
  readonly urls: readonly string[];
}

async function deployDirectory(
  o: DemoOptions,
  directory: string,
  message: string,
  move: Move,
): Promise<Ended> {
  const { client, signal } = o;
  await client.call('createApp', { body: { name: app }, signal });
  move('sending the source');
  const packed = await packSource(directory, { limitBytes: CONTEXT_MAX, signal });
  const body = packed.stream as AsyncIterable<Uint8Array>;
  const source = await client.call('uploadSource', { params: { app }, body, signal });
  const deployment = await client.call('createDeployment', {
    params: { app },
    body: { from: { kind: 'source', id: source.id }, message },
    idempotencyKey: crypto.randomUUID(),
    signal,
  });
  return follow(o, deployment.id, move);
}

async function follow(o: DemoOptions, id: string, move: Move): Promise<Ended> {
  const signal = AbortSignal.any([o.signal, AbortSignal.timeout(DEPLOY_MAX_MS)]);
  const events = o.client.stream('watchDeployment', {
    params: { id },
    signal,
    isEnd: (event) => event.kind === 'end',
  });
  for await (const event of events) {
    if (event.kind === 'state') move(event.meaning);
    else if (event.kind === 'build' || event.kind === 'progress') move(event.text.trim());
    else if (event.kind === 'warning') o.report({ kind: 'warning', text: event.text });
    if (event.kind !== 'end') continue;
    if (event.state === 'succeeded' && event.release !== undefined)
      return { release: event.release, urls: event.urls };
    throw refuse(
      'release_unhealthy',
      `the example's deployment ${id} ended as ${event.state}: ${event.failure?.message ?? 'no reason given'}`,
      { evidence: event.failure?.evidence ?? [] },
    );
  }
  throw refuse('internal', `the events of deployment ${id} ended before it did`);
}

/** Some requests in a phase in which nothing happens, to compare with. */
async function soak(load: Load, o: DemoOptions): Promise<void> {
  const count = (): number => load.report().phases.at(-1)!.requests;
  const enough = count() + PHASE_REQUESTS;
  await until(() => (count() >= enough ? true : undefined), {
    clock: o.clock,
    everyMs: 50,
    signal: AbortSignal.any([o.signal, AbortSignal.timeout(60_000)]),
  });
}

function seconds(load: Load, phase: string): string {
  const found = load.report().phases.find((each) => each.name === phase);
  return `${((found?.durationMs ?? 0) / 1000).toFixed(1)} s`;
}

function describe(what: string, report: LoadReport): string {
  return `${what}; ${report.requests} requests so far, ${report.failed} failed`;
}
