import { textOf } from './files.ts';
import { type GoMap, type GoValue, newMap } from './go-value.ts';
import { fail, type Path, type Place, printPath } from './issue.ts';
import { limits } from './limits.ts';
import { resolvePlain } from './scalar.ts';
import { type AliasNode, follow, identityOf, isMergeKey, type Node, shortTag } from './yaml-node.ts';

/** Nodes to values, with go-yaml's rules for merge keys, duplicate keys and types. */
export class Decoder {
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
    if (this.#nodes > limits.nodes) {
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
    if (tag === 'binary') {
      const text = node.text.replace(/[\r\n]/g, '');
      if (!/^(?:[\w+/]{4})*(?:[\w+/]{2}==|[\w+/]{3}=)?$/.test(text) || text.includes('_')) {
        fail(path, 'the value of !!binary is not base64', { place: this.#placeOf(node.offset) });
      }
      return textOf(Buffer.from(text, 'base64'));
    }
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
      const identity = identityOf(key);
      const before = seen.get(identity);
      if (before !== undefined) {
        const { line } = this.#placeOf(before.offset);
        fail([...path, key.text], `the key \`${key.text}\` is already defined at line ${line}`, {
          place: this.#placeOf(key.offset),
        });
      }
      seen.set(identity, key);
    }
    let mergeNode: Node | undefined;
    for (const [given, value] of node.pairs) {
      const key = follow(given);
      if (isMergeKey(key)) {
        mergeNode = value;
        continue;
      }
      if (merged !== undefined && isNullKey(key)) continue;
      const name = this.#key(key, path, merged !== undefined);
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

  /** `isMerged`: a key of a mapping behind `<<`, which is a text whatever it looks like. */
  #key(key: Node, path: Path, isMerged: boolean): string {
    if (key.kind !== 'scalar') {
      const place = this.#placeOf(key.offset);
      fail(path, 'a key must be a string, not a list or a mapping', { place });
    }
    const tag = shortTag(key.tag);
    const isString =
      key.plain && (tag === '' || tag === '!')
        ? resolvePlain(key.text).tag === 'str'
        : !['bool', 'int', 'float', 'null', 'timestamp'].includes(tag);
    if (!isString && !isMerged) {
      const where = path.length === 0 ? 'at top level' : `in ${printPath(path)}`;
      fail([...path, key.text], `the key ${key.text === '' ? 'null' : key.text} ${where} is not a string`, {
        place: this.#placeOf(key.offset),
        suggestion: `write it in quotes: '${key.text}'`,
      });
    }
    if (tag === 'binary') return this.#scalar(key, path) as string;
    return key.text;
  }
}

const isNullKey = (key: Node) =>
  key.kind === 'scalar' && key.plain && /^!?$/.test(key.tag) && resolvePlain(key.text).tag === 'null';
