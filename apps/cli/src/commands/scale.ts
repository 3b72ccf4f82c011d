import type { Command } from 'commander';
import { findApp } from '../app-name.ts';
import { type Cli, UsageError } from '../cli.ts';
import { connect } from '../connection.ts';
import { followAccepted } from '../follow-accepted.ts';
import { findNearest } from '../nearest.ts';
import { onRun, withApp, withExamples } from '../options.ts';

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('scale')
    .summary('set the number of replicas')
    .description(
      'Sets replicas per service and waits until they run. Tasks that go are drained at the edge first.',
    )
    .argument('<service=count...>', 'e.g. web=3 worker=2; a number alone when the app has one service')
    .option('--no-wait', 'return when it is accepted');
  withExamples(withApp(command), [
    ['berth scale 3', 'the only service of the app'],
    ['berth scale web=3 worker=2', 'two services at once'],
  ]);
  onRun<{ wait: boolean }>(cli, command, async ({ options, output, args }) => {
    const wanted = args.map(parseScale);
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    const app = await client.call('getApp', { params: { app: name }, signal: cli.signal });
    const known = app.services.map((service) => service.name);
    const services: Record<string, number> = {};
    for (const { service, count } of wanted) services[service ?? theOnly(known, name)] = count;
    for (const service of Object.keys(services)) {
      if (known.includes(service)) continue;
      const nearest = findNearest(service, known);
      throw new UsageError(
        `${name} has no service "${service}"`,
        nearest === undefined ? `It has: ${known.join(', ') || 'none yet'}.` : `Did you mean "${nearest}"?`,
      );
    }
    const accepted = await client.call('scale', {
      params: { app: name },
      body: { services },
      idempotencyKey: crypto.randomUUID(),
      signal: cli.signal,
    });
    return followAccepted(cli, output, client, {
      app: name,
      accepted,
      wait: options.wait,
      done: `${name}: ${Object.entries(services)
        .map(([service, count]) => `${service} ${count}`)
        .join(', ')}`,
      missing: (now) => {
        for (const [service, count] of Object.entries(services)) {
          const seen = now.services.find((item) => item.name === service);
          if (seen === undefined) return `${service} is not known yet`;
          if (seen.running !== count) return `${service}: ${seen.running} running, ${count} wanted`;
          if (seen.healthy < count) return `${service}: ${seen.healthy} of ${count} healthy`;
        }
        return undefined;
      },
    });
  });
}

/** `web=3`, `web:3`, or `3` for the only service. */
export function parseScale(text: string): { service: string | undefined; count: number } {
  const match = /^(?:([a-z][a-z0-9-]*)[=:])?(\d{1,3})$/.exec(text);
  if (match === null || Number(match[2]) > 500)
    throw new UsageError(`"${text}" is not SERVICE=COUNT`, 'For example `berth scale web=3`; at most 500.');
  return { service: match[1], count: Number(match[2]) };
}

function theOnly(known: readonly string[], app: string): string {
  const [only] = known;
  if (only !== undefined && known.length === 1) return only;
  throw new UsageError(
    `${app} has ${known.length} services; say which`,
    known.length === 0 ? 'Deploy it first: `berth deploy`.' : `For example \`berth scale ${known[0]}=2\`.`,
  );
}
