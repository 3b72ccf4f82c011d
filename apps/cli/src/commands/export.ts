import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Command } from 'commander';
import { findApp } from '../app-name.ts';
import { type Cli, UsageError } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, readReleaseNumber, withApp, withExamples } from '../options.ts';
import { formatBytes } from '../span.ts';

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('export')
    .summary('a release as a file: its images, and what was released')
    .description(
      `Writes a tar archive: an OCI layout with the images under the digests they have here, which \`docker load\`
reads, too, as berth.invalid/APP/SERVICE:NUMBER, and release.json, with names of variables and secrets but no values.
Needs an admin token and is audited.`,
    )
    .argument('[number]', 'the release; by default the live one')
    .requiredOption('-o, --output <file>', 'where to');
  withExamples(withApp(command), [
    ['berth export -a shop -o shop.tar', 'the live release'],
    ['berth export 7 -a shop -o shop-7.tar', 'release 7'],
  ]);
  onRun<{ output: string }>(cli, command, async ({ options, output, args }) => {
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    const number =
      args[0] === undefined
        ? (await client.call('getApp', { params: { app: name }, signal: cli.signal })).release
        : readReleaseNumber(args[0]);
    if (number === undefined)
      throw new UsageError(`${name} has no live release to export`, 'Deploy it first: `berth deploy`.');
    const { runSession } = await import('../session.ts');
    const path = resolve(cli.cwd, options.output);
    // Whoever looks sees the whole file or none.
    const part = `${path}.part`;
    const file = createWriteStream(part, { mode: 0o600 });
    const stdin = new PassThrough();
    stdin.end();
    try {
      const code = await runSession(
        { ...cli, stdin, stdout: file as unknown as Cli['stdout'] },
        client,
        client.socket('exportRelease', { params: { app: name, number } }),
        { tty: false },
      );
      file.end();
      await finished(file);
      if (code !== 0) {
        await rm(part, { force: true });
        return code;
      }
      await rename(part, path);
    } catch (cause) {
      file.destroy();
      await rm(part, { force: true });
      throw cause;
    }
    const { size } = await stat(path);
    output.json({ app: name, release: number, file: path, bytes: size });
    output.line(`${path}: release ${number} of ${name}, ${formatBytes(size)}`);
    return 0;
  });
}
