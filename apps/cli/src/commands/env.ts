import type { ItemOf } from '@berth/client/client';
import type { Command } from 'commander';
import { type Cli, UsageError } from '../cli.ts';
import { connect } from '../connection.ts';
import { type ChangeOptions, change, changing } from '../env/change.ts';
import { registerComparing } from '../env/compare.ts';
import { collect, type Invocation, onRun, parseCount, withApp, withExamples } from '../options.ts';
import { findScope, type ScopeOptions, withScope } from '../scope.ts';
import { formatAge } from '../span.ts';
import type { Column } from '../table.ts';

type Variable = ItemOf<'listVariables'>;
type Version = ItemOf<'listVariableVersions'>;
interface RevealOptions extends ScopeOptions {
  readonly context?: string;
  readonly reveal?: boolean;
}

interface GenerateOptions extends ChangeOptions {
  readonly length: number;
  readonly show?: boolean;
  readonly replace?: boolean;
}

export function register(program: Command, cli: Cli): void {
  const env = program
    .command('env')
    .summary('variables: ls, set, unset, explain, diff, history, rollback, import, export')
    .description(
      `Variables reach the tasks as environment. They are encrypted at rest and shown to nobody but the tasks,
unless an admin asks with --reveal. They are said for an app, for one of its services (--service), for all apps
of a project (--project) or for its apps of one environment (--project with -e); what is said nearer to the
service wins. A change makes a new release of every app concerned and rolls it out.`,
    );
  registerReading(env, cli);
  registerChanging(env, cli);
  registerFiles(env, cli);
  registerComparing(env, cli);
}

function registerReading(env: Command, cli: Cli): void {
  const list = withScope(env.command('ls', { isDefault: true }))
    .summary('the variables by name')
    .description('Names, fingerprints and ages. Equal fingerprints of one scope mean equal values.')
    .option('--reveal', 'the values too; needs an admin token and is audited');
  withExamples(withApp(list), [
    ['berth env', 'names and fingerprints'],
    ['berth env ls --reveal', 'with values'],
    ['berth env ls --service worker', 'what is said for the service worker alone'],
    ['berth env ls --project shop -e staging', 'what all staging apps of the project get'],
  ]);
  onRun<RevealOptions>(cli, list, listVariables);

  const history = withScope(env.command('history'))
    .summary('who changed what, newest first')
    .description('The versions of a scope: who set, unset or took out which name, and when.')
    .argument('[name]', 'of this variable alone')
    .option('-n, --limit <count>', 'how many versions', parseCount(200, 1), 20)
    .option('--reveal', 'the values too; needs an admin token and is audited');
  withExamples(withApp(history), [
    ['berth env history', 'the last 20 versions'],
    ['berth env history DATABASE_URL', 'of one variable'],
  ]);
  onRun<RevealOptions & { limit: number }>(cli, history, async ({ options, output, args }) => {
    const scope = await findScope(cli, options);
    const client = await connect(cli, options);
    const page = await client.call('listVariableVersions', {
      query: {
        scope: scope.text,
        limit: options.limit,
        reveal: options.reveal === true,
        ...(args[0] === undefined ? {} : { name: args[0] }),
      },
      signal: cli.signal,
    });
    output.json(page.items);
    if (page.items.length === 0) output.note(`Nothing was ever set for ${scope.name}.`);
    else output.table(historyColumns(options.reveal === true, cli.clock.now()), page.items);
  });
}

