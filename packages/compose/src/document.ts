import {
  isAlias,
  isMap as isYamlMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseAllDocuments,
} from 'yaml';
import { type GoMap, type GoValue, isMap, newMap } from './go-value.ts';
import { ComposeFault, type Fault, fail, type Path, type Place, printPath } from './issue.ts';
import { resolvePlain } from './scalar.ts';

/** Larger files are refused unread: no manifest is, and parsing one would stop the process for seconds. */
export const fileBytesMax = 10 * 1024 * 1024;
/** Nodes one document may grow to once its aliases are followed. */
const nodesMax = 400_000;

interface Node {
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
interface AliasNode {
  kind: 'alias';
  target: Node;
  offset: number;
  name: string;
}

/** One YAML document of a file: its value, the paths marked `!reset` or `!override`, and where things are. */
export interface SourceDocument {
  readonly file: string;
  /** Undefined: the document is empty (`null`). */
  readonly value: GoValue;
  readonly resets: readonly Path[];
  /** Deepest place this document has on the way to `path`, and how many parts of it were found. */
  locate(path: Path): { readonly place: Place; readonly depth: number; readonly isKey: boolean };
}

const LONG_TAG = 'tag:yaml.org,2002:';

/** The documents of one file, as go-yaml v3 and Compose's `!reset` and `!override` read them. */
export function parseDocuments(file: string, text: string): SourceDocument[] {
  if (text.length > fileBytesMax) {
    fail([], `the file is larger than ${fileBytesMax / 1024 / 1024} MiB`, {
      place: { file, line: 1, column: 1 },
    });
  }
  const lines = new LineCounter();
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: YAML forbids exactly these.
  const control = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/.exec(text);
  const documents = parseAllDocuments(text, {
    schema: 'failsafe',
    uniqueKeys: false,
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'silent',
    strict: false,
  });
  if (control !== null) {
    fail([], 'control characters are not allowed in YAML', { place: placeOf(control.index) });
  }
  if (!Array.isArray(documents)) return [];
  const sources: SourceDocument[] = [];
  for (const document of documents) {
    const faults: Fault[] = document.errors.map((error) => ({
      path: [],
      message: `not valid YAML: ${error.message.split('\n')[0]}`,
      place: placeOf(error.pos[0]),
    }));
    if (faults.length > 0) throw new ComposeFault(faults);
    if (document.contents === null) {
      // A file of comments holds no document; `---` alone holds an empty one.
      if (document.directives?.docStart !== true && documents.length === 1) continue;
      sources.push(emptyDocument(file, placeOf(0)));
      continue;
    }
    sources.push(readDocument(file, document.contents as ParsedNode, placeOf));
  }
  return sources;
}

function emptyDocument(file: string, place: Place): SourceDocument {
  return { file, value: null, resets: [], locate: () => ({ place, depth: 0, isKey: false }) };
}

function readDocument(
  file: string,
  contents: ParsedNode,
  placeOf: (offset: number) => Place,
): SourceDocument {
  const anchors = new Map<string, Node>();
  const built = buildNode(contents, anchors, placeOf);
  const resets: Path[] = [];
  const resolver = new ResetResolver(resets, placeOf);
  const root = resolver.resolve(built, []);
  const value = root === undefined ? null : new Decoder(placeOf).decode(root, []);
  return {
    file,
    value,
    resets,
    locate: (path) => {
      if (root === undefined) return { place: placeOf(0), depth: 0, isKey: false };
      const found = locate(root, path);
      return { place: placeOf(found.offset), depth: found.depth, isKey: found.isKey };
    },
  };
}

/** Our tree of nodes from the parser's, aliases pointing at the node of the latest anchor before them. */
function buildNode(
  node: ParsedNode | null,
  anchors: Map<string, Node>,
  placeOf: (offset: number) => Place,
  offset = 0,
): Node | AliasNode {
  const start = node?.range?.[0] ?? offset;
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
  if (anchor !== undefined) anchors.set(anchor, made);
  if (isScalar(node)) {
    made.text = String(node.value ?? '');
    made.plain = node.type === undefined || node.type === 'PLAIN';
  } else if (isYamlMap(node)) {
    made.kind = 'map';
    for (const pair of node.items) {
      const key = buildNode(pair.key as ParsedNode | null, anchors, placeOf, start);
      const value = buildNode(pair.value as ParsedNode | null, anchors, placeOf, key.offset);
      made.pairs.push([key as Node, value as Node]);
    }
  } else if (isSeq(node)) {
    made.kind = 'seq';
    for (const item of node.items) {
      if (isPair(item)) {
        const pair = item as { key: ParsedNode | null; value: ParsedNode | null };
        const key = buildNode(pair.key, anchors, placeOf, start) as Node;
        const value = buildNode(pair.value, anchors, placeOf, key.offset) as Node;
        made.items.push({
          ...made,
          kind: 'map',
          tag: '',
          offset: key.offset,
          pairs: [[key, value]],
          items: [],
        });
      } else {
        made.items.push(buildNode(item as ParsedNode, anchors, placeOf, start) as Node);
      }
    }
  }
  return made;
}

/**
 * Follows aliases, takes out what is marked `!reset` and remembers its path, and that of `!override`, as
 * Compose does before it decodes a document.
 */
class ResetResolver {
  readonly #resets: Path[];
  readonly #placeOf: (offset: number) => Place;
  readonly #visited = new Map<Node, string[]>();
  #nodes = 0;

