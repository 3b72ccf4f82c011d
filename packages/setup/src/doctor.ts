import { roles } from '@berth/domain/label';
import { type Engine, isAbsent } from '@berth/engine/engine';
import { readCertificate } from '@berth/pki/certificate';
import type { Check } from './check.ts';
import { usualPlaces } from './daemon-start.ts';
import { type EngineState, observeEngine, openEngine } from './engine.ts';
import { readOptional } from './files.ts';
import { isThere } from './is-there.ts';
import { type Layout, layoutOf, type Platform, type PlatformRequest } from './platform.ts';
import { checkHost } from './preflight.ts';
import { askReady, sayLogLine, tailLogs } from './ready.ts';
import { readPlatform, readPlatformFromDisk } from './up.ts';

export interface HereReport {
  readonly platform: string;
  readonly apiUrl: string;
  /** False when `up` was never run for it. */
  readonly isInstalled: boolean;
  readonly checks: readonly Check[];
}

/** What can be seen from this machine without control: machine, engine, the platform's containers and certificates. */
export async function checkHere(o: {
  env: Readonly<Record<string, string | undefined>>;
  request: PlatformRequest;
  signal: AbortSignal;
}): Promise<HereReport> {
  const { engine } = openEngine(o.env);
  const state = await observeEngine(engine, o.signal);
  const hasEngine = state.kind === 'answers';
  const platform = hasEngine
    ? await readPlatform(engine, o.request, o.signal)
    : await readPlatformFromDisk(o.request);
  const isRoot = process.getuid?.() === 0;
  // That `up` needs root is no fault of a machine that somebody else looks at.
  const checks = (await checkHost({ engine, platform, signal: o.signal })).filter(
    ({ id }) => isRoot || id !== 'machine.root',
  );
  if (hasEngine)
    checks.push(...(await checkStartedByUs()), ...(await checkContainers(engine, platform, o.signal)));
  else checks.push(describeSilence(state));
  const isInstalled = await isThere(layoutOf(platform).settings);
  if (isInstalled && isRoot) checks.push(...(await checkCertificates(platform, Date.now())));
  return { platform: platform.name, apiUrl: layoutOf(platform).apiUrl, isInstalled, checks };
}

function describeSilence(state: Exclude<EngineState, { kind: 'answers' }>): Check {
  const broken = (text: string, fix: string): Check => ({
    id: 'engine.answers',
    area: 'engine',
    status: 'broken',
    text,
    fix,
  });
  switch (state.kind) {
    case 'forbidden':
      return broken(
        'this user may not use the container engine',
        'Run it as root, or with the group docker.',
      );
    case 'refuses':
      return broken(`the container engine refuses: ${state.because}`, 'See its own words.');
    case 'silent':
      return broken('no container engine answers', 'Run `berth up`: it installs and starts one.');
  }
}

/** A dockerd without systemd does not come back at the next boot by itself. */
async function checkStartedByUs(): Promise<Check[]> {
  const record = await readOptional(usualPlaces.record);
  if (record === undefined) return [];
  return [
    {
      id: 'engine.boot',
      area: 'engine',
      status: 'warning',
      text: 'berth up started dockerd, because no systemd runs here; nothing will at the next boot',
      fix: 'Run `berth up` at boot, or dockerd by whatever starts services here.',
    },
  ];
}

const RESTARTS_MAX = 3;

