import { isAlias, isScalar, isSeq, isMap as isYamlMap, type ParsedNode } from 'yaml';
import { readBlock } from './block-text.ts';
import { fail, type Path, type Place } from './issue.ts';
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
  /** Start of the innermost mapping or list that is written in lines; -1 at the top. */
  readonly block: number;
}

const atTop: Around = { offset: 0, isFlow: false, block: -1 };

export function buildNode(node: ParsedNode | null, context: BuildContext, around = atTop): Node | AliasNode {
  const { anchors, placeOf } = context;
  const start = node?.range?.[0] ?? around.offset;
  if (isAlias(node)) {
    const target = anchors.get(node.source);
    if (target === undefined) {
      fail([], `unknown anchor '${node.source}' referenced`, { place: placeOf(start) });
    }
    return { kind: 'alias', target, offset: start, name: node.source };
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
    refuseScalar(node, context, around.isFlow);
    made.plain = node.type === undefined || node.type === 'PLAIN';
    made.text = readText(node, start, context, around);
    return made;
  }
  const isFlow = (node as { flow?: boolean }).flow === true;
  const inside: Around = { offset: start, isFlow, block: isFlow ? around.block : start };
  if (isYamlMap(node)) {
    made.kind = 'map';
    for (const pair of node.items) {
      const key = buildNode(pair.key as ParsedNode | null, context, inside);
      if (pair.value !== null) refuseLongKey(pair.key as ParsedNode | null, context);
      const value = buildNode(pair.value as ParsedNode | null, context, { ...inside, offset: key.offset });
      if (isFlow) readColonAsGoYaml(key as Node, pair.key as ParsedNode | null, context);
      made.pairs.push([key as Node, value as Node]);
    }
  } else if (isSeq(node)) {
    made.kind = 'seq';
    for (const item of node.items) {
      const built = buildNode(item as ParsedNode, context, inside);
      made.items.push(bareText(built, isFlow, context.text) ?? (built as Node));
    }
  }
  return made;
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
      return readBlock(text, start, block === 0 ? 0 : indent, placeOf);
    }
    default: {
      const end = node.range?.[1] ?? start;
      const isOverLines = node.value !== '' && /[\n\u0085\u2028\u2029]/.test(text.slice(start, end));
      return isOverLines ? foldLines(text.slice(start, end)) : String(node.value ?? '');
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
function readColonAsGoYaml(key: Node, node: ParsedNode | null, { text, placeOf }: BuildContext): void {
  const end = node?.range?.[1];
  if (end === undefined || !key.plain || key.kind !== 'scalar' || text[end] !== ':') return;
  const next = text[end + 1] ?? '';
  if (next === '[' || next === '{') {
    fail([], 'a colon needs a space after it', { place: placeOf(end) });
  }
  if (/[,\]}]/.test(next)) key.text += ':';
}

/** A key over several lines needs a question mark before it. */
function refuseLongKey(key: ParsedNode | null, { text, placeOf }: BuildContext): void {
  if (key?.range == null || isAlias(key)) return;
  const [start, end] = key.range;
  const isLong = end - start > limits.keyLength;
  if (!isLong && !/[\n\r\u0085\u2028\u2029]/.test(text.slice(start, end))) return;
  const before = text.slice(Math.max(0, start - 200), start);
  if (!/(?:^|[\s,[{])\?\s+(?:[&!]\S*\s+)*$/.test(before)) {
    const message = isLong
      ? `a key is longer than ${limits.keyLength} characters`
      : 'a key must be on one line';
    fail([], message, { place: placeOf(start) });
  }
}

/** Scalars YAML 1.2 takes and go-yaml does not. */
function refuseScalar(
  node: { readonly type?: string; readonly range?: readonly [number, number, number] | null },
  { text, placeOf }: BuildContext,
  isInFlow: boolean,
): void {
  if (node.range == null) return;
  const [start, end] = node.range;
  const place = placeOf(start);
  if (node.type === 'PLAIN') {
    const source = isInFlow ? text.slice(start, end) : '';
    if (source.startsWith(':')) {
      fail([], 'an unquoted value in [ ] or { } cannot start with a colon', {
        place,
        suggestion: 'quote it',
      });
    }
    if (source.includes('?')) {
      fail([], 'an unquoted value in [ ] or { } cannot have a question mark', {
        place,
        suggestion: 'quote it',
      });
    }
  }
}

export function isMergeKey(key: Node): boolean {
  const tag = shortTag(key.tag);
  const isUntagged = key.plain && (tag === '' || tag === '!');
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
