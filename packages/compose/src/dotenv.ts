import { substitute, TemplateFault } from './template.ts';

/**
 * `.env` files and the files of `env_file` and `label_file`, as compose-go's `dotenv` reads them: quotes,
 * escapes, `export`, comments, values over several lines, and variables in values (a port of it; MIT,
 * © John Barton and the Compose Specification Authors).
 */
export class DotenvFault extends Error {
  /** From 1, as near as the format allows. */
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

export interface DotenvOptions {
  readonly lookup?: (name: string) => string | undefined;
  readonly onUnset?: (name: string) => void;
}

const escapes = /\\(?:[abcfnrtv$"\\]|0\d{0,3})/g;
const isSpace = (c: string) => /[\t\v\f\r \u0085\u00a0]/.test(c);
const goSpace = '[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const trailingSpace = new RegExp(`${goSpace}+$`);
const nonSpace = new RegExp(`(?!${goSpace})[^]`);
const leadingInlineSpace = /^[\t\v\f\r \u0085\u00a0]+/;

/** Names and values of an env file. Throws a `DotenvFault`. */
export function parseDotenv(text: string, options: DotenvOptions = {}): Map<string, string> {
  const lookup = options.lookup ?? (() => undefined);
  const values = new Map<string, string>();
  const source = text.startsWith('\ufeff') ? text.slice(1) : text;
  let rest = source;
  const lineAt = (left: number) => source.slice(0, source.length - left).split('\n').length;

  const expand = (value: string): string => {
    try {
      return substitute(value, {
        lookup: (name) => lookup(name) ?? values.get(name),
        ...(options.onUnset === undefined ? {} : { onUnset: options.onUnset }),
      });
    } catch (cause) {
      if (!(cause instanceof TemplateFault)) throw cause;
      throw new DotenvFault(
        lineAt(rest.length),
        cause.missing === undefined && !cause.isBeyondLimits ? `invalid template: ${value}` : cause.message,
      );
    }
  };

  for (;;) {
    const start = rest.search(nonSpace);
    if (start < 0) break;
    rest = rest.slice(start);
    if (rest.startsWith('#')) {
      const end = rest.indexOf('\n');
      if (end < 0) break;
      rest = rest.slice(end);
      continue;
    }
    const left = rest.length;
    const line = () => lineAt(left);
    if (/^export[\t\n\f\r ]+/.test(rest)) rest = rest.slice('export'.length).replace(leadingInlineSpace, '');
    const { name, length, inherited } = findName(rest, line);
    rest = rest.slice(length).replace(leadingInlineSpace, '');
    if (name.includes(' ')) throw new DotenvFault(line(), 'a name cannot contain a space');
    if (inherited) {
      const value = lookup(name);
      if (value !== undefined) values.set(name, value);
      continue;
    }
    const quote = rest[0];
    if (quote !== '"' && quote !== "'") {
      const end = rest.indexOf('\n');
      const raw = end < 0 ? rest : rest.slice(0, end);
      const value = raw.split(' #', 1)[0]!.replace(trailingSpace, '');
      const expanded = expand(value);
      rest = end < 0 ? '' : rest.slice(end + 1);
      values.set(name, expanded);
      continue;
    }
    const quoted = readQuoted(rest, quote);
    if (quoted === undefined) {
      throw new DotenvFault(line(), `unterminated quoted value ${rest.split('\n', 1)[0]}`);
    }
    const value = quote === '"' ? expand(expandEscapes(quoted.value)) : quoted.value;
    rest = rest.slice(quoted.length);
    values.set(name, value);
  }
  return values;
}

function findName(text: string, line: () => number): { name: string; length: number; inherited: boolean } {
  let name = '';
  let length = 0;
  let inherited = false;
  let at = 0;
  for (const c of text) {
    if (!isSpace(c)) {
      if (c === '=' || c === ':' || c === '\n') {
        name = text.slice(0, at);
        length = at + 1;
        inherited = c === '\n';
        break;
      }
      if (!/[_.\-[\]]/.test(c) && !/[\p{L}\p{N}]/u.test(c)) {
        const whole = text.split('\n', 1)[0];
        throw new DotenvFault(
          line(),
          `unexpected character ${JSON.stringify(c)} in variable name "${whole}"`,
        );
      }
    }
    at += c.length;
  }
  if (text === '') throw new DotenvFault(line(), 'zero length string');
  return { name: name.replace(trailingSpace, ''), length, inherited };
}

function readQuoted(text: string, quote: string): { value: string; length: number } | undefined {
  let value = '';
  let escaped = false;
  for (let i = 1; i < text.length; i++) {
    const c = text[i]!;
    if (c !== quote) {
      if (!escaped && c === '\\') {
        escaped = true;
        continue;
      }
      if (escaped) {
        escaped = false;
        value += '\\';
      }
      value += c;
      continue;
    }
    if (escaped) {
      escaped = false;
      value += c;
      continue;
    }
    return { value, length: i + 1 };
  }
  return undefined;
}

const simpleEscapes: Readonly<Record<string, string>> = {
  '\\a': '\x07',
  '\\b': '\b',
  '\\f': '\f',
  '\\n': '\n',
  '\\r': '\r',
  '\\t': '\t',
  '\\v': '\v',
  '\\\\': '\\',
  '\\"': '"',
};

function expandEscapes(text: string): string {
  return text.replace(escapes, (match) => {
    if (match === '\\$') return '$$';
    const simple = simpleEscapes[match];
    if (simple !== undefined) return simple;
    // `\0123` is octal 123; Go wants exactly three digits, anything else stays as it was written.
    const octal = /^\\0([0-7]{3})$/.exec(match);
    if (octal === null) return match.startsWith('\\0') ? match.replace('\\0', '\\') : match;
    const code = Number.parseInt(octal[1]!, 8);
    return code > 255 ? match.replace('\\0', '\\') : String.fromCharCode(code);
  });
}
