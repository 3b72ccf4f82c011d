import { isAlias, isScalar, isSeq, isMap as isYamlMap, type Pair, type ParsedNode } from 'yaml';
import { readBlock } from './block-text.ts';
import { type Fault, fail, type Path, type Place } from './issue.ts';
import { limits } from './limits.ts';
import { readQuoted } from './quoted-text.ts';
import { resolvePlain } from './scalar.ts';

const LONG_TAG = 'tag:yaml.org,2002:';

/** A node of a YAML document, its aliases pointing at the nodes they stand for. */
export interface Node {
  kind: 'scalar' | 'map' | 'seq';
  tag: string;
  offset: number;
  text: string;
  plain: boolean;
  /** A key that is an alias: its name. */
  alias?: string;
  /** Pairs of a mapping. */
  pairs: [Node, Node][];
  items: Node[];
}
/** Before aliases are followed, a value may be one. */
export interface AliasNode {
  kind: 'alias';
  target: Node;
  offset: number;
  name: string;
}

/** Our tree of nodes from the parser's, aliases pointing at the node of the latest anchor before them. */
export interface BuildContext {
  readonly anchors: Map<string, Node>;
  readonly text: string;
  readonly placeOf: (offset: number) => Place;
}

/** Where a node stands: for faults of an empty one, and for what its text is measured from. */
interface Around {
  readonly offset: number;
  readonly isFlow: boolean;
  /** May be a question mark that makes it a key, without a space after it. */
  readonly mayBeAsked?: boolean;
  /** Start of the innermost mapping or list that is written in lines; -1 at the top. */
  readonly block: number;
}

const atTop: Around = { offset: 0, isFlow: false, block: -1 };

export function buildNode(node: ParsedNode | null, context: BuildContext, around = atTop): Node | AliasNode {
  const { anchors, placeOf } = context;
  const start = node?.range?.[0] ?? around.offset;
  const alias = aliasName(node, start, context);
  if (alias !== undefined) {
    const target = anchors.get(alias);
    if (target === undefined) {
      fail([], `unknown anchor '${alias}' referenced`, { place: placeOf(start) });
    }
    return { kind: 'alias', target, offset: start, name: alias };
  }
  const made: Node = {
    kind: 'scalar',
    tag: node?.tag ?? '',
    offset: start,
    text: '',
    plain: true,
    pairs: [],
    items: [],
  };
  if (node === null) return made;
  const anchor = (node as { anchor?: string }).anchor;
  if (anchor !== undefined) {
    if (!/^[0-9A-Za-z_-]+$/.test(anchor)) {
      fail([], `the anchor \`${anchor}\` has characters other than letters, digits, - and _`, {
        place: placeOf(start),
      });
    }
    anchors.set(anchor, made);
  }
  if (isScalar(node)) {
    refuseScalar(node, context, around);
    made.plain = node.type === undefined || node.type === 'PLAIN';
    made.text = readText(node, start, context, around);
    return made;
  }
  const isFlow = (node as { flow?: boolean }).flow === true;
  const inside = { offset: start, isFlow, block: isFlow ? around.block : blockStart(node, start) };
  if (isYamlMap(node)) {
    made.kind = 'map';
    for (const pair of node.items) {
      const key = keyNode(
        buildNode(pair.key as ParsedNode | null, context, { ...inside, mayBeAsked: isFlow }),
      );
      refuseLongKey(pair as Pair<ParsedNode | null, ParsedNode | null>, isFlow, context);
      const value = buildNode(pair.value as ParsedNode | null, context, { ...inside, offset: key.offset });
      if (isFlow) readColonAsGoYaml(key, pair as Pair<ParsedNode | null, ParsedNode | null>, context);
      made.pairs.push([key, value as Node]);
    }
  } else if (isSeq(node)) {
    made.kind = 'seq';
    for (const item of node.items) {
      const built = buildNode(item as ParsedNode, context, { ...inside, mayBeAsked: isFlow });
      made.items.push(itemNode(built, isFlow, context) as Node);
    }
  }
  return made;
}

/** Where a mapping in lines starts: its first key, or the anchor or tag of that. */
function blockStart(node: ParsedNode, start: number): number {
  const first = isYamlMap(node) ? (node.items[0] as Pair | undefined) : undefined;
  const mark = first?.srcToken?.start.find(({ type }) => type === 'anchor' || type === 'tag');
  return Math.min(start, mark?.offset ?? start);
}

/** The name of an alias; our parser is given that of `*a: 1` as a text (see `scan`). */
function aliasName(node: ParsedNode | null, start: number, { text }: BuildContext): string | undefined {
  if (isAlias(node)) return node.source;
  const isText = isScalar(node) && node.type === 'PLAIN' && text[start] === '*';
  return isText ? text.slice(start + 1, node.range?.[1]) : undefined;
}

