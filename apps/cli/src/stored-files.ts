import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Client } from '@berth/client/client';
import type { CallOutput } from '@berth/client/types';
import { type FileKind, findSizeFault } from '@berth/domain/file';
import type { Command } from 'commander';
import { type Cli, exitCode, UsageError } from './cli.ts';
import { connect } from './connection.ts';
import { registerExplain } from './file-origins.ts';
import { followDeployment } from './follow-deployment.ts';
import { type Invocation, onRun, withApp, withExamples } from './options.ts';
import type { Output } from './output.ts';
import { askSecret, readAllBytes } from './prompt.ts';
import { findScope, type ScopeOptions, withScope } from './scope.ts';
import { formatAge } from './span.ts';

/** What `berth secret` and `berth config-file` have in common. */
export interface StoredKind {
  readonly kind: FileKind;
  /** `secret`, `config-file`. */
  readonly command: string;
  /** In sentences. */
  readonly words: string;
  readonly operations: {
    readonly list: 'listSecrets' | 'listConfigFiles';
    readonly set: 'setSecret' | 'setConfigFile';
    readonly history: 'getSecretHistory' | 'getConfigFileHistory';
    readonly remove: 'removeSecret' | 'removeConfigFile';
    readonly rollback: 'rollbackSecret' | 'rollbackConfigFile';
  };
}

export interface ChangeOptions extends ScopeOptions {
  readonly deploy: boolean;
  readonly detach?: boolean;
}

/** Where the object of a command is: the app's, unless said otherwise. */
export const withStore = (command: Command): Command => withScope(withApp(command));

export function withChange(command: Command): Command {
  return command
    .option('--no-deploy', 'keep the change for the next deployment')
    .option('--detach', 'start the deployments and return at once');
}

/** The commands both kinds have; `parent` gets them. */
export function registerStored(parent: Command, cli: Cli, stored: StoredKind): void {
  const { command, words, operations } = stored;
  const start = async ({ options }: Invocation<ScopeOptions>) => ({
    scope: await findScope(cli, options),
    client: await connect(cli, options),
  });

  const list = withStore(parent.command('ls', { isDefault: true }))
    .summary(`the ${words}s by name`)
    .description(`Names, versions, sizes, who set them, and the apps whose live release has them.`);
  withExamples(list, [
    [`berth ${command} ls`, 'those of the app of this directory'],
    [`berth ${command} ls --service worker`, 'those for the service worker alone'],
  ]);
  onRun<ScopeOptions>(cli, list, async (invocation) => {
    const { scope, client } = await start(invocation);
    const items = await client.list(operations.list, { query: { scope: scope.text }, signal: cli.signal });
    const { output } = invocation;
    output.json(items);
    if (items.length === 0)
      output.note(`${scope.name} has no ${words}s; \`berth ${command} set NAME\` sets one.`);
    else
      output.table(
        [
          { title: 'NAME', value: (item) => item.name },
          { title: 'VERSION', value: (item) => String(item.version), align: 'right' },
          { title: 'BYTES', value: (item) => String(item.bytes), align: 'right' },
          { title: 'BY', value: (item) => item.actor },
          { title: 'USED BY', value: (item) => item.usedBy.join(', ') || '-', flexible: true },
          { title: 'AGO', value: (item) => formatAge(item.createdAt, cli.clock.now()), align: 'right' },
        ],
        items,
      );
  });

  const set = withChange(withStore(parent.command('set')))
    .summary(`set a ${words}`)
    .description(
      `Reads the content from --file as it is, or from standard input; typed at a hidden prompt on a terminal. One
line from standard input loses its newline. Every app whose live release has it is rolled.`,
    )
    .argument('<name>', 'letters, digits, dots, underscores, hyphens')
    .option('--file <path>', 'the content, at most 500 KB');
  withExamples(set, [
    [`pass show shop/db | berth ${command} set db_password`, 'from standard input'],
    [`berth ${command} set tls.key --file ./tls.key`, 'a file as it is'],
    [`berth ${command} set token --no-deploy < token.txt`, 'kept for the next deployment'],
    [`berth ${command} set db_password --service worker < token.txt`, 'what one service alone gets'],
    [`berth ${command} set db_password --project shop -e staging < token.txt`, 'for all staging apps'],
  ]);
  onRun<ChangeOptions & { file?: string }>(cli, set, async (invocation) => {
    const { options, output } = invocation;
    const name = invocation.args[0] ?? '';
    const bytes = await contentOf(cli, stored, name, options.file);
    const { scope, client } = await start(invocation);
    const changed = await client.call(operations.set, {
      params: { name },
      query: { scope: scope.text },
      body: { base64: bytes.toString('base64'), deploy: options.deploy },
      idempotencyKey: crypto.randomUUID(),
      signal: cli.signal,
    });
    const said = `is ${changed.changed ? 'set' : 'so already'} for ${scope.name}, version ${changed.version}`;
    return follow(cli, output, client, changed, { options, said: `${name} ${said}` });
  });

  registerExplain(parent, cli, stored);

  const history = withStore(parent.command('history'))
    .summary('its versions: who and when')
    .description(`Every version of a ${words}, newest first. A removal is one too.`)
    .argument('<name>', 'the name');
  withExamples(history, [[`berth ${command} history db_password`, 'who changed it, and when']]);
  onRun<ScopeOptions>(cli, history, async (invocation) => {
    const { scope, client } = await start(invocation);
    const items = await client.list(operations.history, {
      params: { name: invocation.args[0] ?? '' },
      query: { scope: scope.text },
      signal: cli.signal,
    });
    invocation.output.json(items);
    invocation.output.table(
      [
        { title: 'VERSION', value: (item) => String(item.version), align: 'right' },
        { title: 'HOW', value: (item) => item.how },
        { title: 'BYTES', value: (item) => (item.gone ? '-' : String(item.bytes)), align: 'right' },
        { title: 'FINGERPRINT', value: (item) => item.fingerprint || '-' },
        { title: 'BY', value: (item) => item.actor },
        { title: 'AGO', value: (item) => formatAge(item.createdAt, cli.clock.now()), align: 'right' },
      ],
      items,
    );
  });

  const remove = withStore(parent.command('rm'))
    .summary(`remove a ${words}`)
    .description(
      `Refused where a live release would be left without any, unless forced. \`rollback\` brings it back.`,
    )
    .argument('<name>', 'the name')
    .option('--force', 'also where a live release would be left without any');
  withExamples(remove, [[`berth ${command} rm db_password`, 'remove it']]);
  onRun<ScopeOptions & { force?: boolean }>(cli, remove, async (invocation) => {
    const { scope, client } = await start(invocation);
    const name = invocation.args[0] ?? '';
    await client.call(operations.remove, {
      params: { name },
      query: { scope: scope.text, force: invocation.options.force === true },
      signal: cli.signal,
    });
    invocation.output.json({ ok: true });
    invocation.output.note(`${invocation.output.noteStyle.green('✓')} ${name} of ${scope.name} is removed`);
  });

  const rollback = withChange(withStore(parent.command('rollback')))
    .summary('an earlier version as the newest')
    .description(`The content of an earlier version becomes a new version, and what has it is rolled.`)
    .argument('<name>', 'the name')
    .argument('<version>', `a version of \`berth ${command} history\``);
  withExamples(rollback, [[`berth ${command} rollback db_password 3`, 'what it was in version 3']]);
  onRun<ChangeOptions>(cli, rollback, async (invocation) => {
    const [name = '', text = ''] = invocation.args;
    const version = Number(text);
    if (!/^\d{1,9}$/.test(text) || version < 1)
      throw new UsageError(
        `"${text}" is not a version`,
        `List them with \`berth ${command} history ${name}\`.`,
      );
    const { scope, client } = await start(invocation);
    const changed = await client.call(operations.rollback, {
      params: { name },
      query: { scope: scope.text },
      body: { version, deploy: invocation.options.deploy },
      idempotencyKey: crypto.randomUUID(),
      signal: cli.signal,
    });
    const said = `${name} is as in version ${version}, version ${changed.version}`;
    return follow(cli, invocation.output, client, changed, { options: invocation.options, said });
  });
}

