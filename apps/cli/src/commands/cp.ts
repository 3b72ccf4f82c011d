import { posix, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Command } from 'commander';
import { findApp } from '../app-name.ts';
import { type Cli, UsageError } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, withApp, withExamples } from '../options.ts';

/** `service.slot:/path`; service and slot may be left out. */
interface TaskPath {
  readonly service?: string;
  readonly slot?: number;
  readonly path: string;
}

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('cp')
    .summary('files out of a running task, or into it')
    .description(
      `Copies a file or directory. The side of the task is written SERVICE.SLOT:/PATH, of which service and
slot may be left out. A target that ends in / is a directory to copy into; what is copied into a task is gone
with it. Nothing is needed in the image. Needs an admin token and is audited.`,
    )
    .argument('<from>')
    .argument('<to>');
  withExamples(withApp(command), [
    ['berth cp web:/var/log/app.log .', 'out of the first task of web'],
    ['berth cp worker.2:/tmp/dump ./dump', 'out of the second task of worker, under a name'],
    ['berth cp settings.json :/etc/app/', 'into the routed service’s first task'],
  ]);
  onRun(cli, command, async ({ options, output, args: [from = '', to = ''] }) => {
    const [source, target] = [parseTaskPath(from), parseTaskPath(to)];
    if ((source === undefined) === (target === undefined))
      throw new UsageError(
        'one of the two must be in a task, and the other here',
        'Write the task’s as SERVICE:/PATH, for example web:/tmp/file.',
      );
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    const { runSession } = await import('../session.ts');
    const { packPath, unpackPath } = await import('@berth/source/copy');
    const session = (place: TaskPath, direction: 'from' | 'to', path: string, streams: Partial<Cli>) =>
      runSession(
        { ...cli, ...streams },
        client,
        client.socket('copy', {
          params: { app: name },
          query: { direction, path, service: place.service, slot: place.slot },
        }),
        { tty: false },
      );
    if (source !== undefined) {
      const archive = new PassThrough();
      const base = posix.basename(source.path);
      const [, put] = await Promise.all([
        session(source, 'from', source.path, {
          stdin: new PassThrough(),
          stdout: archive as unknown as Cli['stdout'],
        }).then(
          () => archive.end(),
          (cause: Error) => {
            archive.destroy(cause);
            throw cause;
          },
        ),
        unpackPath(archive, resolve(cli.cwd, to), base),
      ]);
      output.json({ from, to: put });
      output.note(`${from} is now ${put}`);
      return;
    }
    if (target === undefined) return;
    const local = resolve(cli.cwd, from);
    const isInto = target.path.endsWith('/');
    const base = isInto ? posix.basename(local) : posix.basename(target.path);
    const directory = isInto ? target.path : posix.dirname(target.path);
    const stdin = await packPath(local, base, cli.signal);
    await session(target, 'to', directory, { stdin });
    output.json({ from, to });
    output.note(`${from} is now ${posix.join(directory, base)} in the task, until the task is replaced`);
  });
}

/** Undefined: a path of this machine. Exported for tests. */
export function parseTaskPath(text: string): TaskPath | undefined {
  const match = /^(?:([a-z][a-z0-9-]*)(?:\.(\d+))?)?:(\/.*)$/s.exec(text);
  if (match === null) return undefined;
  const [, service, slot, path = '/'] = match;
  return {
    path,
    ...(service === undefined ? {} : { service }),
    ...(slot === undefined ? {} : { slot: Number(slot) }),
  };
}
