import { fail, type Place } from './issue.ts';
import { breakLength, isBlank, readBreak } from './line-breaks.ts';

/**
 * The text of a block scalar (`|`, `>`), read as go-yaml reads it: how far it is indented, which breaks fold,
 * and that a text at the end of a file without a line break has none. `parentIndent`: the column of the mapping
 * or list it is in, -1 at the top.
 */
export function readBlock(
  source: string,
  start: number,
  parentIndent: number,
  placeOf: (offset: number) => Place,
): { text: string; end: number } {
  const header = /^[|>](?:([-+])([1-9])?|([1-9])([-+])?)?/.exec(source.slice(start, start + 3)) ?? [''];
  const chomping = header[1] ?? header[4] ?? '';
  const increment = Number(header[2] ?? header[3] ?? 0);
  const isLiteral = source[start] === '|';
  let at = start;
  while (at < source.length && breakLength(source, at) === 0) at++;
  at += breakLength(source, at);
  let indent = increment > 0 ? Math.max(0, parentIndent) + increment : 0;

  /** Skips indentation and empty lines; the first time, finds out how far the text is indented. */
  const readBreaks = (): { breaks: string; column: number } => {
    let breaks = '';
    let widest = 0;
    let column = 0;
    for (;;) {
      column = 0;
      while ((indent === 0 || column < indent) && source[at] === ' ') {
        at++;
        column++;
      }
      widest = Math.max(widest, column);
      if ((indent === 0 || column < indent) && source[at] === '\t') {
        fail([], 'a tab where the indentation of the text is expected', {
          place: placeOf(at),
          suggestion: 'use spaces',
        });
      }
      const length = breakLength(source, at);
      if (length === 0) break;
      breaks += readBreak(source, at);
      at += length;
    }
    if (indent === 0) indent = Math.max(widest, parentIndent + 1, 1);
    return { breaks, column };
  };

  let text = '';
  let leadingBreak = '';
  let startedBlank = false;
  let { breaks, column } = readBreaks();
  while (column === indent && at < source.length) {
    const startsBlank = isBlank(source[at]);
    if (!isLiteral && !startedBlank && !startsBlank && leadingBreak === '\n') {
      if (breaks === '') text += ' ';
    } else {
      text += leadingBreak;
    }
    text += breaks;
    startedBlank = startsBlank;
    const from = at;
    while (at < source.length && breakLength(source, at) === 0) at++;
    text += source.slice(from, at);
    const length = breakLength(source, at);
    leadingBreak = length === 0 ? '' : readBreak(source, at);
    at += length;
    ({ breaks, column } = readBreaks());
  }
  if (chomping !== '-') text += leadingBreak;
  if (chomping === '+') text += breaks;
  return { text, end: at };
}
