import type { Durations } from './order.ts';

/** How far a verification is, in work rather than in subjects: they differ tenfold. */
export class Progress {
  readonly #known: Durations;
  readonly #waiting: Map<string, number>;
  readonly #startedAt: number;
  readonly #now: () => number;
  #doneMs = 0;
  #done = 0;

  /** @param keys one for each turn */
  constructor(keys: readonly string[], known: Durations, now: () => number) {
    this.#known = known;
    this.#waiting = new Map();
    for (const key of keys) this.#waiting.set(key, (this.#waiting.get(key) ?? 0) + 1);
    this.#now = now;
    this.#startedAt = now();
  }

  finished(key: string, durationMs: number): void {
    this.#done += 1;
    this.#doneMs += durationMs;
    this.#waiting.set(key, (this.#waiting.get(key) ?? 1) - 1);
  }

  /**
   * Milliseconds until the end, if the rest goes as fast as what is done; undefined as long as too
   * little is done to tell.
   */
  remainingMs(): number | undefined {
    const elapsed = this.#now() - this.#startedAt;
    if (this.#done < 3 || elapsed < 5_000) return undefined;
    const usual = this.#doneMs / this.#done;
    let left = 0;
    for (const [key, count] of this.#waiting) left += count * (this.#known.get(key) ?? usual);
    return (left / this.#doneMs) * elapsed;
  }
}

/** `about 3 min`, `about 40 s`. */
export function about(ms: number): string {
  const seconds = Math.ceil(ms / 10_000) * 10;
  return seconds < 90 ? `about ${seconds} s` : `about ${Math.round(ms / 60_000)} min`;
}
