import { spawn } from 'node:child_process';
import { basename } from 'node:path';

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Always there: nothing runs without a way to end it. */
  readonly signal: AbortSignal;
  /** Each line of both outputs as it comes. */
  readonly onLine?: (line: string) => void;
}

/** The program ran to its end. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program ended with another code than 0, or by a signal. Says which, and its last words; never its arguments. */
export class CommandError extends Error {
  readonly result: CommandResult;
  constructor(file: string, result: CommandResult) {
    const words = `${result.stderr}\n${result.stdout}`.trim().split('\n').slice(-8).join('\n');
    super(`${basename(file)} ended with code ${result.code}: ${words}`);
    this.name = 'CommandError';
    this.result = result;
  }
}

const OUTPUT_MAX = 4_000_000;

/** Runs a program with an argument list, never through a shell. Rejects with CommandError unless it ends with 0. */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const result = await tryCommand(file, args, options);
  if (result.code !== 0) throw new CommandError(file, result);
  return result;
}

/** As `runCommand`, with the code as part of the answer. Rejects when the program cannot be started (`ENOENT`). */
export function tryCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: options.signal,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.env === undefined ? {} : { env: options.env }),
    });
    const collect = (stream: NodeJS.ReadableStream): (() => string) => {
      let text = '';
      let line = '';
      stream.setEncoding('utf8');
      stream.on('data', (chunk: string) => {
        if (text.length < OUTPUT_MAX) text += chunk;
        if (options.onLine === undefined) return;
        const lines = (line + chunk).split(/[\r\n]+/);
        line = lines.pop() ?? '';
        for (const each of lines) if (each.trim() !== '') options.onLine(each);
      });
      return () => text;
    };
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    child.on('error', (cause) => reject(options.signal.aborted ? options.signal.reason : cause));
    child.on('close', (code) => resolve({ code: code ?? 128, stdout: stdout(), stderr: stderr() }));
  });
}
