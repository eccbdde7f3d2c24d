import { LengthLine } from './length.ts';
import { CR, LF, letter, ProtocolError } from './protocol.ts';

/** What matters of an answer: not its contents, but what kind of answer it is. */
export interface Reply {
  /** The first byte of it: '+', '-', '$', '*' … */
  readonly type: string;
  /** Of a string, a number or an error: the beginning, a character for each byte. */
  readonly text: string;
  readonly isNull: boolean;
  /** Of an aggregate: the first items. */
  readonly head: readonly Reply[];
}

export interface ReplyListener {
  /** An aggregate begins, which is not inside of another. Whether its items are answers by themselves. */
  opens(type: string, length: number): boolean;
  reply(reply: Reply): void;
}

const KEPT_TEXT = 1024;
const HEAD = 3;
// Redis' own scripts nest some 8,000 deep before Lua gives up.
const DEPTH_LIMIT = 100_000;

const LINES = new Set('+-:,(#_');
const BODIES = new Set('$!=;');
const AGGREGATES = new Set('*~>%|');
const END = '.';
const NO_ITEMS: readonly Reply[] = [];

interface Open {
  readonly type: string;
  readonly head: Reply[];
  /** Items still to come; Infinity where their end is marked. */
  missing: number;
}

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
  readonly #open: Open[] = [];
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
    const parent = this.#open.at(-1);
    const inString = parent?.type === '$';
    if ((type === ';') !== inString) throw new ProtocolError(`an answer of type ${type}`);
    this.#type = type;
    this.#text = '';
    this.#wanted = this.#isShown(parent) ? KEPT_TEXT : 0;
    if (type === END && parent?.missing === Number.POSITIVE_INFINITY) this.#state = 'end';
    else if (LINES.has(type)) this.#state = 'line';
    else if (BODIES.has(type) || AGGREGATES.has(type)) this.#state = 'length';
    else throw new ProtocolError(`an answer of type ${type}`);
  }

  #isShown(parent: Open | undefined): boolean {
    return parent === undefined || (this.#open.length === 1 && parent.head.length < HEAD);
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
    if (this.#open.length === 0 && this.#listener.opens(type, length)) {
      this.#state = 'type';
      return;
    }
    this.#push(type, type === '%' || type === '|' ? length * 2 : length);
    if (length === 0) this.#close();
  }

  #push(type: string, missing: number): void {
    if (this.#open.length === DEPTH_LIMIT) throw new ProtocolError('an answer that is too deep');
    this.#open.push({ type, head: [], missing });
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

  /** The end that a streamed type marks. */
  #close(): void {
    this.#state = 'type';
    const ended = this.#pop();
    if (ended !== undefined) this.#deliver(ended);
  }

  #ended(text: string, isNull: boolean): void {
    this.#deliver({ type: this.#type, text, isNull, head: NO_ITEMS });
  }

  /** What the innermost aggregate amounts to. An attribute is none: it tells about the answer that follows it. */
  #pop(): Reply | undefined {
    const { type, head } = this.#open.pop() as Open;
    return type === '|' ? undefined : { type, text: '', isNull: false, head };
  }

  #deliver(reply: Reply): void {
    this.#state = 'type';
    let ended: Reply | undefined = reply;
    while (ended !== undefined) {
      const parent = this.#open.at(-1);
      if (parent === undefined) {
        this.#listener.reply(ended);
        return;
      }
      if (this.#isShown(parent)) parent.head.push(ended);
      parent.missing--;
      if (parent.missing > 0) return;
      ended = this.#pop();
    }
  }
}
