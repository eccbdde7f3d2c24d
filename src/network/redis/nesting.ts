import { ProtocolError } from '../protocol-error.ts';

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

const HEAD = 3;
// Redis' own scripts nest some 8,000 deep before Lua gives up.
const DEPTH_LIMIT = 100_000;

interface Open {
  readonly type: string;
  readonly head: Reply[];
  /** Items still to come; Infinity where their end is marked. */
  missing: number;
}

/** The aggregates that have begun and not ended, the innermost last. */
export class Nesting {
  readonly #open: Open[] = [];

  get isEmpty(): boolean {
    return this.#open.length === 0;
  }

  /** The type of the innermost. */
  get type(): string | undefined {
    return this.#open.at(-1)?.type;
  }

  /** Whether the end of the innermost is marked. */
  get isStreamed(): boolean {
    return this.#open.at(-1)?.missing === Number.POSITIVE_INFINITY;
  }

  /** Whether anybody asks for the text of the next item. */
  get isShown(): boolean {
    return this.isEmpty || this.#isInHead(this.#open.at(-1) as Open);
  }

  begin(type: string, missing: number): void {
    if (this.#open.length === DEPTH_LIMIT) throw new ProtocolError('an answer that is too deep');
    this.#open.push({ type, head: [], missing });
  }

  /** The innermost has ended. Returns the whole answer, where that is its end, too. */
  end(): Reply | undefined {
    const ended = this.#pop();
    return ended && this.add(ended);
  }

  /** An item has been read. Returns the whole answer, where that is its end. */
  add(item: Reply): Reply | undefined {
    let ended: Reply | undefined = item;
    while (ended !== undefined) {
      const parent = this.#open.at(-1);
      if (parent === undefined) return ended;
      if (this.#isInHead(parent)) parent.head.push(ended);
      parent.missing--;
      if (parent.missing > 0) return undefined;
      ended = this.#pop();
    }
    return undefined;
  }

  #isInHead({ head }: Open): boolean {
    return this.#open.length === 1 && head.length < HEAD;
  }

  /** What the innermost amounts to. An attribute is nothing: it tells about the answer that follows it. */
  #pop(): Reply | undefined {
    const { type, head } = this.#open.pop() as Open;
    return type === '|' ? undefined : { type, text: '', isNull: false, head };
  }
}
