import { CommanderError } from 'commander';
import { type Cli, exitCode, Interrupted, UsageError } from './cli.ts';
import { ConfigFileError } from './config-file.ts';
import { buildProgram, findWrongSubcommand, readCommandName } from './program.ts';
import { styleFor } from './style.ts';

/** One invocation: parses, runs, says what went wrong. Gives the exit code; never throws. */
export async function runCli(argv: readonly string[], cli: Cli): Promise<number> {
  const { name, args } = readCommandName(argv);
  try {
    const program = await buildProgram(cli, isVersionAsked(argv) ? '' : name);
    if (args.length === 0) {
      program.outputHelp();
      return exitCode.ok;
    }
    const wrong = findWrongSubcommand(program, args);
    if (wrong !== undefined) {
      const { findNearest } = await import('./nearest.ts');
      const nearest = findNearest(wrong.word, wrong.known);
      throw new UsageError(
        `unknown command '${wrong.path} ${wrong.word}'`,
        nearest === undefined ? `There are: ${wrong.known.join(', ')}.` : `Did you mean ${nearest}?`,
      );
    }
    await program.parseAsync(args, { from: 'user' });
    return cli.exitCode;
  } catch (error) {
    return await reportError(error, cli, isJsonAsked(args));
  }
}

/** Before any command: none is needed for it. */
const isVersionAsked = ([first]: readonly string[]): boolean => first === '--version' || first === '-V';

/** Only arguments of berth itself: those of `exec -- COMMAND` are not ours. */
function isJsonAsked(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).includes('--json');
}

async function reportError(error: unknown, cli: Cli, isJson: boolean): Promise<number> {
  // Help and version have been written.
  if (error instanceof CommanderError && error.exitCode === 0) return exitCode.ok;
  if (error instanceof Interrupted || (cli.signal.aborted && isBrokenOff(error, cli.signal.reason)))
    return exitCode.interrupted;
  const { toFault, renderFault } = await import('./fault.ts');
  const plain = inOurWords(error);
  const fault = toFault(plain, { hints: await moreHints(error, cli) });
  if (isJson) cli.stderr.write(`${JSON.stringify({ error: fault })}\n`);
  else for (const line of renderFault(fault, styleFor(cli.stderr, cli.env))) cli.stderr.write(`${line}\n`);
  const isUsage = error instanceof UsageError || error instanceof CommanderError;
  return isUsage ? exitCode.usage : exitCode.failed;
}

function inOurWords(error: unknown): unknown {
  if (error instanceof ConfigFileError) return new UsageError(error.message);
  if (!(error instanceof CommanderError)) return error;
  // `error: unknown option '--folow'`, and on the next line `(Did you mean --follow?)`.
  const [first = '', second] = error.message.replace(/^error: /, '').split('\n');
  return new UsageError(first, second?.replace(/^\((.*)\)$/, '$1'));
}

/** A request that was under way at Ctrl-C gives an AbortError of its own, with the reason inside. */
function isBrokenOff(error: unknown, reason: unknown): boolean {
  if (error === reason) return true;
  return error instanceof Error && (error.name === 'AbortError' || isBrokenOff(error.cause, reason));
}

/** What only this side knows: where the name of the app came from, and what it may have been meant to be. */
async function moreHints(error: unknown, cli: Cli): Promise<string[]> {
  const { AppError } = await import('@berth/contract/errors');
  if (!(error instanceof AppError) || error.code !== 'app_not_found' || cli.meant === undefined) return [];
  const { app, origin } = cli.meant;
  const hints: string[] = [];
  const nearest = await findSimilarApp(app, cli);
  if (nearest !== undefined) hints.push(`Did you mean "${nearest}"?`);
  if (origin !== '--app') hints.push(`The name "${app}" is from ${origin}; name another with -a APP.`);
  return hints;
}

async function findSimilarApp(app: string, cli: Cli): Promise<string | undefined> {
  const [{ connect }, { findNearest }] = await Promise.all([
    import('./connection.ts'),
    import('./nearest.ts'),
  ]);
  try {
    const client = await connect(cli, {});
    const signal = AbortSignal.any([cli.signal, AbortSignal.timeout(2_000)]);
    const apps = await client.list('listApps', { signal, retriesMax: 0 });
    return findNearest(
      app,
      apps.map((item) => item.name),
    );
  } catch {
    // A suggestion is an extra: whatever stops it, the error itself is already being told.
    return undefined;
  }
}
