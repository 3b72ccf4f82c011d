import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { onRun, withExamples } from '../options.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('completion')
    .summary('completion for bash, zsh or fish')
    .description(
      'Prints a script that completes commands, options and names of apps. Made from the commands themselves.',
    )
    .addArgument(program.createArgument('<shell>', 'your shell').choices(shells));
  withExamples(command, [
    ['source <(berth completion bash)', 'in ~/.bashrc'],
    ['berth completion zsh > "$fpath[1]/_berth"', 'once'],
    ['berth completion fish > ~/.config/fish/completions/berth.fish', 'once'],
  ]);
  onRun(cli, command, async ({ args, output }) => {
    const [{ buildProgram }, { renderCompletion }] = await Promise.all([
      import('../program.ts'),
      import('../completion.ts'),
    ]);
    output.line(renderCompletion(args[0] as Shell, await buildProgram(cli)).trimEnd());
  });
}