function registerChanging(env: Command, cli: Cli): void {
  const set = changing(withScope(env.command('set')))
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
    ['berth env set --service worker THREADS=8', 'for one service alone'],
    ['berth env set --project shop REGION=eu', 'for all apps of the project'],
    ['berth env set --file .env.production', 'all of a file'],
    ['pass show shop/db | berth env set DATABASE_URL=-', 'a secret from standard input'],
    ['berth env set API_KEY', 'a secret typed at a hidden prompt'],
  ]);
  onRun<ChangeOptions & { file?: readonly string[] }>(cli, set, async (invocation) => {
    const { readAssignments } = await import('../env-input.ts');
    const given = await readAssignments(cli, invocation.args, invocation.options.file ?? []);
    return patch(invocation, `set ${Object.keys(given).join(', ')}`, { set: given });
  });

  const generate = changing(withScope(env.command('generate')))
    .summary('make up a random value')
    .description(
      'Control makes up a password of letters and digits and keeps it; nobody sees it unless asked.',
    )
    .argument('<name>', 'name of the variable')
    .option('--length <n>', 'how many characters', parseCount(256, 16), 32)
    .option('--replace', 'also where there is one already')
    .option('--show', 'print it, once');
  withExamples(withApp(generate), [
    ['berth env generate POSTGRES_PASSWORD', 'kept, not shown'],
    ['berth env generate API_TOKEN --project shop -e staging', 'one for all staging apps of the project'],
  ]);
  onRun<GenerateOptions>(cli, generate, generateVariable);

  const unset = changing(withScope(env.command('unset')))
    .alias('rm')
    .summary('remove variables, or take out inherited ones')
    .description(
      `Removes variables by name: the scope says nothing of them any more, and what the image, the manifest or a
wider scope says holds again. With --inherited the tasks do not have them at all, whoever sets them.`,
    )
    .argument('<name...>', 'names')
    .option('--inherited', 'take out what image, manifest or a wider scope sets');
  withExamples(withApp(unset), [
    ['berth env unset LOG_LEVEL', 'remove one and roll that out'],
    ['berth env unset --inherited HTTP_PROXY', 'the image sets it; the tasks shall not have it'],
  ]);
  onRun<ChangeOptions & { inherited?: boolean }>(cli, unset, (invocation) => {
    const names = [...invocation.args];
    return invocation.options.inherited === true
      ? patch(invocation, `took out ${names.join(', ')}`, { absent: names })
      : patch(invocation, `unset ${names.join(', ')}`, { unset: names });
  });

  const rollback = changing(withScope(env.command('rollback')))
    .summary('return to an earlier version of the variables')
    .description('Makes what a scope said in an earlier version its newest one; by default the one before.')
    .argument('[version]', 'as `berth env history` shows it', parseCount(1_000_000_000));
  withExamples(withApp(rollback), [
    ['berth env rollback', 'undo the last change'],
    ['berth env rollback 3', 'as in version 3'],
  ]);
  onRun<ChangeOptions>(cli, rollback, (invocation) => {
    const version = invocation.args[0] === undefined ? undefined : Number(invocation.args[0]);
    return change(
      invocation,
      version === undefined ? 'undid the last change' : `returned to version ${version}`,
      (client, scope) =>
        client.call('rollbackVariables', {
          query: { scope },
          body: { ...(version === undefined ? {} : { version }), deploy: invocation.options.deploy },
          idempotencyKey: crypto.randomUUID(),
          signal: cli.signal,
        }),
    );
  });
}