async function checkContainers(engine: Engine, platform: Platform, signal: AbortSignal): Promise<Check[]> {
  const layout = layoutOf(platform);
  if (!(await isThere(layout.settings)))
    return [
      {
        id: 'platform.installed',
        area: 'platform',
        status: 'broken',
        text: `there is no platform ${platform.name} in ${platform.dataDir}`,
        fix: 'Run `berth up` to make it, or name another with --platform and --data-dir.',
      },
    ];
  const checks: Check[] = [];
  for (const role of roles) {
    const name = layout.containers[role];
    const area = role === 'edge' || role === 'registry' ? role : 'platform';
    const id = `${area}.container.${role}`;
    try {
      const { State, RestartCount } = await engine.inspectContainer(name, { signal });
      // One that ends at each start counts as running to the engine.
      const isEnding = State.Status === 'restarting';
      if (!State.Running || isEnding) {
        const code = `code ${State.ExitCode}${State.OOMKilled ? ', out of memory' : ''}`;
        const state = isEnding ? `ends at each start (${code})` : `is ${State.Status} (${code})`;
        checks.push({
          id,
          area,
          status: 'broken',
          text: `${name} ${state}${await lastWords(engine, name, signal)}`,
          fix: `Look at \`docker logs ${name}\`, then run \`berth up\`.`,
        });
      } else if (RestartCount > RESTARTS_MAX)
        checks.push({
          id,
          area,
          status: 'warning',
          text: `${name} runs, after ${RestartCount} restarts`,
          fix: `Look at \`docker logs ${name}\`.`,
        });
      else checks.push({ id, area, status: 'ok', text: `${name} runs` });
    } catch (cause) {
      if (!isAbsent(cause)) throw cause;
      checks.push({
        id,
        area,
        status: 'broken',
        text: `there is no container ${name}`,
        fix: 'Run `berth up`.',
      });
    }
  }
  checks.push(await checkReady(engine, layout, signal));
  return checks;
}

async function checkReady(engine: Engine, layout: Layout, signal: AbortSignal): Promise<Check> {
  const { control, agent } = layout.containers;
  const readiness = await askReady(layout.apiUrl, signal);
  const common = { id: 'platform.ready', area: 'platform' } as const;
  if (readiness?.ok === true) return { ...common, status: 'ok', text: `control answers at ${layout.apiUrl}` };
  const text =
    readiness === undefined
      ? `control does not answer at ${layout.apiUrl}${await lastWords(engine, control, signal)}`
      : `control waits for ${readiness.waitingFor.join(', ')}`;
  const fix = `Look at \`docker logs ${control}\` and \`docker logs ${agent}\`.`;
  return { ...common, status: 'broken', text, fix };
}

const COMPLAINTS_SECONDS = 120;

/** The last error it wrote lately: most often that is why. */
async function lastWords(engine: Engine, container: string, signal: AbortSignal): Promise<string> {
  const since = Math.floor(Date.now() / 1000) - COMPLAINTS_SECONDS;
  const lines = await tailLogs(engine, container, signal, since);
  const complaint = lines.findLast((line) => /^\{"level":[56]0,/.test(line));
  return complaint === undefined ? '' : `; it said last: ${sayLogLine(complaint)}`;
}

const DAY_MS = 86_400_000;
const RENEW_DAYS = 60;
const LATE_DAYS = 7;

async function checkCertificates(platform: Platform, nowMs: number): Promise<Check[]> {
  const { control, agent } = layoutOf(platform);
  const wanted = [
    ['Berth’s authority', control.caCertificate],
    ['control', control.certificate],
    ['the agent', agent.certificate],
  ] as const;
  const checks: Check[] = [];
  for (const [what, path] of wanted) {
    const pem = await readOptional(path);
    const id = `certificates.${path.split('/').at(-1)}`;
    if (pem === undefined) {
      checks.push({
        id,
        area: 'certificates',
        status: 'broken',
        text: `${path} is not there`,
        fix: 'Run `berth up`.',
      });
      continue;
    }
    const { notAfter } = readCertificate(pem);
    const days = Math.floor((notAfter.getTime() - nowMs) / DAY_MS);
    checks.push({
      id,
      area: 'certificates',
      status: days < LATE_DAYS ? 'broken' : days < RENEW_DAYS ? 'warning' : 'ok',
      text: `the certificate of ${what} ends ${days < 0 ? `${-days} days ago` : `in ${days} days`}`,
      ...(days < RENEW_DAYS ? { fix: '`berth up` renews it.' } : {}),
    });
  }
  return checks;
}
