import type { ProgressEvent } from '@berth/setup/progress';
import type { Cli } from './cli.ts';
import { LiveLine } from './live-line.ts';
import { type Style, styleFor } from './style.ts';

/** How often the seconds of a waiting step are repainted. */
const REPAINT_MS = 200;
/** Off a terminal, a step that only moves says so this often. */
const QUIET_MS = 5_000;

/**
 * Steps of a long command on standard error: on a terminal one line that lives while the step does, elsewhere
 * plain lines. A step that was already done is one quiet line.
 */
export class ProgressView {
  readonly #sink: Cli['stderr'];
  readonly #live: LiveLine;
  readonly #style: Style;
  readonly #clock: Cli['clock'];
  readonly #signal: AbortSignal;
  #step: { name: string; text: string; far: string; startedAt: number; saidAt: number } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(cli: Pick<Cli, 'stderr' | 'env' | 'clock' | 'signal'>) {
    this.#signal = cli.signal;
    this.#sink = cli.stderr;
    this.#live = new LiveLine(cli.stderr);
    this.#style = styleFor(cli.stderr, cli.env);
    this.#clock = cli.clock;
  }

  show(event: ProgressEvent): void {
    const now = this.#clock.now();
    switch (event.kind) {
      case 'begun':
        this.#step = { name: event.step, text: '', far: '', startedAt: now, saidAt: now };
        if (this.#live.isLive) {
          this.#timer ??= setInterval(() => this.#paint(), REPAINT_MS).unref();
          this.#paint();
        }
        return;
      case 'moved': {
        const step = this.#step;
        if (step === undefined) return;
        step.text = event.text;
        step.far = event.of === undefined ? '' : `${event.done ?? 0}/${event.of} `;
        if (this.#live.isLive) this.#paint();
        else if (now - step.saidAt >= QUIET_MS) {
          step.saidAt = now;
          this.#sink.write(`… ${step.name}: ${step.far}${step.text} (${seconds(now - step.startedAt)})\n`);
        }
        return;
      }
      case 'done':
        this.#finish(
          `${this.#style.green('✓')} ${event.step.padEnd(NAME_WIDTH)} ${event.text} ${this.#style.dim(`(${seconds(event.tookMs)})`)}`,
        );
        return;
      case 'failed':
        this.#finish(
          `${this.#style.red('✗')} ${event.step} ${this.#style.dim(`(${seconds(event.tookMs)})`)}`,
        );
        return;
      case 'warning':
        this.#live.print([`${this.#style.yellow('!')} ${event.text}`]);
    }
  }

  /** Shows until the work is over. After Ctrl-C says that nothing is lost, and how to go on. */
  async during<T>(howToGoOn: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      this.end();
      if (this.#signal.aborted) this.#sink.write(`Interrupted: what is done stays, and ${howToGoOn}.\n`);
    }
  }

  /** The cursor is back at the start of a line. */
  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#live.clear();
  }

  #finish(line: string): void {
    this.#step = undefined;
    this.end();
    this.#sink.write(`${line}\n`);
  }

  #paint(): void {
    const step = this.#step;
    if (step === undefined) return;
    const took = seconds(this.#clock.now() - step.startedAt);
    this.#live.show(
      `… ${step.name.padEnd(NAME_WIDTH)} ${step.far}${step.text} ${this.#style.dim(`(${took})`)}`,
    );
  }
}

const NAME_WIDTH = 10;
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
