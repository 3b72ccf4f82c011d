import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type ImportKind, type ImportSource, importKinds, importSource } from '@berth/compose/import/import';
import { ImportFault, renderImported } from '@berth/compose/import/imported';
import { refuse } from '@berth/contract/errors';
import { type Command, Option } from 'commander';
import type { Cli } from '../cli.ts';
import { UsageError } from '../cli.ts';
import { onRun, withExamples, withJson } from '../options.ts';

interface ImportOptions {
  readonly from?: ImportKind;
  readonly output?: string;
}

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('import')
    .summary('make a compose.yaml from a docker run line, a Procfile and other forms')
    .description(
      `Prints a Compose file made from a docker run line, a docker-compose file of version 1, a file with the
\`containers:\` of 2014, a Procfile with the app.json beside it, a fleet unit or a kontena.yml. It is yours to read
and to keep: what has no counterpart is told in comments at its top.`,
    )
    .argument('<source...>', 'a file, - for standard input, or the words of a docker run line after --')
    .addOption(new Option('--from <kind>', 'what it is, if that is not plain').choices(importKinds))
    .option('-o, --output <path>', 'write it there; an existing file is left alone');
  withExamples(withJson(command), [
    ['berth import docker-compose.yml -o compose.yaml', 'a file of version 1'],
    ['berth import Procfile', 'each process becomes a service'],
    ['berth import -- docker run -d -p 80:80 nginx', 'one line of a shell'],
    ['berth import web@1.service', 'a fleet unit'],
  ]);
  onRun<ImportOptions>(cli, command, async ({ args, options, output }) => {
    const source = readSource(cli, args);
    const made = convert(source, options.from);
    const text = renderImported(made, source.name);
    output.json({ compose: text, notes: made.notes });
    if (output.isJson) return;
    if (options.output === undefined) {
      cli.stdout.write(text);
      return;
    }
    const path = resolve(cli.cwd, options.output);
    if (existsSync(path)) throw new UsageError(`${options.output} exists already; it is left alone`);
    writeFileSync(path, text);
    output.line(`${options.output} is written. Read it, then: berth config && berth deploy`);
    for (const note of made.notes) output.note(note);
  });
}

function readSource(cli: Cli, args: readonly string[]): ImportSource {
  const [first = ''] = args;
  const isLine = args.length > 1 || /^(?:sudo\s+)?(?:docker|podman)\s/.test(first);
  if (isLine) {
    const words = args.length === 1 ? first : args.map(quoted).join(' ');
    return { name: 'docker run', text: words };
  }
  if (first === '-') return { name: 'standard input', text: readFileSync(0, 'utf8') };
  const path = resolve(cli.cwd, first);
  if (!existsSync(path)) throw new UsageError(`there is no file ${first}`);
  const appJson = resolve(dirname(path), 'app.json');
  const isProcfile = /(?:^|\/)Procfile[^/]*$/.test(path);
  return {
    name: first,
    text: readFileSync(path, 'utf8'),
    ...(isProcfile && existsSync(appJson) ? { appJson: readFileSync(appJson, 'utf8') } : {}),
  };
}

/** The shell has taken words apart already: they are put together so that nothing in them counts again. */
function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function convert(source: ImportSource, kind: ImportKind | undefined) {
  try {
    return kind === undefined ? importSource(source) : importSource(source, kind);
  } catch (cause) {
    if (!(cause instanceof ImportFault)) throw cause;
    const place = cause.line === undefined ? '' : `:${cause.line}`;
    const advice = cause.suggestion === undefined ? '' : ` (${cause.suggestion})`;
    throw refuse('invalid_manifest', `${source.name}${place}: ${cause.message}${advice}`);
  }
}
