import { limits } from './limits.ts';

/**
 * Where `text` could nest deeper than the parser can follow; undefined: nowhere. A cheap bound, taken before
 * anything is parsed: a level in lines takes a column, one in a line a bracket or a dash.
 */
export function findDeepNesting(text: string): number | undefined {
  let depth = 0;
  let marks = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 91 /* [ */ || code === 123 /* { */) {
      depth++;
      // Brackets in texts may well not match; as many in a row are no text.
      if (depth > bracketsMax) return at;
    } else if (code === 93 /* ] */ || code === 125 /* } */) {
      depth = Math.max(0, depth - 1);
    }
    if ((code === 45 /* - */ || code === 63) /* ? */ && text.charCodeAt(at + 1) === 32) marks++;
    else if (code !== 32) marks = 0;
    if (marks > limits.nesting) return at;
  }
  return undefined;
}

const bracketsMax = 1_000;
