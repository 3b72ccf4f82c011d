import { type Imported, ImportFault, nameOfImage, serviceName } from './imported.ts';
import { type RunState, shortOptions, switchOptions, valueOptions } from './run-options.ts';
import { splitShellWords } from './run-words.ts';

/** A `docker run` line as a Compose file. Throws an `ImportFault` for an option it does not know. */
export function importRunLine(line: string): Imported {
  const words = splitShellWords(line);
  const at = words.findIndex((word, index) => word === 'run' || (word === 'create' && index <= 3));
  const isDocker = /^(?:sudo|(?:\S*\/)?(?:docker|podman))$/.test(words[0] ?? '');
  if (!isDocker || at < 0) {
    throw new ImportFault('this is not a docker run line', { suggestion: 'start with `docker run`' });
  }
  return importRunWords(words.slice(at + 1));
}

/** The words after `docker run`. */
export function importRunWords(words: readonly string[]): Imported {
  const state: RunState = { service: {}, volumes: {}, networks: {}, notes: [], name: undefined };
  const rest = [...words];
  while (rest[0]?.startsWith('-') && rest[0] !== '-') {
    const word = rest.shift()!;
    if (word === '--') break;
    if (word.startsWith('--')) readLong(state, word.slice(2), rest);
    else readShort(state, word.slice(1), rest);
  }
  const image = rest.shift();
  if (image === undefined) throw new ImportFault('the line names no image');
  const { service, volumes, networks, notes } = state;
  const made = { image, ...(rest.length === 0 ? {} : { command: rest }), ...service };
  const name = state.name === undefined ? nameOfImage(image) : serviceName(state.name);
  return { manifest: { services: { [name]: made }, volumes, networks }, notes };
}

function readLong(state: RunState, word: string, rest: string[]): void {
  const equals = word.indexOf('=');
  const name = equals < 0 ? word : word.slice(0, equals);
  const given = equals < 0 ? undefined : word.slice(equals + 1);
  const toggle = switchOptions[name];
  if (toggle !== undefined) {
    if (given !== 'false') toggle(state, `--${name}`);
    return;
  }
  const option = valueOptions[name];
  if (option === undefined) {
    throw new ImportFault(`docker run has no option --${name} that a Compose file can hold`, {
      suggestion: 'take it out of the line',
    });
  }
  const value = given ?? rest.shift();
  if (value === undefined) throw new ImportFault(`--${name} has no value`);
  option(state, value);
}

function readShort(state: RunState, letters: string, rest: string[]): void {
  for (let i = 0; i < letters.length; i++) {
    const name = shortOptions[letters[i]!];
    if (name === undefined) throw new ImportFault(`docker run has no option -${letters[i]}`);
    const toggle = switchOptions[name];
    if (toggle !== undefined) {
      toggle(state, `-${letters[i]}`);
      continue;
    }
    const value = letters.slice(i + 1).replace(/^=/, '') || rest.shift();
    if (value === undefined) throw new ImportFault(`-${letters[i]} has no value`);
    valueOptions[name]!(state, value);
    return;
  }
}
