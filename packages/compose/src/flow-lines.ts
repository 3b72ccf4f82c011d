/**
 * The same text, at the same offsets, with the lines of each flow collection (`[…]`, `{…}`) and of each quoted
 * text joined by spaces, and the comments in collections blanked. go-yaml takes no notice of indentation
 * inside them, our parser does: what it refuses is read again in this form.
 */
export function joinFlowLines(text: string): string {
  return scan(text).joined;
}

/** What go-yaml refuses where it stands, and our parser takes. */
export interface Forbidden {
  readonly at: number;
  readonly what: 'tab' | 'tag';
}

/**
 * The first tab that go-yaml refuses: in the indentation of a line, be it otherwise empty, or after a dash or
 * a question mark (not in a flow collection, in quotes or in a block scalar); or a tag that something other
 * than a blank follows.
 */
export function findForbidden(text: string): Forbidden | undefined {
  return text.includes('\t') || /[\s,[{]!/.test(text) ? scan(text).forbidden : undefined;
}

interface Scanned {
  readonly joined: string;
  readonly forbidden: Forbidden | undefined;
}

const tag = /!(?:<[^\s>]*>|[\w;/?:@&=+$,.!~*'()[\]%-]*)/y;

function scan(text: string): Scanned {
  const out = text.split('');
  let forbidden: Forbidden | undefined;
  const refuse = (what: Forbidden['what'], at: number) => {
    forbidden ??= { what, at };
  };
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
  const refuseBadTag = (index: number) => {
    const end = index + skipFrom(index, tag);
    const isAlone = end >= text.length || /\s/.test(text[end]!);
    if (!isAlone || (depth > 0 && /[,[\]]/.test(text.slice(index, end)))) refuse('tag', index);
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
        if (tab >= 0) refuse('tab', i + tab);
        if (isBlank) {
          i = end + 1;
          continue;
        }
        inPlain =
          width >= plainIndent && text[i + width] !== '#' && !/^(?:---|\.\.\.)\s/.test(text.slice(i, i + 4));
        if (inPlain) i += width;
      } else if (text[i + lineIndent] === '\t') {
        refuse('tab', i + lineIndent);
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
      // A comment ends an unquoted text for go-yaml: kept, it makes the joined text invalid when more follows.
      const isEnd = depth === 0 || !/[^\s,:[{]\s*$/.test(out.slice(Math.max(0, i - 80), i).join(''));
      if (depth > 0 && (isEnd || /^(?:\s|#.*)*[,\]}:]/.test(text.slice(end, end + 500))))
        for (let at = i; at < end; at++) out[at] = ' ';
      inPlain = false;
      const lineStart = text.lastIndexOf('\n', i) + 1;
      const isOwnLine = depth === 0 && /^[\s-]*$/.test(text.slice(lineStart, i));
      // go-yaml goes from a comment on a line of its own to the next one, past anything blank.
      const next = end + (isOwnLine ? skipFrom(end, /\s{0,511}(?=#)/y) : 0);
      for (let at = end; at < next; at++) if (out[at] === '\t') out[at] = ' ';
      i = next;
      continue;
    }
    if (depth > 0) {
      if (c === '[' || c === '{') depth++;
      else if (c === ']' || c === '}') depth--;
      else if ((c === '"' || c === "'") && /[\s,[{:]/.test(text[i - 1]!)) quote = c;
      else if (c === '\n') {
        out[i] = ' ';
        // Inside an unquoted text a tab must not indent the next line less than the block around asks for.
        const width = skipFrom(i + 1, /\s*/y);
        const lead = text.slice(i + 1, i + 1 + width);
        const tab = lead.split('\n').find((line) => line.slice(0, plainIndent).includes('\t'));
        if (tab !== undefined && /[^\s,:[\]{}"']\r?$/.test(out.slice(Math.max(0, i - 2), i).join('')))
          refuse('tab', i + 1);
      } else if (c === '\r') out[i] = ' ';
      else if (c === '!' && /[\s,[{]/.test(text[i - 1]!)) refuseBadTag(i);
      atStart = false;
      i++;
      continue;
    }
    if (atStart) {
      if (c === '[' || c === '{') depth++;
      else if (c === '"' || c === "'") quote = c;
      else if ((c === '|' || c === '>') && /^[|>][-+0-9]*\s*(#.*)?$/s.test(text.slice(i, endOfLine(i)))) {
        block = lineIndent;
        i = endOfLine(i);
        continue;
      }
      // A dash, an anchor or a tag may stand before the value.
      if ((c === '&' || c === '!' || c === '*') && isAfterBlank) {
        if (c === '!') refuseBadTag(i);
        while (i < text.length && !/\s/.test(text[i]!)) i++;
        continue;
      }
      if ((c === '-' || c === '?' || c === ':') && /\s/.test(next ?? '\n')) {
        const blanks = skipFrom(i + 1, / */y);
        // Before a comment it is refused after a dash only.
        const tab = i + 1 + blanks;
        if (text[tab] === '\t' && (c === '-' || !/^\s*#/.test(text.slice(tab, endOfLine(tab)))))
          refuse('tab', tab);
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
  return { joined: out.join(''), forbidden };
}
