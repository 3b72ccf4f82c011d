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

/** Where something other than blanks and comments is from `start` on. */
function skipComments(text: string, start: number): number {
  let at = start;
  for (;;) {
    while (at < text.length && /\s/.test(text[at]!)) at++;
    if (text[at] !== '#') return at;
    while (at < text.length && text[at] !== '\n') at++;
  }
}

function scanAll(text: string): Found {
  const out = text.split('');
  let forbidden: Forbidden | undefined;
  let hasOddTags = false;
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
  /** In a flow collection: what was read last. */
  let flow = 'mark' as 'mark' | 'text' | 'value';
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
  /** What starts in a flow collection, but a bracket or a comma; tells where it goes on. */
  const readFlowToken = (index: number): number => {
    const c = text[index]!;
    if (c === '"' || c === "'") {
      quote = c;
      flow = 'value';
    } else if (c === '!' || c === '&') {
      if (flow === 'value') refuse('tag', index);
      if (c === '!') refuseBadTag(index);
      return index + (c === '!' ? skipFrom(index, tag) : skipFrom(index, /&[^\s,[\]{}]*/y));
    } else if (c === '*') {
      readAliasKey(index);
      flow = 'value';
      return index + skipFrom(index, /\*[\w-]*/y);
    } else if (c === ':' || c === '?') flow = 'mark';
    else {
      if (c === '-' && /[,\]}]/.test(text[index + 1] ?? '')) out[index] = 'x';
      flow = 'text';
    }
    return index + 1;
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
      if (/^(?:---|\.\.\.)(?:\s|$)/.test(text.slice(i, i + 4))) {
        inPlain = false;
        atStart = true;
        plainIndent = 0;
        i += 3;
        continue;
      }
      if (inPlain) {
        const width = skipFrom(i, /[ \t]*/y);
        const tab = text.slice(i, i + Math.min(width, plainIndent)).indexOf('\t');
        if (tab >= 0) refuse('tab', i + tab);
        if (isBlank) {
          i = end + 1;
          continue;
        }
        inPlain = width >= plainIndent && text[i + width] !== '#';
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
    if (c === '#' && (isAfterBlank || (depth > 0 && flow !== 'text'))) {
      const end = endOfLine(i);
      // A comment ends an unquoted text for go-yaml: kept, it makes the joined text invalid when more follows.
      const isEnd = flow !== 'text' || /[,\]}:]/.test(text[skipComments(text, end)] ?? '');
      if (depth > 0) {
        if (flow === 'text') flow = 'value';
        if (isEnd) for (let at = i; at < end; at++) out[at] = ' ';
        i = isEnd ? end : end + 1;
        continue;
      }
      inPlain = false;
      const lineStart = text.lastIndexOf('\n', i) + 1;
      const isOwnLine = /^[\s-]*$/.test(text.slice(lineStart, i));
      // go-yaml goes from a comment on a line of its own to the next one, past anything blank.
      const next = end + (isOwnLine ? skipFrom(end, /\s{0,511}(?=#)/y) : 0);
      for (let at = end; at < next; at++) if (out[at] === '\t') out[at] = ' ';
      i = next;
      continue;
    }
    if (depth > 0) {
      const isAtEnd = /[,[\]{}]/.test(c) || (c === ':' && /\s/.test(next ?? '\n'));
      if (c === '\n') {
        out[i] = ' ';
        // Inside an unquoted text a tab must not indent the next line less than the block around asks for.
        const lead = text.slice(i + 1, i + 1 + skipFrom(i + 1, /\s*/y));
        const isTab = lead.split('\n').some((line) => line.slice(0, plainIndent).includes('\t'));
        if (isTab && flow === 'text') refuse('tab', i + 1);
      } else if (c === '\r') out[i] = ' ';
      else if (c === '[' || c === '{') depth++;
      else if (c === ']' || c === '}') depth--;
      if (isAtEnd) flow = c === ']' || c === '}' ? 'value' : 'mark';
      else if (flow !== 'text' && !/\s/.test(c)) {
        i = readFlowToken(i);
        continue;
      }
      atStart = false;
      i++;
      continue;
    }
    if (atStart) {
      if (c === '[' || c === '{') {
        depth++;
        flow = 'mark';
      } else if (c === '"' || c === "'") quote = c;
      else if ((c === '|' || c === '>') && /^[|>][-+0-9]*\s*(#.*)?$/s.test(text.slice(i, endOfLine(i)))) {
        block = Math.max(0, plainIndent - 1);
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
