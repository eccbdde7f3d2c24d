import { ProtocolError } from '../protocol-error.ts';
import { LengthLine } from './length.ts';
import { Nesting, type Reply } from './nesting.ts';
import { CR, LF, letter } from './protocol.ts';

export interface ReplyListener {
  /** An aggregate begins, which is not inside of another. Whether its items are answers by themselves. */
  opens(type: string, length: number): boolean;
  reply(reply: Reply): void;
}

const KEPT_TEXT = 1024;
const LINES = new Set('+-:,(#_');
const BODIES = new Set('$!=;');
const AGGREGATES = new Set('*~>%|');
const END = '.';
const NO_ITEMS: readonly Reply[] = [];

type State = 'type' | 'line' | 'length' | 'body' | 'end';

/**
 * Cuts what a server sends into answers, wherever its chunks begin and end; RESP2 and
 * RESP3, with the streamed types that no server sends yet. Throws a ProtocolError for
 * what is neither.
 *
 * Redis documentation, "Redis serialization protocol specification"; the streamed
 * types: github.com/redis/redis-specifications, protocol/RESP3.md.
 */
export class ReplyReader {
  readonly #listener: ReplyListener;
  readonly #length = new LengthLine();
  readonly #nesting = new Nesting();
  #state: State = 'type';
  #type = '';
  #text = '';
  /** Bytes of text to keep. */
  #wanted = 0;
  /** Bytes of a body that are still to come. */
  #missing = 0;
  /** The last byte seen of a line break was CR. */
  #returned = false;

  constructor(listener: ReplyListener) {
    this.#listener = listener;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) at = this.#read(chunk, at);
  }

  #read(chunk: Buffer, at: number): number {
    switch (this.#state) {
      case 'type':
        this.#begin(letter(chunk[at] as number));
        return at + 1;
      case 'line':
        return this.#readLine(chunk, at);
      case 'length':
        return this.#readLength(chunk, at);
      case 'body':
        return this.#readBody(chunk, at);
      case 'end':
        return this.#readEnd(chunk[at] as number, at);
    }
  }

  #begin(type: string): void {
    const nesting = this.#nesting;
    if ((type === ';') !== (nesting.type === '$')) throw unknownType(type);
    this.#type = type;
    this.#text = '';
    this.#wanted = nesting.isShown ? KEPT_TEXT : 0;
    if (type === END && nesting.isStreamed) this.#state = 'end';
    else if (LINES.has(type)) this.#state = 'line';
    else if (BODIES.has(type) || AGGREGATES.has(type)) this.#state = 'length';
    else throw unknownType(type);
  }

  #readLine(chunk: Buffer, at: number): number {
    const found = chunk.indexOf(LF, at);
    const end = found < 0 ? chunk.length : found;
    const kept = Math.min(end, at + this.#wanted - this.#text.length);
    if (kept > at) this.#text += chunk.toString('latin1', at, kept);
    if (end > at) this.#returned = chunk[end - 1] === CR;
    if (found < 0) return end;
    if (!this.#returned) throw new ProtocolError('a line that does not end with CR LF');
    this.#returned = false;
    const text = this.#text.endsWith('\r') ? this.#text.slice(0, -1) : this.#text;
    this.#ended(text, this.#type === '_');
    return end + 1;
  }

  #readLength(chunk: Buffer, start: number): number {
    const at = this.#length.read(chunk, start);
    if (!this.#length.isDone) return at;
    const length = this.#length.take();
    if (length < 0) this.#null(length);
    else if (AGGREGATES.has(this.#type)) this.#openAggregate(length);
    else if (length === Number.POSITIVE_INFINITY) this.#openString();
    else if (length === 0 && this.#type === ';') this.#close();
    else {
      this.#missing = length;
      this.#wanted = Math.min(this.#wanted, length);
      this.#state = length > 0 ? 'body' : 'end';
    }
    return at;
  }

  #null(length: number): void {
    // RESP2's null bulk string and null array.
    const isNull = length === -1 && (this.#type === '$' || this.#type === '*');
    if (!isNull) throw new ProtocolError(`an answer of type ${this.#type} and length ${length}`);
    this.#ended('', true);
  }

  #openString(): void {
    if (this.#type !== '$') throw new ProtocolError(`a streamed answer of type ${this.#type}`);
    this.#push('$', Number.POSITIVE_INFINITY);
  }

  #openAggregate(length: number): void {
    const type = this.#type;
    if (this.#nesting.isEmpty && this.#listener.opens(type, length)) {
      this.#state = 'type';
      return;
    }
    this.#push(type, type === '%' || type === '|' ? length * 2 : length);
    if (length === 0) this.#close();
  }

  #push(type: string, missing: number): void {
    this.#nesting.begin(type, missing);
    this.#state = 'type';
  }

  #readBody(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#missing);
    const kept = Math.min(end, at + this.#wanted - this.#text.length);
    if (kept > at) this.#text += chunk.toString('latin1', at, kept);
    this.#missing -= end - at;
    if (this.#missing === 0) this.#state = 'end';
    return end;
  }

  #readEnd(byte: number, at: number): number {
    if (byte !== (this.#returned ? LF : CR)) throw new ProtocolError('no line break after a body');
    this.#returned = !this.#returned;
    if (this.#returned) return at + 1;
    if (this.#type === END) this.#close();
    else this.#ended(this.#text, false);
    return at + 1;
  }

  #close(): void {
    this.#deliver(this.#nesting.end());
  }

  #ended(text: string, isNull: boolean): void {
    this.#deliver(this.#nesting.add({ type: this.#type, text, isNull, head: NO_ITEMS }));
  }

  #deliver(reply: Reply | undefined): void {
    this.#state = 'type';
    if (reply !== undefined) this.#listener.reply(reply);
  }
}

function unknownType(type: string): ProtocolError {
  return new ProtocolError(`an answer of type ${type}`);
}
