/**
 * The same text, at the same offsets, with the lines of each flow collection (`[…]`, `{…}`) and of each quoted
 * text joined by spaces, and the comments in collections blanked. go-yaml takes no notice of indentation
 * inside them, our parser does: what it refuses is read again in this form.
 */
export function joinFlowLines(text: string): string {
  return scan(text).joined;
}

/**
 * Where the first tab stands that go-yaml refuses: in the indentation of a line, be it otherwise empty, or
 * after a dash or a question mark. Not in a flow collection, in quotes or in a block scalar. Undefined:
 * nowhere.
 */
export function findForbiddenTab(text: string): number | undefined {
  return text.includes('\t') ? scan(text).forbiddenTab : undefined;
}

interface Scanned {
  readonly joined: string;
  readonly forbiddenTab: number | undefined;
}

function scan(text: string): Scanned {
  const out = text.split('');
  let forbiddenTab: number | undefined;
  let depth = 0;
  let quote = '';
  /** In a block scalar: the indentation its lines must exceed. */
  let block = -1;
  let atStart = true;
  /** In an unquoted scalar, which may go on in lines that are indented as far as `plainIndent`. */
  let inPlain = false;
  let plainIndent = 0;
  let lineIndent = 0;
  let i = 0;
  const skipFrom = (index: number, pattern: RegExp) => {
    pattern.lastIndex = index;
    return pattern.exec(text)?.[0].length ?? 0;
  };
  const endOfLine = (index: number) => {
    const end = text.indexOf('\n', index);
    return end < 0 ? text.length : end;
  };
  while (i < text.length) {
    const isLineStart = i === 0 || text[i - 1] === '\n';
    if (isLineStart && depth === 0 && quote === '') {
      lineIndent = skipFrom(i, / */y);
      const end = endOfLine(i);
      const isBlank = text.slice(i, end).trim() === '';
      if (block >= 0) {
        if (isBlank || lineIndent > block) {
          i = end + 1;
          continue;
        }
        block = -1;
      }
      if (inPlain) {
        const width = skipFrom(i, /[ \t]*/y);
        const tab = text.slice(i, i + Math.min(width, plainIndent)).indexOf('\t');
        if (tab >= 0) forbiddenTab ??= i + tab;
        if (isBlank) {
          i = end + 1;
          continue;
        }
        inPlain =
          width >= plainIndent && text[i + width] !== '#' && !/^(?:---|\.\.\.)\s/.test(text.slice(i, i + 4));
        if (inPlain) i += width;
      } else if (text[i + lineIndent] === '\t') {
        forbiddenTab ??= i + lineIndent;
      }
      atStart = !inPlain;
    }
    const c = text[i]!;
    const next = text[i + 1];
    const isAfterBlank = i === 0 || /\s/.test(text[i - 1]!);
    if (quote !== '') {
      if (quote === '"' && c === '\\') {
        if (next === '\n' || next === '\r') out[i + 1] = ' ';
        i++;
      } else if (quote === "'" && c === "'" && next === "'") i++;
      else if (c === quote) quote = '';
      else if (c === '\n' || c === '\r') out[i] = ' ';
      i++;
      continue;
    }
    if (c === '#' && isAfterBlank) {
      const end = endOfLine(i);
      if (depth > 0) for (let at = i; at < end; at++) out[at] = ' ';
      inPlain = false;
      i = end;
      continue;
    }
    if (depth > 0) {
      if (c === '[' || c === '{') depth++;
      else if (c === ']' || c === '}') depth--;
      else if ((c === '"' || c === "'") && /[\s,[{:]/.test(text[i - 1]!)) quote = c;
      else if (c === '\n' || c === '\r') out[i] = ' ';
      atStart = false;
      i++;
      continue;
    }
    if (atStart) {
      if (c === '[' || c === '{') depth++;
      else if (c === '"' || c === "'") quote = c;
      else if ((c === '|' || c === '>') && /^[|>][-+0-9]*\s*(#.*)?$/.test(text.slice(i, endOfLine(i)))) {
        block = lineIndent;
        i = endOfLine(i);
        continue;
      }
      // A dash, an anchor or a tag may stand before the value.
      if ((c === '&' || c === '!' || c === '*') && isAfterBlank) {
        while (i < text.length && !/\s/.test(text[i]!)) i++;
        continue;
      }
      if ((c === '-' || c === '?' || c === ':') && /\s/.test(next ?? '\n')) {
        const blanks = skipFrom(i + 1, / */y);
        if (text[i + 1 + blanks] === '\t') forbiddenTab ??= i + 1 + blanks;
        plainIndent = i - (text.lastIndexOf('\n', i) + 1) + 1;
      } else if (!/\s/.test(c)) {
        atStart = false;
        inPlain = depth === 0 && quote === '';
        const column = i - (text.lastIndexOf('\n', i) + 1);
        // Is it a key? What follows it must then be indented further than the key.
        if (/^[^#]*?:(?:\s|$)/.test(text.slice(i, endOfLine(i)))) plainIndent = column + 1;
      }
    } else if (c === ':' && /\s/.test(next ?? '\n')) {
      atStart = true;
      inPlain = false;
    }
    i++;
  }
  return { joined: out.join(''), forbiddenTab };
}