function keyNode(key: Node | AliasNode): Node {
  return key.kind === 'alias' ? { ...key.target, offset: key.offset, alias: key.name } : key;
}

/** An item of a list; in `[?a]` it is a mapping whose key has no value. */
function itemNode(item: Node | AliasNode, isFlow: boolean, { text }: BuildContext): Node | AliasNode {
  const isAsked = isFlow && item.kind === 'scalar' && item.plain && text[item.offset] === '?';
  if (!isAsked) return bareText(item, isFlow, text) ?? item;
  const empty: Node = { ...item, text: '', tag: '' };
  return { ...item, kind: 'map', tag: '', text: '', pairs: [[item, empty]] };
}

function readText(
  node: {
    readonly type?: string;
    readonly value: unknown;
    readonly range?: readonly [number, number, number] | null;
  },
  start: number,
  { text, placeOf }: BuildContext,
  around: Around,
): string {
  switch (node.type) {
    case 'QUOTE_DOUBLE':
    case 'QUOTE_SINGLE':
      return readQuoted(text, start, placeOf);
    case 'BLOCK_LITERAL':
    case 'BLOCK_FOLDED': {
      const { block } = around;
      const indent = block < 0 ? -1 : block - (text.lastIndexOf('\n', block - 1) + 1);
      const read = readBlock(text, start, block === 0 ? 0 : indent, placeOf);
      // Where empty lines are indented further than the text, it ends before it for go-yaml.
      const rest = text.slice(read.end, node.range?.[1] ?? read.end);
      if (!rest.split('\n').every((line) => /^\s*(?:#|$)/.test(line))) {
        fail([], 'the text is indented less than the empty lines before it', { place: placeOf(start) });
      }
      return read.text;
    }
    default: {
      const end = node.range?.[1] ?? start;
      const written = text.slice(start, end);
      const asked = around.isFlow && written.startsWith('?') ? written.slice(1) : written;
      return /[\n\u0085\u2028\u2029]/.test(asked) ? foldLines(asked) : asked;
    }
  }
}

/** An unquoted text over several lines. */
function foldLines(lines: string): string {
  return lines.replace(
    /[ \t]*(\r?[\n\u0085\u2028\u2029])[ \t\r\n\u0085\u2028\u2029]*/g,
    (blanks, first: string) => {
      const more = blanks.slice(blanks.indexOf(first) + first.length).replace(/[ \t\r]/g, '');
      const breaks = more.replaceAll('\u0085', '\n');
      if (/[\u2028\u2029]/.test(first)) return first + breaks;
      return breaks === '' ? ' ' : breaks;
    },
  );
}

/** The text `a:` of `[a:]`, which our parser takes for a mapping. */
function bareText(item: Node | AliasNode, isFlow: boolean, text: string): Node | undefined {
  if (!isFlow || item.kind !== 'map' || item.pairs.length !== 1 || text[item.offset] === '{')
    return undefined;
  const [key, value] = item.pairs[0]!;
  const isAlone = value.kind === 'scalar' && value.plain && value.text === '';
  return isAlone && key.plain && key.text.endsWith(':') ? key : undefined;
}

/**
 * In `{a:}` and `[a:, b]` go-yaml takes the colon for a part of the text before it, and `{a:[b]}` for a fault:
 * it wants a space after a colon.
 */
function readColonAsGoYaml(
  key: Node,
  pair: Pair<ParsedNode | null, ParsedNode | null>,
  { text, placeOf }: BuildContext,
): void {
  const colon = colonOf(pair);
  if (colon === undefined || !key.plain || key.kind !== 'scalar') return;
  const next = text[colon + 1] ?? '';
  if (next === '[' || next === '{') {
    fail([], 'a colon needs a space after it', { place: placeOf(colon) });
  }
  if (!/[,\]}]/.test(next)) return;
  const [start, end] = pair.key?.range ?? [colon, colon];
  if (text.slice(end, colon).includes('#')) {
    fail([], 'a key must be on one line with its colon', { place: placeOf(colon) });
  }
  if (start === end) fail([], 'a key is missing before the colon', { place: placeOf(colon) });
  key.text += foldLines(`${text.slice(end, colon)}:`);
}

function colonOf({ srcToken }: Pair<ParsedNode | null, ParsedNode | null>): number | undefined {
  return srcToken?.sep?.find((token) => token.type === 'map-value-ind')?.offset;
}

/**
 * A key, its colon included, is on one line unless a question mark is before it; the colon is then below the
 * question mark.
 */
