import { Command } from 'commander';
import type { Cli } from './cli.ts';
import { type CommandModule, commandGroups, commandNames } from './command-table.ts';
import { styleFor } from './style.ts';
import { version } from './version.ts';

/**
 * The command tree: of one command when `only` names one (of none when it is empty), else whole (help, completion, the reference, and
 * suggestions on a typo need it whole).
 */
export async function buildProgram(cli: Cli, only?: string): Promise<Command> {
  const program = new Command('berth')
    .description('From source to production on your own machines.')
    .version(version, '-V, --version', 'print the version of this command line')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help of a command')
    .usage('<command> [options]')
    .option('-a, --app <name>', 'the app; by default the one of this directory')
    .option('-e, --environment <name>', 'the app of that environment: NAME-ENVIRONMENT')
    .option('--context <name>', 'which control: a context of `berth context ls`')
    .option('--json', 'print JSON and nothing else on standard output')
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => cli.stdout.write(text),
      writeErr: (text) => cli.stderr.write(text),
      getOutHelpWidth: () => cli.stdout.columns ?? 100,
      getErrHelpWidth: () => cli.stderr.columns ?? 100,
      getOutHasColors: () => styleFor(cli.stdout, cli.env).isColorSupported,
      getErrHasColors: () => styleFor(cli.stderr, cli.env).isColorSupported,
      // Said by `runCli`, as every other error is.
      outputError: () => undefined,
    })
    .configureHelp({
      sortOptions: false,
      showGlobalOptions: false,
      commandDescription: (command) => command.description().replace(/\n/g, ' '),
    })
    .addHelpText('after', firstSteps);

  for (const [heading, group] of Object.entries(commandGroups)) {
    program.commandsGroup(heading);
    for (const [name, load] of Object.entries(group) as [string, () => Promise<CommandModule>][]) {
      if (only !== undefined && name !== only) continue;
      (await load()).register(program, cli);
    }
  }
  return program;
}

const firstSteps = `
First steps:
  $ berth up                     make this machine a platform
  $ cd my-app && berth deploy    build what is here and put it in production
  $ berth logs -f                see what it says
  $ berth rollback               return to the release before

The app is taken from the directory: .berth/app, the name in compose.yaml or package.json, or its own name.`;

/**
 * Arguments with `env:set` written as `env set`, and the command that they name, if they name one. Options of
 * the root that come before it may take a value.
 */
export function readCommandName(args: readonly string[]): { name: string | undefined; args: string[] } {
  const at = findWord(args, 0);
  const word = args[at];
  if (word === undefined) return { name: undefined, args: [...args] };
  const [head = '', ...tail] = word.split(':');
  const parts = tail.length > 0 && commandNames.includes(head) ? [head, ...tail] : [word];
  const name = commandNames.includes(parts[0] as string) ? parts[0] : undefined;
  return { name, args: [...args.slice(0, at), ...parts, ...args.slice(at + 1)] };
}

/** Options of the root that take a value. */
const valued: ReadonlySet<string> = new Set(['-a', '--app', '-e', '--environment', '--context']);

/** Index of the first argument from `at` on that is no option and no value of one that any command takes. */
function findWord(args: readonly string[], at: number): number {
  while (at < args.length) {
    const arg = args[at] as string;
    if (arg === '--' || !arg.startsWith('-')) break;
    at += valued.has(arg) ? 2 : 1;
  }
  return at;
}

/**
 * A typo in `berth env sett`: commander would hand the word to the default command. Gives what was meant to
 * stand there, undefined when nothing is wrong.
 */
export function findWrongSubcommand(
  program: Command,
  args: readonly string[],
): { word: string; path: string; known: readonly string[] } | undefined {
  const first = findWord(args, 0);
  const group = program.commands.find((command) => command.name() === args[first]);
  if (group === undefined || group.commands.length === 0) return undefined;
  const word = args[findWord(args, first + 1)];
  const known = group.commands.flatMap((command) => [command.name(), ...command.aliases()]);
  if (word === undefined || word === '--' || word === 'help' || known.includes(word)) return undefined;
  return { word, path: group.name(), known };
}
