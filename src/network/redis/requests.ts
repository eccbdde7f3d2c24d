import { ownText } from '../own-text.ts';
import { ProtocolError } from '../protocol-error.ts';
import { splitInline } from './inline.ts';
import { LengthLine } from './length.ts';
import { LF, letter } from './protocol.ts';

/** How many bytes of an argument are kept, and how many arguments of a command. */
export const KEPT = { bytes: 1024, words: 1024 } as const;

// PROTO_INLINE_MAX_SIZE in Redis' source.
const INLINE_LIMIT = 64 * 1024;
const ARRAY = '*'.charCodeAt(0);
const BULK = '$'.charCodeAt(0);

/** A command as it was sent: its name and its arguments, a character for each byte. */
export interface Words {
  /** No more than `KEPT.words`, of no more than `KEPT.bytes`. */
  readonly words: readonly string[];
  /** How many there were. */
  readonly count: number;
  /** Whether bytes or words were left out. */
  readonly truncated: boolean;
}

type State = 'start' | 'count' | 'mark' | 'length' | 'body' | 'inline';

/**
 * Cuts what a client sends into commands, wherever its chunks begin and end. What a
 * server would hang up on throws a ProtocolError; what it would ignore is ignored.
 *
 * Redis documentation, "Redis serialization protocol specification".
 */
export class RequestReader {
  readonly #onCommand: (command: Words) => void;
  readonly #length = new LengthLine();
  #state: State = 'start';
  #line = '';
  #words: string[] = [];
  #count = 0;
  #truncated = false;
  /** Words of the command that are still to come. */
  #missing = 0;
  #word = '';
  /** It came in pieces, each of which would stay a string by itself. */
  #isPieced = false;
  /** Bytes to keep of the word that is being read, and how many are still to come, with its end. */
  #wanted = 0;
  #missingBytes = 0;

  constructor(onCommand: (command: Words) => void) {
    this.#onCommand = onCommand;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) at = this.#read(chunk, at);
  }

  #read(chunk: Buffer, at: number): number {
    switch (this.#state) {
      case 'start':
        this.#state = chunk[at] === ARRAY ? 'count' : 'inline';
        return this.#state === 'count' ? at + 1 : at;
      case 'mark':
        return this.#readMark(chunk, at);
      case 'count':
      case 'length':
        return this.#readLength(chunk, at);
      case 'body':
        return this.#readBody(chunk, at);
      case 'inline':
        return this.#readInline(chunk, at);
    }
  }

  #readMark(chunk: Buffer, at: number): number {
    const mark = chunk[at] as number;
    if (mark !== BULK) throw new ProtocolError(`an argument begins with ${letter(mark)}, not $`);
    this.#state = 'length';
    return at + 1;
  }

  #readLength(chunk: Buffer, start: number): number {
    const at = this.#length.read(chunk, start);
    if (!this.#length.isDone) return at;
    const length = this.#length.take();
    if (length === Number.POSITIVE_INFINITY) throw new ProtocolError('a streamed command');
    if (this.#state === 'count') this.#begin(length);
    else this.#beginWord(length);
    return at;
  }

  #begin(count: number): void {
    // A server takes an array of none, or of fewer, for no command at all.
    this.#state = count > 0 ? 'mark' : 'start';
    this.#missing = count;
    this.#count = count;
    this.#words = [];
    this.#truncated = false;
  }

  #beginWord(length: number): void {
    if (length < 0) throw new ProtocolError(`an argument of ${length} bytes`);
    const isKept = this.#words.length < KEPT.words;
    this.#wanted = isKept ? Math.min(length, KEPT.bytes) : 0;
    if (this.#wanted < length || !isKept) this.#truncated = true;
    // The line break after it is read with it and not looked at: nor does the server.
    this.#missingBytes = length + 2;
    this.#word = '';
    this.#isPieced = false;
    this.#state = 'body';
  }

  #readBody(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#missingBytes);
    const wanted = this.#wanted - this.#word.length;
    if (wanted > 0) {
      this.#isPieced = this.#word !== '';
      this.#word += chunk.toString('latin1', at, Math.min(end, at + wanted));
    }
    this.#missingBytes -= end - at;
    if (this.#missingBytes === 0) this.#endWord();
    return end;
  }

  #endWord(): void {
    if (this.#words.length < KEPT.words) {
      this.#words.push(this.#isPieced ? ownText(this.#word, 'latin1') : this.#word);
    }
    this.#missing--;
    this.#state = this.#missing > 0 ? 'mark' : 'start';
    if (this.#missing > 0) return;
    this.#onCommand({ words: this.#words, count: this.#count, truncated: this.#truncated });
  }

  #readInline(chunk: Buffer, start: number): number {
    const found = chunk.indexOf(LF, start);
    const end = found < 0 ? chunk.length : found;
    if (this.#line.length + (end - start) > INLINE_LIMIT) {
      throw new ProtocolError('an inline command is longer than 64 KiB');
    }
    this.#line += chunk.toString('latin1', start, end);
    if (found < 0) return end;
    const all = splitInline(this.#line.replace(/\r$/, ''));
    const words = all
      .slice(0, KEPT.words)
      .map((word) => ownText(word.slice(0, KEPT.bytes), 'latin1'));
    const truncated = all.length > words.length || words.some((word, n) => word !== all[n]);
    this.#line = '';
    this.#state = 'start';
    if (all.length > 0) this.#onCommand({ words, count: all.length, truncated });
    return end + 1;
  }
}