function refuseLongKey(
  pair: Pair<ParsedNode | null, ParsedNode | null>,
  isFlow: boolean,
  { text, placeOf }: BuildContext,
): void {
  const { key, srcToken } = pair;
  const colon = colonOf(pair);
  const asked = srcToken?.start.find((token) => token.type === 'explicit-key-ind')?.offset;
  if (asked !== undefined) {
    if (colon !== undefined && !isFlow && placeOf(asked).column !== placeOf(colon).column) {
      fail([], 'the colon of a key must be below its question mark', { place: placeOf(colon) });
    }
    return;
  }
  if (colon === undefined || key?.range == null || text[key.range[0]] === '?') return;
  // A part of an unquoted text (see `readColonAsGoYaml`).
  if (isFlow && isScalar(key) && key.type === 'PLAIN' && /[,\]}]/.test(text[colon + 1] ?? '')) return;
  const [start] = key.range;
  const isLong = colon - start > limits.keyLength;
  if (!isLong && !/[\n\r\u0085\u2028\u2029]/.test(text.slice(start, colon))) return;
  const message = isLong
    ? `a key is longer than ${limits.keyLength} characters`
    : 'a key must be on one line with its colon';
  fail([], message, { place: placeOf(start) });
}

/** Scalars YAML 1.2 takes and go-yaml does not. */
function refuseScalar(
  node: { readonly type?: string; readonly range?: readonly [number, number, number] | null },
  { text, placeOf }: BuildContext,
  around: Around,
): void {
  if (node.range == null || node.type !== 'PLAIN' || !around.isFlow) return;
  const [start, end] = node.range;
  const source = text.slice(start, end);
  if (source.startsWith(':')) {
    fail([], 'an unquoted value in [ ] or { } cannot start with a colon', {
      place: placeOf(start),
      suggestion: 'quote it',
    });
  }
  const isAsked = around.mayBeAsked === true && /^\?[^\s?&*!|>'"%@`:#]/.test(source);
  if (source.includes('?', isAsked ? 1 : 0)) {
    fail([], 'an unquoted value in [ ] or { } cannot have a question mark', {
      place: placeOf(start),
      suggestion: 'quote it',
    });
  }
}

export function isMergeKey(key: Node): boolean {
  const tag = shortTag(key.tag);
  const isUntagged = key.plain && key.alias === undefined && (tag === '' || tag === '!');
  return key.kind === 'scalar' && key.text === '<<' && (isUntagged || tag === 'merge');
}

export function follow(node: Node | AliasNode): Node {
  return node.kind === 'alias' ? node.target : node;
}

export function shortTag(tag: string): string {
  return tag.startsWith(LONG_TAG) ? tag.slice(LONG_TAG.length) : tag;
}

/** The text of a scalar at the top of a document; undefined when it is null or no scalar. */
export function topText(top: Node | AliasNode, key: string): string | undefined {
  const node = step(follow(top), key)?.node;
  if (node?.kind !== 'scalar') return undefined;
  const isUntagged = node.plain && /^!?$/.test(node.tag);
  return isUntagged && resolvePlain(node.text).tag === 'null' ? undefined : node.text;
}

/** Two keys of one identity are the same to go-yaml; aliases when they are of one name. */
export function identityOf(key: Node): string {
  return key.alias === undefined ? key.kind + key.text : `*${key.alias}`;
}

/** The first key at the top of a document that stands there again. */
export function findRepeated(top: Node | AliasNode, placeOf: (offset: number) => Place): Fault | undefined {
  const seen = new Set<string>();
  for (const [key] of follow(top).pairs) {
    if (seen.has(identityOf(key))) {
      return {
        path: [key.text],
        message: `the key \`${key.text}\` is already defined`,
        place: placeOf(key.offset),
      };
    }
    seen.add(identityOf(key));
  }
  return undefined;
}

export function locate(root: Node, path: Path): { offset: number; depth: number; isKey: boolean } {
  let node = root;
  let offset = root.offset;
  let depth = 0;
  let isKey = false;
  for (const part of path) {
    const found = step(node, part);
    if (found === undefined) break;
    offset = found.offset;
    isKey = found.isKey;
    node = found.node;
    depth++;
  }
  return { offset, depth, isKey };
}

function step(node: Node, part: string | number): { node: Node; offset: number; isKey: boolean } | undefined {
  if (node.kind === 'seq') {
    // `depends_on: [db]` is a mapping in the model: its key is an item here.
    const item =
      typeof part === 'string' && !/^\d+$/.test(part)
        ? node.items.find((each) => follow(each).text.split(/[=:]/)[0] === part)
        : node.items[Number(part)];
    return item === undefined
      ? undefined
      : { node: follow(item), offset: (item as Node).offset, isKey: false };
  }
  if (node.kind !== 'map') return undefined;
  for (const [key, value] of node.pairs) {
    if (key.text === String(part)) return { node: follow(value), offset: key.offset, isKey: true };
  }
  for (const [key, value] of node.pairs) {
    if (!isMergeKey(key)) continue;
    const merge = follow(value);
    for (const item of merge.kind === 'seq' ? merge.items.map(follow) : [merge]) {
      const found = step(item, part);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
