import type { Client, ItemOf } from '@berth/client/client';
import type { Command } from 'commander';
import { findApp } from '../app-name.ts';
import { type Cli, exitCode } from '../cli.ts';
import { connect } from '../connection.ts';
import { followDeployment } from '../follow-deployment.ts';
import { collect, type Invocation, onRun, parseCount, withApp, withExamples } from '../options.ts';
import { formatAge } from '../span.ts';
import type { Column } from '../table.ts';

interface ChangeOptions {
  readonly deploy: boolean;
  readonly detach?: boolean;
  readonly file?: readonly string[];
}

interface GenerateOptions extends ChangeOptions {
  readonly length: number;
  readonly show?: boolean;
  readonly replace?: boolean;
}

type Variable = ItemOf<'listEnv'>;

export function register(program: Command, cli: Cli): void {
  const env = program
    .command('env')
    .summary('variables of an app: ls, set, unset')
    .description(
      `Variables reach the tasks as environment. They are encrypted at rest and shown to nobody but the tasks,
unless an admin asks with --reveal. A change makes a new release and rolls it out.`,
    );

  const list = env
    .command('ls', { isDefault: true })
    .summary('the variables by name')
    .description('Names, fingerprints and ages. Equal fingerprints mean equal values.')
    .option('--reveal', 'the values too; needs an admin token and is audited');
  withExamples(withApp(list), [
    ['berth env', 'names and fingerprints'],
    ['berth env ls --reveal', 'with values'],
  ]);
  onRun<{ reveal?: boolean }>(cli, list, listVariables);

  const set = changing(env.command('set'))
    .summary('set variables')
    .description(
      `Sets variables. A secret need not stand on the command line: NAME=- reads the value from standard input,
and NAME alone asks for it on a terminal.`,
    )
    .argument('[name=value...]', 'NAME=VALUE, NAME=- or NAME')
    .option('--file <path>', 'a file of NAME=VALUE lines (.env); may repeat', collect);
  withExamples(withApp(set), [
    ['berth env set LOG_LEVEL=debug', 'set one and roll it out'],
    ['berth env set A=1 B=2 --no-deploy', 'keep them for the next deployment'],
    ['berth env set --file .env.production', 'all of a file'],
    ['pass show shop/db | berth env set DATABASE_URL=-', 'a secret from standard input'],
    ['berth env set API_KEY', 'a secret typed at a hidden prompt'],
  ]);
  onRun<ChangeOptions>(cli, set, async (invocation) => {
    const { readAssignments } = await import('../env-input.ts');
    const given = await readAssignments(cli, invocation.args, invocation.options.file ?? []);
    return change(invocation, { set: given });
  });

  const generate = changing(env.command('generate'))
    .summary('make up a random value')
    .description(
      'Control makes up a password of letters and digits and keeps it; nobody sees it unless asked.',
    )
    .argument('<name>', 'name of the variable')
    .option('--length <n>', 'how many characters', parseCount(256, 16), 32)
    .option('--replace', 'also where there is one already')
    .option('--show', 'print it, once');
  withExamples(withApp(generate), [['berth env generate POSTGRES_PASSWORD', 'kept, not shown']]);
  onRun<GenerateOptions>(cli, generate, generateVariable);

  const unset = changing(env.command('unset'))
    .alias('rm')
    .summary('remove variables')
    .description('Removes variables by name.')
    .argument('<name...>', 'names');
  withExamples(withApp(unset), [['berth env unset LOG_LEVEL', 'remove one and roll that out']]);
  onRun<ChangeOptions>(cli, unset, (invocation) => change(invocation, { unset: [...invocation.args] }));
}

async function generateVariable({
  cli,
  options,
  output,
  args,
}: Invocation<GenerateOptions>): Promise<number> {
  const { name: app } = await findApp(cli, options);
  const client = await connect(cli, options);
  const [name = ''] = args;
  const made = await client.call('generateEnv', {
    params: { app, name },
    body: {
      length: options.length,
      show: options.show === true,
      replace: options.replace === true,
      deploy: options.deploy,
    },
    idempotencyKey: crypto.randomUUID(),
    signal: cli.signal,
  });
  if (made.value !== undefined) output.line(made.value);
  return followChange({ cli, options, output, args }, client, made, {
    app,
    words: `${name} has ${options.length} random characters`,
  });
}

function changing(command: Command): Command {
  return command
    .option('--no-deploy', 'keep the change for the next deployment')
    .option('--detach', 'start the deployment and return at once');
}

async function change(
  { cli, options, output }: Invocation<ChangeOptions>,
  patch: { set?: Record<string, string>; unset?: string[] },
): Promise<number> {
  const { name } = await findApp(cli, options);
  const client: Client = await connect(cli, options);
  const accepted = await client.call('patchEnv', {
    params: { app: name },
    body: { ...patch, deploy: options.deploy },
    idempotencyKey: crypto.randomUUID(),
    signal: cli.signal,
  });
  const names = [...Object.keys(patch.set ?? {}), ...(patch.unset ?? [])];
  const words = `${names.join(', ')} ${patch.set === undefined ? 'removed' : 'set'}`;
  return followChange({ cli, options, output, args: [] }, client, accepted, { app: name, words });
}

/** Follows the deployment a change started, unless told not to. */
async function followChange(
  { cli, options, output }: Invocation<ChangeOptions>,
  client: Client,
  accepted: { deployment?: string | undefined },
  { app, words }: { app: string; words: string },
): Promise<number> {
  if (accepted.deployment === undefined || options.detach === true) {
    output.json(accepted);
    const when = accepted.deployment === undefined ? '; the next deployment brings it to the tasks' : '';
    output.note(`${output.noteStyle.green('✓')} ${words}${when}`);
    return exitCode.ok;
  }
  output.note(`${output.noteStyle.green('✓')} ${words}`);
  return followDeployment(cli, output, client, { id: accepted.deployment, app });
}

async function listVariables({ cli, options, output }: Invocation<{ reveal?: boolean }>): Promise<void> {
  const { name } = await findApp(cli, options);
  const client = await connect(cli, options);
  const variables = await client.list('listEnv', {
    params: { app: name },
    query: { reveal: options.reveal === true },
    signal: cli.signal,
  });
  output.json(variables);
  if (variables.length === 0) output.note(`${name} has no variables; \`berth env set NAME=value\` sets one.`);
  else output.table(columnsFor(options.reveal === true, cli.clock.now()), variables);
}

function columnsFor(isRevealed: boolean, now: number): readonly Column<Variable>[] {
  return [
    { title: 'NAME', value: (item) => item.name },
    isRevealed
      ? { title: 'VALUE', value: (item: Variable) => item.value ?? '', flexible: true }
      : { title: 'FINGERPRINT', value: (item: Variable) => item.fingerprint.slice(0, 12) },
    { title: 'AGO', value: (item) => formatAge(item.updatedAt, now), align: 'right' },
  ];
}
