import { ProtocolError } from '../protocol-error.ts';
import { CR, LF } from './protocol.ts';

// The digits of every length that a double holds exactly.
const DIGITS = 15;
const [ZERO, NINE, MINUS, QUESTION] = [48, 57, 45, 63] as const;

/** Reads the length that a header line ends with, wherever its chunks begin and end. */
export class LengthLine {
  #value = 0;
  #digits = 0;
  #negative = false;
  #returned = false;
  #done = false;

  /** The line has been read to its end: `take` the length. */
  get isDone(): boolean {
    return this.#done;
  }

  /** The length, Infinity for `?`, which says that the end will be marked. The next line begins. */
  take(): number {
    const value = this.#negative ? -this.#value : this.#value;
    this.#value = 0;
    this.#digits = 0;
    this.#negative = false;
    this.#returned = false;
    this.#done = false;
    return value;
  }

  /** Reads on from `start`; returns where it stopped. Throws a ProtocolError for what is no length. */
  read(chunk: Buffer, start: number): number {
    for (let at = start; at < chunk.length; at++) {
      if (!this.#accepts(chunk[at] as number))
        throw new ProtocolError('a length that is no number');
      if (this.#done) return at + 1;
    }
    return chunk.length;
  }

  #accepts(byte: number): boolean {
    if (this.#returned) {
      this.#done = byte === LF;
      return this.#done;
    }
    const isFirst = this.#digits === 0 && !this.#negative;
    if (byte >= ZERO && byte <= NINE && this.#digits < DIGITS) {
      this.#value = this.#value * 10 + (byte - ZERO);
      this.#digits++;
    } else if (byte === CR && this.#digits > 0) this.#returned = true;
    else if (byte === MINUS && isFirst) this.#negative = true;
    else if (byte === QUESTION && isFirst) {
      this.#value = Number.POSITIVE_INFINITY;
      this.#digits = DIGITS;
    } else return false;
    return true;
  }
}
