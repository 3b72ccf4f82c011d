import type { Client } from '@berth/client/client';
import { type Cli, UsageError } from './cli.ts';
import { type Context, configPath, readConfig } from './config-file.ts';
import { findNearest } from './nearest.ts';
import { version } from './version.ts';

export interface ConnectionOptions {
  readonly context?: string | undefined;
}

export type Target =
  | { readonly kind: 'found'; readonly context: Context; readonly name: string }
  | { readonly kind: 'none' };

/**
 * Which control is meant: `BERTH_URL`, else `--context`, else `BERTH_CONTEXT`, else the current context. The
 * token is `BERTH_TOKEN`, else that of the context with the same address, and never one of another address.
 */
export async function findTarget(cli: Cli, options: ConnectionOptions): Promise<Target> {
  const config = await readConfig(configPath(cli.env));
  const named = options.context ?? cli.env.BERTH_CONTEXT;
  if (named !== undefined && config.contexts[named] === undefined) {
    const known = Object.keys(config.contexts);
    const nearest = findNearest(named, known);
    throw new UsageError(
      `there is no context "${named}"`,
      nearest === undefined ? 'List them with `berth context ls`.' : `Did you mean "${nearest}"?`,
    );
  }
  const name = named ?? config.current ?? '';
  const context = config.contexts[name];
  const url = options.context === undefined ? (cli.env.BERTH_URL ?? context?.url) : context?.url;
  if (url === undefined) return { kind: 'none' };
  const token =
    cli.env.BERTH_TOKEN ?? Object.values(config.contexts).find((other) => sameUrl(other.url, url))?.token;
  const ca = context !== undefined && sameUrl(context.url, url) ? context.ca : undefined;
  return {
    kind: 'found',
    name: url === context?.url ? name : '',
    context: { url, ...(token === undefined ? {} : { token }), ...(ca === undefined ? {} : { ca }) },
  };
}

const sameUrl = (a: string, b: string) => a.replace(/\/+$/, '') === b.replace(/\/+$/, '');

/** A client for the control that is meant; refused in words when nobody is logged in. */
export async function connect(cli: Cli, options: ConnectionOptions): Promise<Client> {
  const target = await findTarget(cli, options);
  if (target.kind === 'none') {
    const { refuse } = await import('@berth/contract/errors');
    throw refuse('unauthenticated', 'not logged in: no address of a control is known here');
  }
  return openClient(target.context);
}

export async function openClient(context: Context): Promise<Client> {
  if (context.ca !== undefined) await trust(context.ca);
  const { createClient } = await import('@berth/client/client');
  return createClient({
    baseUrl: context.url,
    ...(context.token === undefined ? {} : { token: context.token }),
    userAgent: `berth-cli/${version}`,
  });
}

/** Adds an authority to those of this process, for fetch and WebSockets alike. */
async function trust(path: string): Promise<void> {
  const [{ readFile }, tls] = await Promise.all([import('node:fs/promises'), import('node:tls')]);
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), await readFile(path, 'utf8')]);
}
