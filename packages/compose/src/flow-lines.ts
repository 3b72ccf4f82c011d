/** What go-yaml refuses where it stands, and our parser takes. */
export interface Forbidden {
  readonly at: number;
  readonly what: 'tab' | 'tag';
}

export interface Scanned {
  /**
   * The same text, at the same offsets, as our parser reads what it refuses or reads otherwise: the lines of each
   * flow collection (`[…]`, `{…}`) and of each quoted text joined by spaces, the comments in collections blanked,
   * a dash that is a value, the star of `*a: 1` and odd characters of tags as letters. What is read is the
   * original.
   */
  readonly joined: () => string;
  /** Tags with a comma, a bracket or a colon, which go-yaml takes for a part of them. */
  readonly hasOddTags: boolean;
  /**
   * The first tab that go-yaml refuses: in the indentation of a line, be it otherwise empty, or after a dash or
   * a question mark (not in a flow collection, in quotes or in a block scalar); or a tag that something other
   * than a blank follows.
   */
  readonly forbidden: Forbidden | undefined;
}

interface Found {
  readonly out: readonly string[];
  readonly hasOddTags: boolean;
  readonly forbidden: Forbidden | undefined;
}

/** Cheap for what has neither a tab nor a tag, as long as nobody asks for the joined text. */
export function scan(text: string): Scanned {
  let found: Found | undefined;
  const look = (): Found => {
    found ??= scanAll(text);
    return found;
  };
  const isPlain = !text.includes('\t') && !/[\s,[{]!/.test(text);
  return {
    joined: () => look().out.join(''),
    hasOddTags: !isPlain && look().hasOddTags,
    forbidden: isPlain ? undefined : look().forbidden,
  };
}

const tag = /!(?:<[^\s>]*>|[\w;/?:@&=+$,.!~*'()[\]%-]*)/y;

function scanAll(text: string): Found {
  const out = text.split('');
  let forbidden: Forbidden | undefined;
  let hasOddTags = false;
  /** Where the latest quoted text ends. */
  let quoted = -1;
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
    if (end < text.length && !/\s/.test(text[end]!)) refuse('tag', index);
    if (text[index + 1] === '<') return;
    for (let at = index; at < end; at++) {
      if (!/[,[\]]/.test(text[at]!) && !(text[at] === ':' && at === end - 1)) continue;
      out[at] = 'x';
      hasOddTags = true;
    }
  };
  /** go-yaml ends an alias at its colon. */
  const readAliasKey = (index: number) => {
    if (skipFrom(index, /\*[\w-]+(?=:(?:\s|$))/y) > 0) out[index] = 'x';
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
      else if (c === quote) {
        quote = '';
        quoted = i;
      } else if (c === '\n' || c === '\r') out[i] = ' ';
      i++;
      continue;
    }
    const isAfterMark = depth > 0 && i > 0 && (quoted === i - 1 || /[,[\]{}]/.test(text[i - 1]!));
    if (c === '#' && (isAfterBlank || isAfterMark)) {
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
      else if (/[\s,[{]/.test(text[i - 1]!)) {
        if (c === '!') refuseBadTag(i);
        else if (c === '*') readAliasKey(i);
        else if (c === '-' && /[,\]}]/.test(next ?? '')) out[i] = 'x';
      }
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
        if (c === '*') readAliasKey(i);
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
        if (depth === 0 && /^[^#]*?:(?:\s|$)/.test(text.slice(i, endOfLine(i)))) plainIndent = column + 1;
      }
    } else if (c === ':' && /\s/.test(next ?? '\n')) {
      atStart = true;
      inPlain = false;
    }
    i++;
  }
  return { out, hasOddTags, forbidden };
}
