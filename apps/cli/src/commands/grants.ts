import type { Client, ItemOf } from '@berth/client/client';
import { permissionForms } from '@berth/domain/permission';
import type { Command } from 'commander';
import { type Cli, UsageError } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, parseSeconds, withContext, withExamples } from '../options.ts';
import type { Column } from '../table.ts';

type Grant = ItemOf<'listGrants'>;

export function register(program: Command, cli: Cli): void {
  const grants = program
    .command('grants')
    .alias('grant')
    .summary('what tasks of an app may have beside the rest: ls, add, revoke')
    .description(
      `A grant lets an app, or one service of it, have one thing that tasks do not have: ${permissionForms}. It has a reason, somebody who answers for it, and an end. What reaches the machine itself has to be allowed there as well: \`berth up --allow\`.`,
    );

  const list = grants
    .command('ls', { isDefault: true })
    .summary('all grants')
    .description('All grants: who may have what, why, until when, and which services run with it.');
  withExamples(withContext(list), [['berth grants', 'all of them']]);
  onRun(cli, list, async ({ options, output }) => {
    const client = await connect(cli, options);
    const found = await client.list('listGrants', { signal: cli.signal });
    output.json(found);
    output.table(columns, found);
  });

  const add = grants
    .command('add')
    .summary('grant an app something')
    .description(
      'Grants an app, or one service of it, one permission until it expires. Granting the same again renews it. Needs an admin token.',
    )
    .argument('<app[/service]>', 'who may have it')
    .argument('<permission>', permissionForms)
    .requiredOption('--reason <text>', 'why it is needed')
    .option('--owner <name>', 'who answers for it; by default the name of the token')
    .option('--expires <span>', 'when it ends: up to 366d (90d)', parseSeconds);
  withExamples(withContext(add), [
    ['berth grants add vpn/tunnel cap:NET_ADMIN --reason "makes tunnels"', 'for 90 days'],
    [
      'berth grants add media/server bind:/srv/media --reason "the films" --owner ann --expires 366d',
      'a directory of the node, to read',
    ],
  ]);
  onRun<{ reason: string; owner?: string; expires?: number }>(cli, add, async ({ options, output, args }) => {
    const [app = '', service, more] = (args[0] ?? '').split('/');
    if (app === '' || service === '' || more !== undefined)
      throw new UsageError(`"${args[0]}" is not APP or APP/SERVICE`, 'Write it like shop/web.');
    const client = await connect(cli, options);
    const grant = await client.call('createGrant', {
      body: {
        app,
        ...(service === undefined ? {} : { service }),
        permission: args[1] ?? '',
        reason: options.reason,
        ...(options.owner === undefined ? {} : { owner: options.owner }),
        ...(options.expires === undefined ? {} : { expiresInSeconds: options.expires }),
      },
      idempotencyKey: crypto.randomUUID(),
      signal: cli.signal,
    });
    output.json(grant);
    output.note(
      `${output.noteStyle.green('✓')} ${granteeOf(grant)} may have ${grant.permission} until ${grant.expiresAt.slice(0, 10)}: ${grant.risk}`,
    );
    for (const { node, allow } of grant.refusedBy)
      output.warn(`${node} does not give it to tasks yet: on that machine, \`berth up --allow ${allow}\``);
  });

  const revoke = grants
    .command('revoke')
    .alias('rm')
    .summary('take a grant back')
    .description(
      'Takes a grant back: nothing that needs it is deployed, restarted or rolled back to any more. What runs with it runs until it is replaced or stopped, and is named.',
    )
    .argument('<grant>', 'its id, or how its id begins');
  withExamples(withContext(revoke), [['berth grants revoke 01KA', 'the one whose id begins so']]);
  onRun(cli, revoke, async ({ options, output, args }) => {
    const client = await connect(cli, options);
    const grant = await findGrant(client, args[0] ?? '', cli.signal);
    await client.call('deleteGrant', {
      params: { id: grant.id },
      idempotencyKey: crypto.randomUUID(),
      signal: cli.signal,
    });
    output.json({ removed: grant.id, stillUsedBy: grant.usedBy });
    output.note(
      `${output.noteStyle.green('✓')} ${granteeOf(grant)} may not have ${grant.permission} any more`,
    );
    if (grant.usedBy.length > 0)
      output.warn(
        `${grant.usedBy.join(', ')} still runs with it: deploy ${grant.app} without, or \`berth stop -a ${grant.app}\``,
      );
  });
}

const granteeOf = ({ app, service }: Pick<Grant, 'app' | 'service'>): string =>
  service === undefined ? app : `${app}/${service}`;

async function findGrant(client: Client, wanted: string, signal: AbortSignal): Promise<Grant> {
  const all = await client.list('listGrants', { signal });
  const found = all.filter(({ id }) => id === wanted || (wanted.length >= 4 && id.startsWith(wanted)));
  if (found.length === 1) return found[0]!;
  throw new UsageError(
    found.length === 0
      ? `there is no grant "${wanted}"`
      : `"${wanted}" may be any of ${found.map(({ id }) => id).join(', ')}`,
    'List them with `berth grants`.',
  );
}

const columns: readonly Column<Grant>[] = [
  { title: 'ID', value: ({ id }) => id },
  { title: 'FOR', value: granteeOf },
  { title: 'MAY HAVE', value: ({ permission }) => permission },
  {
    title: 'UNTIL',
    value: ({ expiresAt }) => expiresAt.slice(0, 10),
    paint: (text, { expired }, style) => (expired ? style.red(text) : text),
  },
  { title: 'OWNER', value: ({ owner }) => owner },
  { title: 'USED BY', value: ({ usedBy }) => usedBy.join(', ') || '-' },
  { title: 'WHY', value: ({ reason }) => reason, flexible: true },
];
