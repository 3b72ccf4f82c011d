/** Why a command line cannot be split. */
export class CommandFault extends Error {}

/**
 * A command written as one string, split into words as Compose does it (go-shellwords, without expansion):
 * quotes and backslashes group, an unquoted `;`, `&`, `|`, `<` or `>` ends the command.
 */
export function splitCommand(line: string): string[] {
  const words: string[] = [];
  let word = '';
  let has = false;
  let escaped = false;
  let quote: '"' | "'" | undefined;
  let backQuote = false;
  let dollarQuote = false;
  loop: for (const c of line) {
    if (escaped) {
      word += c;
      escaped = false;
      has = true;
      continue;
    }
    if (c === '\\') {
      if (quote === "'") word += c;
      else escaped = true;
      continue;
    }
    if (c === ' ' || c === '\t' || c === '\r' || c === '\n') {
      if (quote !== undefined || backQuote || dollarQuote) {
        word += c;
      } else if (has) {
        words.push(word);
        word = '';
        has = false;
      }
      continue;
    }
    switch (c) {
      case '`':
        if (quote === undefined && !dollarQuote) backQuote = !backQuote;
        break;
      case ')':
        if (quote === undefined && !backQuote) dollarQuote = !dollarQuote;
        break;
      case '(':
        if (quote === undefined && !backQuote) {
          if (dollarQuote || !word.endsWith('$')) throw new CommandFault('invalid command line string');
          dollarQuote = true;
          word += '(';
          continue;
        }
        break;
      case '"':
      case "'": {
        const other = c === '"' ? "'" : '"';
        if (quote !== other && !dollarQuote) {
          if (quote === c) {
            has = true;
            quote = undefined;
          } else {
            quote = c;
          }
          continue;
        }
        break;
      }
      case ';':
      case '&':
      case '|':
      case '<':
      case '>':
        if (quote === undefined && !backQuote && !dollarQuote) {
          if (c === '>' && /^[0-9]/.test(word)) has = false;
          break loop;
        }
        break;
      default:
    }
    has = true;
    word += c;
  }
  if (has) words.push(word);
  if (escaped || quote !== undefined || backQuote || dollarQuote) {
    throw new CommandFault('invalid command line string');
  }
  return words;
}