  constructor(resets: Path[], placeOf: (offset: number) => Place) {
    this.#resets = resets;
    this.#placeOf = placeOf;
  }

  resolve(node: Node | AliasNode, path: Path): Node | undefined {
    this.#nodes++;
    if (this.#nodes > nodesMax) {
      fail(path, 'the document grows beyond measure through its aliases', {
        place: this.#placeOf(node.offset),
      });
    }
    const here = path.filter((part, index) => index === 0 || part !== '<<');
    if (node.kind === 'alias') {
      this.#refuseCycle(node, here, path);
      return this.resolve(node.target, here);
    }
    if (node.tag === '!reset') {
      this.#resets.push(here);
      return undefined;
    }
    if (node.tag === '!override') {
      this.#resets.push(here);
      return node;
    }
    if (node.kind === 'seq') {
      node.items = node.items.flatMap((item, index) => this.resolve(item, [...here, String(index)]) ?? []);
    } else if (node.kind === 'map') {
      node.pairs = node.pairs.flatMap(([key, value]): [Node, Node][] => {
        const resolved = this.resolve(value, [...here, key.text]);
        return resolved === undefined ? [] : [[key, resolved]];
      });
    }
    return node;
  }

  #refuseCycle(alias: AliasNode, here: Path, path: Path): void {
    const text = printPath(here);
    const before = this.#visited.get(alias.target) ?? [];
    for (const other of before) {
      if (other === text) continue;
      const inside = text.startsWith(`${other}.`) || other.startsWith(`${text}.`);
      if (inside && !areInDifferentServices(text, other)) {
        fail(path, `anchor '${alias.name}' contains itself`, { place: this.#placeOf(alias.offset) });
      }
    }
    this.#visited.set(alias.target, [...before, text]);
  }
}

function areInDifferentServices(a: string, b: string): boolean {
  const [x, y] = [a.split('.'), b.split('.')];
  for (let i = 0; i + 1 < Math.min(x.length, y.length); i++) {
    if (x[i] === 'services' && y[i] === 'services') return x[i + 1] !== y[i + 1];
  }
  return false;
}

/** Nodes to values, with go-yaml's rules for merge keys, duplicate keys and types. */
class Decoder {
  readonly #placeOf: (offset: number) => Place;
  readonly #open = new Set<Node>();
  #nodes = 0;

  constructor(placeOf: (offset: number) => Place) {
    this.#placeOf = placeOf;
  }

