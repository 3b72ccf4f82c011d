import type { Command, Option } from 'commander';
import type { Cli } from './cli.ts';
import { ask } from './prompt.ts';
import { readSetting, settable, variableOf } from './unattended.ts';

/** What most machines differ in; the rest is asked for only if it is wished. */
const first: readonly string[] = ['domain', 'public-address', 'http-port', 'https-port'];
const instead = 'Without a person, give options or a file: `berth up --settings FILE`';

/**
 * Asks a person for every setting of `berth up` that nothing else gave. An empty answer leaves it as it is kept, or as
 * is usual; a wrong one is told and asked for again. Says at the end how the same is set without questions.
 */
export async function askSettings<T extends object>(cli: Cli, command: Command, given: T): Promise<T> {
  const values = { ...given } as Record<string, unknown>;
  const said: string[] = [];
  const askFor = async (option: Option): Promise<void> => {
    if (values[option.attributeName()] !== undefined) return;
    for (;;) {
      const text = (await ask(cli, `${option.name()}, ${option.description}: `, instead)).trim();
      if (text === '') return;
      const read = readSetting(option, text);
      if (read.kind === 'ok') {
        values[option.attributeName()] = read.value;
        said.push(`${variableOf(option)}=${text}`);
        return;
      }
      cli.stderr.write(`  ${read.why}\n`);
    }
  };
  const isFirst = (option: Option): boolean => first.includes(option.name());
  cli.stderr.write('Enter alone leaves a setting as it is kept, or else as the brackets say.\n');
  for (const option of settable(command).filter(isFirst)) await askFor(option);
  const others = settable(command).filter((option) => !isFirst(option));
  const names = others.map((option) => option.name()).join(', ');
  if (/^y(es)?$/i.test((await ask(cli, `also ${names}? [y/N] `, instead)).trim()))
    for (const option of others) await askFor(option);
  if (said.length > 0)
    cli.stderr.write(`The same without questions, in a file for --settings:\n  ${said.join('\n  ')}\n`);
  return values as T;
}
