import { resolve } from 'node:path';
import type { Client } from '@berth/client/client';
import type { Command } from 'commander';
import { findApp, keepApp, placeOf } from '../app-name.ts';
import { type Cli, UsageError } from '../cli.ts';
import { connect } from '../connection.ts';
import {
  checkDirectory,
  checkSource,
  type SourceOptions,
  sourceOf,
  withSource,
} from '../deployment-source.ts';
import { followDeployment, followOrDetach } from '../follow-deployment.ts';
import { onRun, parseSeconds, withApp, withExamples } from '../options.ts';
import type { Output } from '../output.ts';
import { showPlan } from '../plan-view.ts';

interface DeployOptions extends SourceOptions {
  readonly app?: string;
  readonly environment?: string;
  readonly project?: string;
  readonly plan?: boolean;
  readonly exitCode?: boolean;
  readonly message?: string;
  readonly deadline?: number;
  readonly attach?: boolean | string;
  readonly cancel?: boolean | string;
  readonly detach?: boolean;
  readonly start?: boolean;
}

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('deploy')
    .summary('build what is here and put it in production')
    .description(
      `Packs the directory, builds it, releases it and moves all traffic to it once the edge has proven it healthy.
Until then, and when anything fails, the old release serves. Left out of the upload: .git and what
.dockerignore names; with neither a .dockerignore nor a Dockerfile also node_modules and .env files. Ctrl-C
leaves the deployment running; --attach comes back to it.`,
    )
    .option(
      '--project <name>',
      'the project of an app that is new; by default that of its other environments',
    )
    .option('--plan', 'say what it would do, and do nothing')
    .option('--exit-code', 'with --plan: 2 when something would change')
    .option('-m, --message <text>', 'why, kept with the release; by default the commit')
    .option('--deadline <span>', 'fail when it takes longer, e.g. 10m', parseSeconds)
    .option('--no-start', 'build and write the release, and start nothing; `--release` starts it')
    .option('--detach', 'start it and return at once')
    .option('--attach [id]', 'follow the deployment that runs, or the last one')
    .option('--cancel [id]', 'stop the deployment that runs; the old release serves');
  withExamples(withApp(withSource(command)), [
    ['berth deploy', 'deploy this directory'],
    ['berth deploy ./api -a shop-api', 'deploy another directory as the app shop-api'],
    ['berth deploy -e staging', 'the app of another environment, with compose.staging.yaml'],
    ['berth deploy -f compose.yaml -f compose.production.yaml', 'with an overlay'],
    ['berth deploy --image 127.0.0.1:5000/shop:42 --port 3000', 'deploy an image that is built'],
    ['berth deploy --plan', 'what it would change, and why'],
    ['berth deploy --no-start', 'build now, and start it another time: `berth deploy --release 7`'],
    ['berth deploy --detach --json', 'for scripts: the deployment as JSON, at once'],
    ['berth deploy --attach', 'come back to the deployment that runs'],
    ['berth deploy --cancel', 'stop it'],
  ]);
  onRun<DeployOptions>(cli, command, async ({ options, output, args }) => {
    checkSource(options);
    if (options.exitCode === true && options.plan !== true)
      throw new UsageError('--exit-code goes with --plan');
    const directory = resolve(cli.cwd, args[0] ?? '.');
    const isUpload =
      options.image === undefined &&
      options.release === undefined &&
      options.attach === undefined &&
      options.cancel === undefined;
    if (isUpload && args[0] === undefined) checkDirectory(cli, directory);
    const client = await connect(cli, options);
    if (options.attach !== undefined) return attach(cli, output, client, options);
    if (options.cancel !== undefined) return cancel(cli, output, client, options);
    return deploy(cli, output, client, options, directory);
  });
}

async function deploy(
  cli: Cli,
  output: Output,
  client: Client,
  options: DeployOptions,
  directory: string,
): Promise<number> {
  const { name, family, environment } = await findApp(cli, options, directory);
  const place = placeOf({ family, environment, project: options.project });
  const from = await sourceOf(cli, output, client, { app: name, place: place ?? {}, directory, options });
  if (options.plan === true)
    return showPlan(cli, output, client, { app: name, from, exitCode: options.exitCode === true });
  const { readCommit } = await import('../commit.ts');
  const message = options.message ?? (from.kind === 'source' ? await readCommit(directory) : undefined);
  const deployment = await client.call('createDeployment', {
    params: { app: name },
    body: {
      from,
      ...(options.start === false ? { start: false } : {}),
      ...(place === undefined ? {} : { place }),
      ...(message === undefined ? {} : { message: message.slice(0, 500) }),
      ...(options.deadline === undefined ? {} : { deadlineSeconds: options.deadline }),
    },
    idempotencyKey: crypto.randomUUID(),
    retriesMax: 5,
    signal: cli.signal,
  });
  if (from.kind === 'source') await keepApp(directory, family);
  return followOrDetach(cli, output, client, deployment, options);
}

async function attach(cli: Cli, output: Output, client: Client, options: DeployOptions): Promise<number> {
  const deployment =
    typeof options.attach === 'string'
      ? await client.call('getDeployment', { params: { id: options.attach }, signal: cli.signal })
      : await findLast(cli, client, options);
  return followDeployment(cli, output, client, deployment);
}

async function cancel(cli: Cli, output: Output, client: Client, options: DeployOptions): Promise<number> {
  const deployment =
    typeof options.cancel === 'string'
      ? await client.call('getDeployment', { params: { id: options.cancel }, signal: cli.signal })
      : await findLast(cli, client, options);
  await client.call('cancelDeployment', {
    params: { id: deployment.id },
    idempotencyKey: crypto.randomUUID(),
    signal: cli.signal,
  });
  if (options.detach === true) {
    output.json({ id: deployment.id, cancelling: true });
    output.note(`Deployment ${deployment.id} of ${deployment.app} is being cancelled`);
    return 0;
  }
  return followDeployment(cli, output, client, deployment, { wants: 'cancelled' });
}

async function findLast(cli: Cli, client: Client, options: DeployOptions) {
  const { name } = await findApp(cli, options);
  const [last] = await client.list('listDeployments', {
    params: { app: name },
    itemsMax: 1,
    signal: cli.signal,
  });
  if (last !== undefined) return last;
  const { refuse } = await import('@berth/contract/errors');
  throw refuse('never_deployed', `${name} was never deployed`);
}
