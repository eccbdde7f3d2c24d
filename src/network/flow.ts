import type { Duplex } from 'node:stream';
import { Fifo } from './fifo.ts';

/** `upstream`: what clients say to the server; `downstream`: what it answers. */
export type Direction = 'upstream' | 'downstream';

/** What the network is like at the moment. One object, shared by all flows of a proxy. */
export interface Conditions {
  /** Milliseconds that each chunk waits. */
  delayMs: Readonly<Record<Direction, number>>;
  /** Nothing passes, not even an end. */
  blackhole: boolean;
}

interface Held {
  /** `undefined` stands for the end of the stream (FIN). */
  readonly chunk: Buffer | undefined;
  /** In `performance.now()` milliseconds. */
  readonly due: number;
}

// With a delay, chunks in flight overlap: what may be held bounds the throughput
// (8 MiB at 100 ms is 80 MiB/s). Behind a blackhole nothing is ever delivered, and
// as much is taken as a kernel's buffers would.
const HELD_UNDER_DELAY = 8 * 1024 * 1024;
const HELD_UNDER_BLACKHOLE = 64 * 1024;

/**
 * One direction of a connection: what `source` says reaches `sink` in order, after
 * the delay, and no faster than `sink` takes it.
 */
export class Flow {
  readonly #source: Duplex;
  readonly #sink: Duplex;
  readonly #direction: Direction;
  readonly #conditions: Conditions;
  readonly #held = new Fifo<Held>();
  #heldBytes = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param through Sees each chunk as it arrives, and says what to pass on. */
  constructor(
    direction: Direction,
    source: Duplex,
    sink: Duplex,
    conditions: Conditions,
    through: (chunk: Buffer) => Buffer,
  ) {
    this.#direction = direction;
    this.#source = source;
    this.#sink = sink;
    this.#conditions = conditions;
    source.on('data', (chunk: Buffer) => this.send(through(chunk)));
    source.on('end', () => this.#hold(undefined));
    sink.on('drain', () => this.pump());
    source.resume();
  }

  /** Sends what `source` did not say. */
  send(chunk: Buffer): void {
    if (chunk.length > 0) this.#hold(chunk);
  }

  /** Passes on what may pass under the conditions of now; call it when they have changed. */
  pump(): void {
    clearTimeout(this.#timer);
    const { blackhole } = this.#conditions;
    while (!blackhole && !this.#sink.writableNeedDrain) {
      const next = this.#held.first;
      if (next === undefined) break;
      const wait = this.#delayMs === 0 ? 0 : next.due - performance.now();
      if (wait > 0) {
        this.#timer = setTimeout(() => this.pump(), Math.ceil(wait));
        break;
      }
      this.#held.shift();
      this.#pass(next.chunk);
    }
    const limit = blackhole ? HELD_UNDER_BLACKHOLE : HELD_UNDER_DELAY;
    if (this.#sink.writableNeedDrain || this.#heldBytes >= limit) this.#source.pause();
    else if (this.#source.isPaused()) this.#source.resume();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#held.clear();
    this.#heldBytes = 0;
  }

  get #delayMs(): number {
    return this.#conditions.delayMs[this.#direction];
  }

  #hold(chunk: Buffer | undefined): void {
    this.#held.push({ chunk, due: performance.now() + this.#delayMs });
    this.#heldBytes += chunk?.length ?? 0;
    this.pump();
  }

  #pass(chunk: Buffer | undefined): void {
    this.#heldBytes -= chunk?.length ?? 0;
    if (this.#sink.destroyed || this.#sink.writableEnded) return;
    if (chunk === undefined) this.#sink.end();
    else this.#sink.write(chunk);
  }
}
