import type { Client, ItemOf } from '@berth/client/client';
import { type Command, Option } from 'commander';
import { type Cli, UsageError } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, parseSeconds, withContext, withExamples } from '../options.ts';
import { formatAge } from '../span.ts';
import type { Column } from '../table.ts';

type Token = ItemOf<'listTokens'>;

export function register(program: Command, cli: Cli): void {
  const tokens = program
    .command('tokens')
    .summary('access to the platform: ls, create, rm')
    .description(
      'Tokens with a scope: read sees, deploy changes apps, admin does everything. Needs an admin token.',
    );

  const list = tokens
    .command('ls', { isDefault: true })
    .summary('all tokens')
    .description('All tokens, without their secrets.');
  withExamples(withContext(list), [['berth tokens', 'all tokens']]);
  onRun(cli, list, async ({ options, output }) => {
    const client = await connect(cli, options);
    const found = await client.list('listTokens', { signal: cli.signal });
    output.json(found);
    output.table(columnsAt(cli.clock.now()), found);
  });

  const create = tokens
    .command('create')
    .summary('make a token')
    .description('Makes a token and prints its secret, once, alone on standard output.')
    .argument('<name>', 'whose it is, or what for')
    .addOption(
      new Option('--scope <scope>', 'what it may do').choices(['read', 'deploy', 'admin']).default('deploy'),
    )
    .option('--expires <span>', 'when it ends by itself, e.g. 90d', parseSeconds);
  withExamples(withContext(create), [
    ['berth tokens create ci --scope deploy --expires 90d', 'for a build server'],
    ['berth tokens create ann --scope read', 'for a person who looks'],
  ]);
  onRun<{ scope: 'read' | 'deploy' | 'admin'; expires?: number }>(
    cli,
    create,
    async ({ options, output, args }) => {
      const client = await connect(cli, options);
      // Without an idempotency key: a secret that is shown once must not be kept for a repeat.
      const token = await client.call('createToken', {
        body: {
          name: args[0] ?? '',
          scope: options.scope,
          ...(options.expires === undefined ? {} : { expiresInSeconds: options.expires }),
        },
        signal: cli.signal,
      });
      output.json(token);
      output.note(
        `${output.noteStyle.green('✓')} ${token.name} may ${token.scope}. The secret is shown only now:`,
      );
      output.line(token.secret);
      output.note(`Use it: berth login --url ${client.baseUrl} --token-stdin`);
    },
  );

  const remove = tokens
    .command('rm')
    .alias('revoke')
    .summary('revoke a token at once')
    .description('Revokes a token; its next request is refused.')
    .argument('<token>', 'its name, its id, or how its id begins');
  withExamples(withContext(remove), [['berth tokens rm ci', 'revoke it']]);
  onRun(cli, remove, async ({ options, output, args }) => {
    const client = await connect(cli, options);
    const id = await findToken(client, args[0] ?? '', cli.signal);
    await client.call('deleteToken', {
      params: { id },
      idempotencyKey: crypto.randomUUID(),
      signal: cli.signal,
    });
    output.json({ removed: id });
    output.note(`${output.noteStyle.green('✓')} token ${id} is revoked`);
  });
}

/** The id of the one token that is meant. */
async function findToken(client: Client, wanted: string, signal: AbortSignal): Promise<string> {
  const all = await client.list('listTokens', { signal });
  const exact = all.filter(({ id, name }) => id === wanted || name === wanted);
  const found = exact.length > 0 ? exact : all.filter(({ id }) => id.startsWith(wanted));
  if (found.length === 1) return found[0]!.id;
  throw new UsageError(
    found.length === 0
      ? `there is no token "${wanted}"`
      : `"${wanted}" may be any of ${found.map(({ id }) => id).join(', ')}`,
    'List them with `berth tokens`.',
  );
}

function columnsAt(now: number): readonly Column<Token>[] {
  return [
    { title: 'ID', value: (token) => token.id },
    { title: 'NAME', value: (token) => token.name, flexible: true },
    { title: 'SCOPE', value: (token) => token.scope },
    { title: 'AGO', value: (token) => formatAge(token.createdAt, now), align: 'right' },
    { title: 'USED', value: (token) => formatAge(token.lastUsedAt, now), align: 'right' },
    {
      title: 'EXPIRES',
      value: (token) => token.expiresAt ?? 'never',
      paint: (text, token, style) =>
        token.expiresAt !== undefined && Date.parse(token.expiresAt) < now ? style.red(text) : text,
    },
  ];
}