  decode(given: Node | AliasNode, path: Path): GoValue {
    this.#nodes++;
    const node = follow(given);
    const place = () => this.#placeOf(node.offset);
    if (this.#open.has(node)) fail(path, 'a value contains itself through its alias', { place: place() });
    if (this.#nodes > nodesMax) {
      fail(path, 'the document grows beyond measure through its aliases', { place: place() });
    }
    if (node.kind === 'scalar') return this.#scalar(node, path);
    this.#open.add(node);
    const value =
      node.kind === 'seq'
        ? node.items.map((item, index) => this.decode(item, [...path, index]))
        : this.#map(node, path);
    this.#open.delete(node);
    return value;
  }

  #scalar(node: Node, path: Path): GoValue {
    const tag = shortTag(node.tag);
    if (!node.plain && (tag === '' || tag === '!')) return node.text;
    if (tag === '' || tag === '!') return resolvePlain(node.text).value;
    if (tag === 'binary') return Buffer.from(node.text, 'base64').toString('utf8');
    if (!['bool', 'int', 'float', 'null', 'timestamp'].includes(tag)) return node.text;
    const resolved = resolvePlain(node.text);
    if (resolved.tag === tag) return resolved.value;
    if (tag === 'float' && resolved.tag === 'int') return resolved.value;
    return fail(path, `cannot decode !!${resolved.tag} \`${node.text}\` as a !!${tag}`, {
      place: this.#placeOf(node.offset),
    });
  }

  #map(node: Node, path: Path): GoMap {
    const map = newMap();
    this.#fill(node, path, map, undefined);
    return map;
  }

  /** `merged`: keys that may no longer be set, when `node` is merged into a mapping by `<<`. */
  #fill(node: Node, path: Path, map: GoMap, merged: Set<string> | undefined): void {
    const seen = new Map<string, Node>();
    for (const [key] of node.pairs) {
      const before = seen.get(key.kind + key.text);
      if (before !== undefined) {
        const { line } = this.#placeOf(before.offset);
        fail([...path, key.text], `the key \`${key.text}\` is already defined at line ${line}`, {
          place: this.#placeOf(key.offset),
        });
      }
      seen.set(key.kind + key.text, key);
    }
    let mergeNode: Node | undefined;
    for (const [given, value] of node.pairs) {
      const key = follow(given);
      if (isMergeKey(key)) {
        mergeNode = value;
        continue;
      }
      const name = this.#key(key, path);
      if (merged !== undefined) {
        if (merged.has(name)) continue;
        merged.add(name);
      }
      map[name] = this.decode(value, [...path, name]);
    }
    if (mergeNode === undefined) return;
    const taken = merged ?? new Set(node.pairs.map(([key]) => follow(key).text));
    const merge = follow(mergeNode);
    for (const item of merge.kind === 'seq' ? merge.items.map(follow) : [merge]) {
      if (item.kind !== 'map') {
        fail(path, 'a merge (`<<`) takes a mapping or a list of mappings', {
          place: this.#placeOf(mergeNode.offset),
        });
      }
      if (this.#open.has(item)) {
        fail(path, 'a value contains itself through its alias', { place: this.#placeOf(item.offset) });
      }
      this.#open.add(item);
      this.#fill(item, path, map, taken);
      this.#open.delete(item);
    }
  }

  #key(key: Node, path: Path): string {
    const place = this.#placeOf(key.offset);
    if (key.kind !== 'scalar') fail(path, 'a key must be a string, not a list or a mapping', { place });
    const tag = shortTag(key.tag);
    const isString =
      key.plain && tag === '' ? resolvePlain(key.text).tag === 'str' : tag === 'str' || tag === '';
    if (!isString && !(tag !== '' && tag.startsWith('!'))) {
      const where = path.length === 0 ? 'at top level' : `in ${printPath(path)}`;
      fail([...path, key.text], `the key ${key.text === '' ? 'null' : key.text} ${where} is not a string`, {
        place,
        suggestion: `write it in quotes: '${key.text}'`,
      });
    }
    return key.text;
  }
}

function isMergeKey(key: Node): boolean {
  const tag = shortTag(key.tag);
  return key.kind === 'scalar' && key.text === '<<' && (tag === '' || tag === '!' || tag === 'merge');
}

function follow(node: Node | AliasNode): Node {
  return node.kind === 'alias' ? node.target : node;
}

function shortTag(tag: string): string {
  return tag.startsWith(LONG_TAG) ? tag.slice(LONG_TAG.length) : tag;
}

function locate(root: Node, path: Path): { offset: number; depth: number; isKey: boolean } {
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

/** A document's value as a mapping; `undefined` when it is something else. */
export function asTopLevel(document: SourceDocument): GoMap | undefined {
  return isMap(document.value) ? document.value : undefined;
}
