import type { LogLine } from './log.ts';

const HEAD_LINES = 500;
const TAIL_LINES = 1_500;

/** Keeps the first 500 and the last 1,500 lines of what comes, and counts what it dropped between. */
export class LogRecord {
  readonly #head: LogLine[] = [];
  #tail: LogLine[] = [];
  #dropped = 0;

  add(line: LogLine): void {
    if (this.#head.length < HEAD_LINES) {
      this.#head.push(line);
      return;
    }
    this.#tail.push(line);
    // In batches: shifting a line at a time makes a flood quadratic.
    if (this.#tail.length > 2 * TAIL_LINES) this.#trim();
  }

  get lines(): readonly LogLine[] {
    this.#trim();
    return [...this.#head, ...this.#tail];
  }

  get dropped(): number {
    this.#trim();
    return this.#dropped;
  }

  /** The last `count` lines of one source, or of all. */
  last(count: number, source?: string): readonly LogLine[] {
    const lines = this.lines;
    return (source === undefined ? lines : lines.filter((l) => l.source === source)).slice(-count);
  }

  #trim(): void {
    const surplus = this.#tail.length - TAIL_LINES;
    if (surplus <= 0) return;
    this.#tail = this.#tail.slice(surplus);
    this.#dropped += surplus;
  }
}
