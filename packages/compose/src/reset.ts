import { fail, type Path, type Place, printPath } from './issue.ts';
import { limits } from './limits.ts';
import type { AliasNode, Node } from './yaml-node.ts';

/**
 * Follows aliases, takes out what is marked `!reset` and remembers its path, and that of `!override`, as
 * Compose does before it decodes a document.
 */
export class ResetResolver {
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
    if (this.#nodes > limits.nodes) {
      fail(path, 'the document grows beyond measure through its aliases', {
        place: this.#placeOf(node.offset),
      });
    }
    const here = path.length > 1 && path.at(-1) === '<<' ? path.slice(0, -1) : path;
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
      const items: Node[] = [];
      for (const [index, item] of node.items.entries()) {
        const resolved = this.resolve(item, [...here, String(index)]);
        if (resolved !== undefined) items.push(resolved);
      }
      node.items = items;
    } else if (node.kind === 'map') {
      const pairs: [Node, Node][] = [];
      for (const [key, value] of node.pairs) {
        const resolved = this.resolve(value, [...here, key.text]);
        if (resolved !== undefined) pairs.push([key, resolved]);
      }
      node.pairs = pairs;
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
