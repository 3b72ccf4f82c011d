/** A reproducible source of chance (mulberry32). */
export class Chance {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }
  below(n: number): number {
    return Math.floor(this.next() * n);
  }
  is(probability: number): boolean {
    return this.next() < probability;
  }
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
  some<T>(items: readonly T[], max = 3): T[] {
    return [...items].sort(() => this.next() - 0.5).slice(0, this.below(Math.min(max, items.length) + 1));
  }
  /** Without equal items: the schema refuses those in most lists. */
  list<T>(make: () => T, max = 3): T[] {
    const items = Array.from({ length: this.below(max + 1) }, make);
    const texts = items.map((item) => JSON.stringify(item));
    return items.filter((_, index) => texts.indexOf(texts[index]!) === index);
  }
}
