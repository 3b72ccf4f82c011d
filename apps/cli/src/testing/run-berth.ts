import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, type Writable } from 'node:stream';
import type { TestContext } from 'node:test';
import { systemClock } from '@berth/runtime/clock';
import { type Cli, Interrupted } from '../cli.ts';
import { runCli } from '../run-cli.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Setting {
  readonly url?: string;
  readonly token?: string;
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  /** Text on standard input, which then ends. */
  readonly stdin?: string;
  /** Ctrl-C as soon as standard error or output holds this. */
  readonly interruptAt?: string;
  readonly isTerminal?: boolean;
  /** Reads standard output at its own pace. */
  readonly reader?: Writable;
  /** Ctrl-C, when the test says so. */
  readonly interruption?: AbortController;
}

/** One invocation of the command line inside this process, with its own world. */
export async function runBerth(t: TestContext, args: readonly string[], setting: Setting = {}): Promise<Ran> {
  const home = await temporaryDirectory(t);
  const interruption = setting.interruption ?? new AbortController();
  let stdout = '';
  let stderr = '';
  const look = () => {
    if (setting.interruptAt !== undefined && (stdout + stderr).includes(setting.interruptAt))
      interruption.abort(new Interrupted());
  };
  const size = setting.isTerminal === true ? { isTTY: true, columns: 100, rows: 30 } : {};
  const stdin = new PassThrough();
  stdin.end(setting.stdin ?? '');
  const cli: Cli = {
    stdin,
    stdout: setting.reader ?? {
      write: (text) => {
        stdout += text;
        look();
        return true;
      },
      ...size,
    },
    stderr: {
      write: (text) => {
        stderr += text;
        look();
        return true;
      },
      ...size,
    },
    env: {
      HOME: home,
      ...(setting.url === undefined ? {} : { BERTH_URL: setting.url }),
      ...(setting.token === undefined ? {} : { BERTH_TOKEN: setting.token }),
      ...setting.env,
    },
    cwd: setting.cwd ?? home,
    clock: systemClock,
    signal: interruption.signal,
    exitCode: 0,
  };
  const code = await runCli(args, cli);
  return { code, stdout, stderr };
}

export async function temporaryDirectory(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'berth-cli-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** Every line of `text` as JSON. */
export function readJsonLines(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
