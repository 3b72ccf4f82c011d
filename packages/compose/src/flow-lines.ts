/**
 * The same text, at the same offsets, with the lines of each flow collection (`[…]`, `{…}`) joined by spaces
 * and its comments blanked. go-yaml takes no notice of indentation inside them, our parser does: what it
 * refuses is read again in this form.
 */
export function joinFlowLines(text: string): string {
  return scan(text).joined;
}

/**
 * Where the first line begins with a tab that is neither in a flow collection nor in quotes: go-yaml refuses
 * it, be the line otherwise empty. Undefined: nowhere.
 */
export function findLeadingTab(text: string): number | undefined {
  return /^\t/m.test(text) ? scan(text).leadingTab : undefined;
}

function scan(text: string): { joined: string; leadingTab: number | undefined } {
  const out = Array.from({ length: text.length }, (_, index) => text[index]!);
  let leadingTab: number | undefined;
  let depth = 0;
  let quote = '';
  /** In a block scalar: the indentation its lines must exceed. */
  let block = -1;
  let atStart = true;
  let lineIndent = 0;
  let i = 0;
  const indentAt = (index: number) => {
    let width = 0;
    while (text[index + width] === ' ') width++;
    return width;
  };
  const endOfLine = (index: number) => {
    const end = text.indexOf('\n', index);
    return end < 0 ? text.length : end;
  };
  while (i < text.length) {
    const isLineStart = i === 0 || text[i - 1] === '\n';
    if (isLineStart && depth === 0 && quote === '') {
      if (text[i] === '\t') leadingTab ??= i;
      lineIndent = indentAt(i);
      const end = endOfLine(i);
      const isBlank = text.slice(i, end).trim() === '';
      if (block >= 0) {
        if (isBlank || lineIndent > block) {
          i = end + 1;
          continue;
        }
        block = -1;
      }
      atStart = true;
    }
    const c = text[i]!;
    const next = text[i + 1];
    const isAfterBlank = isLineStart || /\s/.test(text[i - 1]!);
    if (quote !== '') {
      if (quote === '"' && c === '\\') i++;
      else if (quote === "'" && c === "'" && next === "'") i++;
      else if (c === quote) quote = '';
      else if (depth > 0 && (c === '\n' || c === '\r')) out[i] = ' ';
      i++;
      continue;
    }
    if (c === '#' && isAfterBlank) {
      const end = endOfLine(i);
      if (depth > 0) for (let at = i; at < end; at++) out[at] = ' ';
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
      if (!/\s/.test(c) && !((c === '-' || c === '?') && /\s/.test(next ?? '\n'))) atStart = false;
    } else if (c === ':' && /\s/.test(next ?? '\n')) {
      atStart = true;
    }
    i++;
  }
  return { joined: out.join(''), leadingTab };
}
