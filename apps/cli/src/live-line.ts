import type { TextSink } from './cli.ts';
import { truncate } from './style.ts';

/** Lines that stay, and below them one that is repainted in place. Without a terminal there is no such line. */
export class LiveLine {
  readonly #sink: TextSink;
  #shown = '';

  constructor(sink: TextSink) {
    this.#sink = sink;
  }

  get isLive(): boolean {
    return this.#sink.isTTY === true;
  }

  /** Lines that stay; below them `next`, or what was shown before. */
  print(lines: readonly string[], next: string = this.#shown): void {
    if (lines.length > 0) {
      this.clear();
      this.#sink.write(`${lines.join('\n')}\n`);
    }
    if (next === '') this.clear();
    else if (lines.length > 0 || next !== this.#shown) this.show(next);
  }

  show(text: string): void {
    if (!this.isLive) return;
    this.#sink.write(`\r\x1b[2K${truncate(text, (this.#sink.columns ?? 80) - 1)}`);
    this.#shown = text;
  }

  clear(): void {
    if (this.#shown === '') return;
    this.#sink.write('\r\x1b[2K');
    this.#shown = '';
  }
}
