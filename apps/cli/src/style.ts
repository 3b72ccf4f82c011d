import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';
import type { Cli, TextSink } from './cli.ts';

export type Style = ReturnType<typeof pc.createColors>;

/** Colours for a sink: on a terminal, unless NO_COLOR says no (https://no-color.org); FORCE_COLOR says yes. */
export function styleFor(sink: TextSink, env: Cli['env']): Style {
  const isForced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0';
  const isBanned = (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb';
  return pc.createColors(isForced || (sink.isTTY === true && !isBanned));
}

/** Columns that `text` takes on a terminal. */
export function textWidth(text: string): number {
  return stripVTControlCharacters(text).length;
}

/** Cuts to `width` columns; colours inside are dropped from a text that must be cut. */
export function truncate(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  const plain = stripVTControlCharacters(text);
  return width <= 1 ? plain.slice(0, Math.max(0, width)) : `${plain.slice(0, width - 1)}…`;
}

/**
 * Text from an app, made safe to print: colours stay, everything else that moves the cursor, sets the title
 * or asks the terminal to answer goes. A log line must not be able to rewrite what is above it.
 */
export function sanitize(text: string): string {
  return text
    .replace(CONTROL_SEQUENCE, (sequence) => (COLOUR.test(sequence) ? sequence : ''))
    .replace(CONTROL_CHARACTER, '');
}
// CSI sequences, OSC and other strings up to their end, and two-character escapes.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the point here.
const CONTROL_SEQUENCE = /\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
const COLOUR = /^\x1b\[[0-9;:]*m$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above; tab and the escape of kept colours stay.
const CONTROL_CHARACTER = /[\x00-\x08\x0a-\x1a\x1c-\x1f\x7f-\x9f]/g;
