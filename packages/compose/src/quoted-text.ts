import { fail, type Place } from './issue.ts';
import { breakLength, isBlank, readBreak } from './line-breaks.ts';

/** The text of a quoted scalar, read as go-yaml reads it: which breaks fold, and which escapes there are. */
export function readQuoted(source: string, start: number, placeOf: (offset: number) => Place): string {
  const quote = source[start];
  const isSimple = /^(?:"[^"\\\n\r\u0085\u2028\u2029]*"|'[^'\n\r\u0085\u2028\u2029]*'(?!'))/.exec(
    source.slice(start, start + 1024),
  );
  if (isSimple !== null) return isSimple[0].slice(1, -1);
  let text = '';
  let at = start + 1;
  while (at < source.length) {
    const c = source[at]!;
    if (c === quote) {
      if (quote === '"' || source[at + 1] !== "'") return text;
      text += "'";
      at += 2;
    } else if (c === '\\' && quote === '"') {
      const length = breakLength(source, at + 1);
      if (length > 0) {
        const folded = foldBreaks(source, at + 1 + length, placeOf);
        text += folded.more;
        at = folded.end;
      } else {
        const read = readEscape(source, at, placeOf);
        text += read.text;
        at += read.length;
      }
    } else if (isBlank(c) || breakLength(source, at) > 0) {
      const from = at;
      while (isBlank(source[at])) at++;
      const length = breakLength(source, at);
      if (length === 0) {
        text += source.slice(from, at);
        continue;
      }
      const first = readBreak(source, at);
      const folded = foldBreaks(source, at + length, placeOf);
      if (first !== '\n') text += first + folded.more;
      else text += folded.more === '' ? ' ' : folded.more;
      at = folded.end;
    } else {
      text += c;
      at++;
    }
  }
  return text;
}

/** The breaks after a first one, and where the text goes on. */
function foldBreaks(
  source: string,
  start: number,
  placeOf: (offset: number) => Place,
): { more: string; end: number } {
  let more = '';
  let end = start;
  for (;;) {
    if (/^(?:---|\.\.\.)\s/.test(source.slice(end, end + 4))) {
      fail([], 'a quoted text goes over the end of the document', { place: placeOf(end) });
    }
    while (isBlank(source[end])) end++;
    const length = breakLength(source, end);
    if (length === 0) return { more, end };
    more += readBreak(source, end);
    end += length;
  }
}

const escapes: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
  N: '\u0085',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
};
const digitsOf: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function readEscape(
  source: string,
  at: number,
  placeOf: (offset: number) => Place,
): { text: string; length: number } {
  const letter = source[at + 1] ?? '';
  const simple = escapes[letter];
  if (simple !== undefined) return { text: simple, length: 2 };
  const place = placeOf(at);
  const digits = digitsOf[letter];
  if (digits === undefined) {
    const suggestion = letter === '/' ? 'write / as it is' : `write \\\\${letter}, or use single quotes`;
    return fail([], `unknown escape character \\${letter}`, { place, suggestion });
  }
  const hex = source.slice(at + 2, at + 2 + digits);
  const code = Number.parseInt(hex, 16);
  if (hex.length < digits || !/^[0-9a-fA-F]+$/.test(hex)) {
    return fail([], `\\${letter} needs ${digits} hexadecimal digits`, { place });
  }
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) {
    return fail([], `\\${letter}${hex} is not a Unicode character`, { place });
  }
  return { text: String.fromCodePoint(code), length: 2 + digits };
}
