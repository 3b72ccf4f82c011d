import { refuse } from '@berth/contract/errors';
import { CAP_SYS_RESOURCE, hasCapability } from './capability.ts';
import { type DaemonHost, mendDaemonConfig } from './daemon-config.ts';
import { applyFile, readOptional } from './files.ts';
import { findProcess, parseNofileHard } from './machine.ts';

export const daemonConfigPath = '/etc/docker/daemon.json';

/** What decides an engine's limits: those of this process. */
export async function observeDaemonHost(): Promise<DaemonHost> {
  const [status, limits] = await Promise.all([
    readOptional('/proc/self/status'),
    readOptional('/proc/self/limits'),
  ]);
  return {
    nofileHard: parseNofileHard(limits ?? '') ?? 1024,
    mayRaiseLimits: hasCapability(status ?? '', CAP_SYS_RESOURCE),
  };
}

export interface MendedProfile {
  /** `key: value`, for each setting that was added or changed. */
  readonly changes: readonly string[];
  readonly path: string;
  /** Where the file is kept as it was. */
  readonly backup: string | undefined;
}

/**
 * Writes what the engine's settings lack for production (R044). The engine takes them up when it is started
 * again, which is left to people: its tasks stop for that time.
 */
export async function mendEngineProfile(path: string = daemonConfigPath): Promise<MendedProfile> {
  const before = await readOptional(path);
  const { content, changes } = mendDaemonConfig({
    settings: parseSettings(before, path),
    commandLine: await readCommandLine(),
    host: await observeDaemonHost(),
  });
  if (changes.length === 0) return { changes, path, backup: undefined };
  const owner = { mode: 0o644, uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const backup = before === undefined ? undefined : `${path}.before-berth`;
  // The first one stays: it is the file as its owner wrote it.
  if (backup !== undefined && before !== undefined && (await readOptional(backup)) === undefined)
    await applyFile({ path: backup, content: before, ...owner });
  await applyFile({ path, content, ...owner });
  return { changes, path, backup };
}

function parseSettings(text: string | undefined, path: string): Record<string, unknown> {
  if (text === undefined || text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  throw refuse('invalid', `${path} is not a JSON object, and is left as it is: mend it by hand.`);
}

async function readCommandLine(): Promise<string[]> {
  const pid = await findProcess('dockerd');
  return ((await readOptional(`/proc/${pid}/cmdline`)) ?? '').split('\0').slice(1);
}