async function generateVariable(invocation: Invocation<GenerateOptions>): Promise<number> {
  const { cli, options, output, args } = invocation;
  const [name = ''] = args;
  return change(invocation, `${name} has ${options.length} random characters`, async (client, scope) => {
    const made = await client.call('generateVariable', {
      params: { name },
      query: { scope },
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
    return made;
  });
}

function registerFiles(env: Command, cli: Cli): void {
  const take = changing(withScope(env.command('import')))
    .summary('set all variables of a .env file')
    .description('Sets every NAME=VALUE of a file. With --replace, names that it has not are unset.')
    .argument('<file>', 'a .env file')
    .option('--replace', 'unset the variables of the scope that the file has not');
  withExamples(withApp(take), [
    ['berth env import .env.production', 'all of it, as one change'],
    ['berth env import .env --replace', 'the scope says what the file says, and no more'],
  ]);
  onRun<ChangeOptions & { replace?: boolean }>(cli, take, async (invocation) => {
    const { readAssignments } = await import('../env-input.ts');
    const { options, args } = invocation;
    const given = await readAssignments(cli, [], [args[0] ?? '']);
    const unset = options.replace === true ? await others(cli, options, given) : [];
    const gone = unset.length === 0 ? '' : `, unset ${unset.join(', ')}`;
    return patch(invocation, `set ${Object.keys(given).join(', ')}${gone}`, { set: given, unset });
  });

  const give = withScope(env.command('export'))
    .summary('variables as a .env file')
    .description('Writes the variables of a scope to standard output, as a .env file that import reads.')
    .option('--reveal', 'yes, the values: needs an admin token and is audited');
  withExamples(withApp(give), [['berth env export --reveal > .env.backup', 'keep a copy']]);
  onRun<RevealOptions>(cli, give, async ({ options, output }) => {
    if (options.reveal !== true)
      throw new UsageError('a .env file holds values', 'Say so: `berth env export --reveal`.');
    const { renderEnvFile } = await import('../env/file.ts');
    const found = await fetchVariables(cli, options, true);
    const values = Object.fromEntries(
      found.variables.filter((item) => item.state === 'set').map((item) => [item.name, item.value ?? '']),
    );
    output.json(values);
    if (!output.isJson) cli.stdout.write(renderEnvFile(values));
    const absent = found.variables.filter((item) => item.state === 'absent').map((item) => item.name);
    if (absent.length > 0)
      output.warn(
        `${absent.join(', ')}: taken out, which a .env file cannot say (berth env unset --inherited)`,
      );
  });
}

const patch = (
  invocation: Invocation<ChangeOptions>,
  words: string,
  body: { set?: Record<string, string>; unset?: string[]; absent?: string[] },
): Promise<number> =>
  change(invocation, words, (client, scope) =>
    client.call('patchVariables', {
      query: { scope },
      body: { ...body, deploy: invocation.options.deploy },
      idempotencyKey: crypto.randomUUID(),
      signal: invocation.cli.signal,
    }),
  );

async function others(cli: Cli, options: RevealOptions, given: Readonly<Record<string, string>>) {
  const { variables } = await fetchVariables(cli, options, false);
  return variables.map((item) => item.name).filter((name) => !(name in given));
}

async function fetchVariables(cli: Cli, options: RevealOptions, reveal: boolean) {
  const scope = await findScope(cli, options);
  const client = await connect(cli, options);
  const variables = await client.list('listVariables', {
    query: { scope: scope.text, reveal },
    signal: cli.signal,
  });
  return { scope, variables };
}

async function listVariables({ cli, options, output }: Invocation<RevealOptions>): Promise<void> {
  const { scope, variables } = await fetchVariables(cli, options, options.reveal === true);
  output.json(variables);
  if (variables.length === 0)
    output.note(`Nothing is set for ${scope.name}; \`berth env set NAME=value\` sets one.`);
  else output.table(columnsFor(options.reveal === true, cli.clock.now()), variables);
}

const valueColumn = (isRevealed: boolean) =>
  isRevealed
    ? {
        title: 'VALUE',
        value: (item: { value?: string | undefined }) => item.value ?? '-',
        flexible: true,
      }
    : {
        title: 'FINGERPRINT',
        value: (item: { fingerprint?: string | undefined }) => item.fingerprint ?? '-',
      };

function columnsFor(isRevealed: boolean, now: number): readonly Column<Variable>[] {
  return [
    { title: 'NAME', value: (item) => item.name },
    { title: 'STATE', value: (item) => item.state },
    valueColumn(isRevealed),
    { title: 'BY', value: (item) => item.updatedBy },
    { title: 'AGO', value: (item) => formatAge(item.updatedAt, now), align: 'right' },
  ];
}

function historyColumns(isRevealed: boolean, now: number): readonly Column<Version>[] {
  return [
    { title: 'VERSION', value: (item) => String(item.version), align: 'right' },
    { title: 'CHANGE', value: (item) => item.change },
    { title: 'NAME', value: (item) => item.name },
    valueColumn(isRevealed),
    { title: 'BY', value: (item) => item.actor },
    { title: 'AGO', value: (item) => formatAge(item.at, now), align: 'right' },
  ];
}
