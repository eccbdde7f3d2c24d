import { ProtocolError } from '../protocol-error.ts';

/** One message. `body` holds its first bytes, as many as were asked for; only for the time of the call. */
export type OnFrame = (type: number, body: Buffer) => void;

/**
 * How many bytes to keep of the body of a message of this type and length;
 * `undefined` where there is no such message.
 */
export type Keep = (type: number, length: number) => number | undefined;

/** The type given to a message without one: the first of a client. */
export const UNTYPED = 0;

const NOTHING = Buffer.alloc(0);

/**
 * Cuts a stream into messages, wherever its chunks begin and end, and keeps no more
 * of a message than was asked for.
 *
 * PostgreSQL documentation, "Frontend/Backend Protocol", section "Messaging Overview":
 * a type of one byte (but for a client's first message), then the length as an int32
 * that counts itself and not the type, then the body.
 */
export class FrameReader {
  readonly #keep: Keep;
  readonly #onFrame: OnFrame;
  readonly #header = Buffer.alloc(5);
  #typed: boolean;
  #headerBytes = 0;
  #type = 0;
  #length = 0;
  /** Bytes of the body still to come; -1 while the header is incomplete. */
  #missing = -1;
  #kept: Buffer = NOTHING;
  #keptBytes = 0;

  /**
   * @param startsUntyped Whether the first message has no type.
   */
  constructor(keep: Keep, onFrame: OnFrame, startsUntyped: boolean) {
    this.#keep = keep;
    this.#onFrame = onFrame;
    this.#typed = !startsUntyped;
  }

  /** Throws a ProtocolError for what cannot be a message; the reader is of no use then. */
  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length || this.#missing === 0) {
      at = this.#missing < 0 ? this.#readHeader(chunk, at) : this.#readBody(chunk, at);
    }
  }

  #readHeader(chunk: Buffer, start: number): number {
    const size = this.#typed ? 5 : 4;
    let at = start;
    while (this.#headerBytes < size && at < chunk.length) {
      this.#header[this.#headerBytes++] = chunk[at++] as number;
    }
    if (this.#headerBytes < size) return at;
    this.#type = this.#typed ? (this.#header[0] as number) : UNTYPED;
    this.#length = this.#header.readInt32BE(size - 4) - 4;
    const keep = this.#keep(this.#type, this.#length);
    if (keep === undefined || this.#length < 0) {
      throw new ProtocolError(describe(this.#type, this.#length));
    }
    this.#missing = this.#length;
    this.#keptBytes = 0;
    const wanted = Math.min(keep, this.#length);
    if (chunk.length - at >= this.#length) {
      // A body that has come whole is shown where it lies.
      this.#kept = chunk.subarray(at, at + wanted);
      this.#keptBytes = wanted;
    } else {
      this.#kept = Buffer.allocUnsafe(wanted);
    }
    return at;
  }

  #readBody(chunk: Buffer, start: number): number {
    const end = Math.min(chunk.length, start + this.#missing);
    if (this.#keptBytes < this.#kept.length) {
      this.#keptBytes += chunk.copy(this.#kept, this.#keptBytes, start, end);
    }
    this.#missing -= end - start;
    if (this.#missing === 0) this.#finish();
    return end;
  }

  #finish(): void {
    const body = this.#kept;
    this.#missing = -1;
    this.#headerBytes = 0;
    this.#typed = true;
    this.#kept = NOTHING;
    this.#onFrame(this.#type, body);
  }
}

function describe(type: number, length: number): string {
  const bytes = `${(length + 4).toLocaleString('en-US')} bytes`;
  if (type === UNTYPED) return `no session begins with a message of ${bytes}`;
  return `there is no message ${JSON.stringify(String.fromCharCode(type))} of ${bytes}`;
}