async function contentOf(
  cli: Cli,
  { kind, command, words }: StoredKind,
  name: string,
  file: string | undefined,
): Promise<Buffer> {
  const bytes =
    file !== undefined
      ? await readFile(resolve(cli.cwd, file))
      : cli.stdin.isTTY === true && kind === 'secret'
        ? Buffer.from(
            await askSecret(cli, `${name}: `, `\`berth ${command} set ${name} --file PATH\` reads a file`),
          )
        : oneLine(await readAllBytes(cli));
  const fault = findSizeFault(kind, name, bytes.length);
  if (fault !== undefined) throw new UsageError(fault.message, `For a ${words}: ${fault.suggestion}.`);
  return bytes;
}

/** `echo value |` adds a newline that nobody means; a text of several lines is a file, and stays as it is. */
function oneLine(bytes: Buffer): Buffer {
  const end = bytes.indexOf(10);
  if (end < 0 || end !== bytes.length - 1) return bytes;
  return bytes.subarray(0, bytes[end - 1] === 13 ? end - 1 : end);
}

/** Follows the deployments a change started, one after the other. */
export async function follow(
  cli: Cli,
  output: Output,
  client: Client,
  changed: CallOutput<'setSecret'>,
  { options, said }: { options: ChangeOptions; said: string },
): Promise<number> {
  const { deployments } = changed;
  const isFollowed = deployments.length > 0 && options.detach !== true;
  if (!isFollowed) output.json(changed);
  const when = deployments.length > 0 ? '' : '; the next deployment brings it to the tasks that use it';
  output.note(`${output.noteStyle.green('✓')} ${said}${when}`);
  if (!isFollowed) return exitCode.ok;
  let worst: number = exitCode.ok;
  for (const { app, id } of deployments)
    worst = Math.max(worst, await followDeployment(cli, output, client, { id, app }));
  return worst;
}
