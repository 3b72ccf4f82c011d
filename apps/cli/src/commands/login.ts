import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type Cli, UsageError } from '../cli.ts';
import { type Context, configPath, readConfig, writeConfig } from '../config-file.ts';
import { findTarget, openClient } from '../connection.ts';
import { onRun, withExamples, withJson } from '../options.ts';
import { askSecret, readAll } from '../prompt.ts';

interface LoginOptions {
  readonly url?: string;
  readonly tokenStdin?: boolean;
  readonly name?: string;
  readonly ca?: string;
}

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('login')
    .summary('remember the address of a control and a token')
    .description(
      `Checks the token and keeps it in ~/.config/berth/config.json, readable by you alone. The token is never an
argument: it is read from standard input or a hidden prompt. BERTH_URL and BERTH_TOKEN work without a login.`,
    )
    .argument('[url]', 'the same as --url')
    .option('--url <url>', 'address of control, e.g. https://berth.example.com')
    .option('--token-stdin', 'read the token from standard input')
    .option('--name <name>', 'name of the context (default: the host)')
    .option('--ca <file>', 'certificate authority to trust for this address, PEM');
  withExamples(withJson(command), [
    ['berth login --url https://berth.example.com', 'asks for the token'],
    ['echo "$TOKEN" | berth login --url https://berth.example.com --token-stdin', 'for scripts'],
    ['berth login --url https://berth.example.com --ca berth-ca.pem', 'with a self-signed platform'],
  ]);
  onRun<LoginOptions>(cli, command, async ({ options, output, args }) => {
    const path = configPath(cli.env);
    const config = await readConfig(path);
    const url = checkUrl(options.url ?? args[0] ?? (await findUrl(cli)));
    const given =
      options.tokenStdin === true
        ? await readAll(cli)
        : await askSecret(cli, 'Token: ', '`berth login --url URL --token-stdin` reads standard input');
    const token = given.trim();
    if (!/^[\x21-\x7e]+$/.test(token))
      throw new UsageError('the token is empty or has characters that none has');
    const context: Context = {
      url,
      token,
      ...(options.ca === undefined ? {} : { ca: resolve(cli.cwd, options.ca) }),
    };
    const client = await openClient(context);
    const who = await client.call('whoami', { signal: cli.signal });
    const name = options.name ?? new URL(url).hostname;
    await writeConfig(path, { current: name, contexts: { ...config.contexts, [name]: context } });
    output.json({ context: name, url, ...who });
    output.note(`${output.noteStyle.green('✓')} ${who.name} may ${who.scope} at ${url} (context "${name}")`);
    if (who.expiresAt !== undefined) output.note(`  until ${who.expiresAt}`);
  });
}

async function findUrl(cli: Cli): Promise<string> {
  const target = await findTarget(cli, {});
  if (target.kind === 'found') return target.context.url;
  throw new UsageError('which control?', 'For example `berth login --url https://berth.example.com`.');
}

/** An address to send a token to: encrypted, unless it never leaves this machine. */
export function checkUrl(text: string): string {
  let url: URL;
  try {
    url = new URL(text.includes('://') ? text : `https://${text}`);
  } catch (cause) {
    if (cause instanceof TypeError)
      throw new UsageError(`"${text}" is not an address`, 'For example https://berth.example.com.');
    throw cause;
  }
  const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback))
    throw new UsageError(
      `${url.protocol}//${url.hostname} would carry the token unencrypted`,
      `Use https://${url.hostname}, or a tunnel: ssh -L 7700:127.0.0.1:7700 ${url.hostname}`,
    );
  if (url.username !== '' || url.password !== '')
    throw new UsageError('the address must not hold a password', 'The token is asked for.');
  return url.href.replace(/\/+$/, '');
}
