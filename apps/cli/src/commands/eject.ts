import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { CallOutput } from '@berth/client/types';
import type { Command } from 'commander';
import { findApp } from '../app-name.ts';
import { type Cli, UsageError } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, readReleaseNumber, withApp, withExamples } from '../options.ts';

type Exported = CallOutput<'getProject'>;

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('eject')
    .summary('an app as a Compose project, to take along')
    .description(
      'Prints a release as a compose.yaml that runs it anywhere: with docker compose, or here again. Values of variables are asked for by name, as `.env` has them. With --output it is written to a directory, with .env and the files; their content only with --reveal, which needs an admin token and is audited. Where images and data are is said beside it.',
    )
    .option('-r, --release <number>', 'a kept release; by default the live one', readReleaseNumber)
    .option('-o, --output <directory>', 'write compose.yaml, .env and the files there')
    .option('--reveal', 'with the values of variables, configs and secrets');
  withExamples(withApp(command), [
    ['berth eject -a shop > compose.yaml', 'the project alone'],
    ['berth eject -a shop -o ./shop --reveal', 'all of it but images and data'],
  ]);
  onRun<{ release?: number; output?: string; reveal?: boolean }>(
    cli,
    command,
    async ({ options, output: out }) => {
      if (options.reveal === true && options.output === undefined && !out.isJson)
        throw new UsageError(
          '--reveal without --output would print secrets',
          'Add --output DIRECTORY, or --json.',
        );
      const { name } = await findApp(cli, options);
      const client = await connect(cli, options);
      const exported = await client.call('getProject', {
        params: { app: name },
        query: { release: options.release, reveal: options.reveal === true },
        signal: cli.signal,
      });
      out.json(exported);
      const text = await textOf(exported.project);
      if (options.output !== undefined) await writeAll(resolve(cli.cwd, options.output), exported, text);
      else if (!out.isJson) cli.stdout.write(text);
      for (const line of pointersOf(exported, options)) out.note(line);
    },
  );
}

/** YAML, where that reads back as the same; else JSON, which is YAML as well. */
async function textOf(project: Exported['project']): Promise<string> {
  const { parse, stringify } = await import('yaml');
  const json = JSON.stringify(project, null, 2);
  const yaml = stringify(project, { lineWidth: 0, aliasDuplicateObjects: false });
  try {
    if (JSON.stringify(parse(yaml), null, 2) === json) return yaml;
  } catch {
    // Not one this reader understands.
  }
  return `${json}\n`;
}

async function writeAll(directory: string, exported: Exported, text: string): Promise<void> {
  const write = async (path: string, content: string | Uint8Array, mode: number) => {
    const to = join(directory, path);
    // A path comes from the platform: it decides nothing outside.
    if (relative(directory, to).startsWith('..')) throw new Error(`${path} is not inside ${directory}`);
    await mkdir(dirname(to), { recursive: true });
    await writeFile(to, content, { mode, flag: 'wx' });
  };
  await write('compose.yaml', text, 0o644);
  if (exported.values.length > 0) {
    const { printEnvFile } = await import('@berth/compose/export/env-file');
    const values = Object.fromEntries(exported.values.map(({ name, value = '' }) => [name, value]));
    await write('.env', printEnvFile(values), 0o600);
  }
  for (const { path, base64 } of exported.files) {
    if (base64 === undefined) continue;
    await write(path, Buffer.from(base64, 'base64'), 0o600);
  }
}

function pointersOf(
  { app, release, volumes, files, values }: Exported,
  { output, reveal }: { output?: string; reveal?: boolean },
): string[] {
  const lines: string[] = [];
  if (output !== undefined) lines.push(`Written to ${output}.`);
  const missing = [
    ...(reveal === true || values.length === 0 ? [] : [`${values.length} values (.env)`]),
    ...(reveal === true || files.length === 0 ? [] : [`${files.length} files`]),
  ];
  if (missing.length > 0)
    lines.push(`Not in it: ${missing.join(' and ')}; --output with --reveal writes them.`);
  lines.push(`Images: berth export ${release} -a ${app} -o ${app}-${release}.tar`);
  if (volumes.length > 0) lines.push('Data:');
  for (const { name, service, target } of volumes)
    lines.push(`  berth cp -a ${app} ${service}:${target} ./data/${name}`);
  return lines;
}
