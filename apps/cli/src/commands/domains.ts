import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ItemOf } from '@berth/client/client';
import type { Command } from 'commander';
import { findApp } from '../app-name.ts';
import { type Cli, UsageError } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, withApp, withExamples } from '../options.ts';
import type { Column } from '../table.ts';

type Domain = ItemOf<'listDomains'>;

interface AddOptions {
  readonly service?: string;
  readonly path?: string;
  readonly stripPrefix?: boolean;
  readonly httpsOnly?: boolean;
  readonly redirectTo?: string;
  readonly certificate?: string;
  readonly key?: string;
}

export function register(program: Command, cli: Cli): void {
  const domains = program
    .command('domains')
    .summary('names and paths of an app: ls, add, rm')
    .description('The host names and paths that lead to the app, and what DNS says of them.');

  const list = domains
    .command('ls', { isDefault: true })
    .summary('the names of an app')
    .description('Names, the service behind each, and where DNS points.');
  withExamples(withApp(list), [['berth domains', 'the names of the app of this directory']]);
  onRun(cli, list, async ({ options, output }) => {
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    const found = await client.list('listDomains', { params: { app: name }, signal: cli.signal });
    output.json(found);
    output.table(columns, found);
    if (found.some((item) => item.resolves === 'nowhere' || item.resolves === 'elsewhere'))
      output.note(
        'A name that does not resolve here needs an A record to this platform at your DNS provider.',
      );
  });

  const add = domains
    .command('add')
    .summary('add a name or a path')
    .description('Sends a host name, or a path of it, to a service. Works at once; no deployment is needed.')
    .argument('<domain>', 'e.g. shop.example.com')
    .option('-s, --service <name>', 'the service; by default the one that is routed')
    .option('--path <path>', 'only this path and below (default: /)')
    .option('--strip-prefix', 'take the path off before the service sees it')
    .option('--https-only', 'answer plain HTTP by a redirect to HTTPS')
    .option('--redirect-to <domain>', 'redirect to another name instead of serving')
    .option('--certificate <file>', 'certificate chain, PEM; it may hold the key, too')
    .option('--key <file>', 'private key, PEM, when it is a file of its own');
  withExamples(withApp(add), [
    ['berth domains add shop.example.com', 'the whole name'],
    ['berth domains add example.com --path /shop --strip-prefix', 'a path of it'],
    ['berth domains add www.example.com --redirect-to example.com', 'a redirect'],
    [
      'berth domains add shop.example.com --certificate chain.pem --key key.pem --https-only',
      'your certificate',
    ],
  ]);
  onRun<AddOptions>(cli, add, async ({ options, output, args }) => {
    const certificatePem = await readCertificate(cli, options);
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    const added = await client.call('addDomain', {
      params: { app: name },
      body: {
        domain: args[0] ?? '',
        ...(options.service === undefined ? {} : { service: options.service }),
        ...(options.path === undefined ? {} : { path: options.path }),
        stripPrefix: options.stripPrefix === true,
        httpsOnly: options.httpsOnly === true,
        ...(options.redirectTo === undefined ? {} : { redirectTo: options.redirectTo }),
        ...(certificatePem === undefined ? {} : { certificatePem }),
      },
      idempotencyKey: crypto.randomUUID(),
      signal: cli.signal,
    });
    output.json(added);
    output.line(added.url);
    if (added.resolves === 'nowhere' || added.resolves === 'elsewhere')
      output.warn(`${added.domain} resolves ${added.resolves}: it needs an A record to this platform`);
  });

  const remove = domains
    .command('rm')
    .summary('remove a name')
    .description('Takes a name, or a path of it, from the app.')
    .argument('<domain>', 'the name')
    .option('--path <path>', 'the path (default: /)');
  withExamples(withApp(remove), [['berth domains rm shop.example.com', 'take the name from the app']]);
  onRun<{ path?: string }>(cli, remove, async ({ options, output, args }) => {
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    const domain = args[0] ?? '';
    await client.call('removeDomain', {
      params: { app: name, domain },
      query: { path: options.path },
      idempotencyKey: crypto.randomUUID(),
      signal: cli.signal,
    });
    output.json({ removed: domain });
    output.note(`${output.noteStyle.green('✓')} ${domain} is no longer of ${name}`);
  });
}

/** Chain then key in one text, as the edge keeps them. */
async function readCertificate(cli: Cli, options: AddOptions): Promise<string | undefined> {
  if (options.certificate === undefined) {
    if (options.key !== undefined) throw new UsageError('--key goes with --certificate');
    return undefined;
  }
  const chain = await readFile(resolve(cli.cwd, options.certificate), 'utf8');
  if (options.key === undefined) {
    if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(chain)) return chain;
    throw new UsageError(`${options.certificate} holds no private key`, 'Name its file with --key.');
  }
  const key = await readFile(resolve(cli.cwd, options.key), 'utf8');
  return `${chain.trimEnd()}\n${key.trimEnd()}\n`;
}

const resolvePaint = { here: 'green', elsewhere: 'red', nowhere: 'red', unknown: 'dim' } as const;

const columns: readonly Column<Domain>[] = [
  { title: 'DOMAIN', value: (item) => item.domain },
  { title: 'PATH', value: (item) => item.path },
  { title: 'SERVICE', value: (item) => item.service },
  {
    title: 'RESOLVES',
    value: (item) => item.resolves,
    paint: (text, item, style) => style[resolvePaint[item.resolves]](text),
  },
  {
    title: 'NOTES',
    value: (item) =>
      [
        item.automatic ? 'automatic' : '',
        item.inManifest === true ? 'in the manifest' : '',
        item.httpsOnly ? 'https only' : '',
        item.stripPrefix ? 'strips the path' : '',
        item.redirectTo === undefined ? '' : `redirects to ${item.redirectTo}`,
      ]
        .filter((note) => note !== '')
        .join(', '),
  },
  { title: 'URL', value: (item) => item.url, flexible: true },
];
