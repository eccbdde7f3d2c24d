import { SQL_LIMIT } from './messages.ts';

/** The strings at the start of a body, each ended by a zero byte. */
export class Strings {
  readonly #body: Buffer;
  #at: number;

  constructor(body: Buffer, start = 0) {
    this.#body = body;
    this.#at = start;
  }

  /** The next string; `undefined` where its end was not kept. */
  next(): string | undefined {
    const end = this.#body.indexOf(0, this.#at);
    if (end < 0) return undefined;
    const text = this.#body.toString('utf8', this.#at, end);
    this.#at = end + 1;
    return text;
  }

  /** The next string as SQL, which may be long, and may have been cut off. */
  nextSql(): { readonly sql: string; readonly truncated: boolean } {
    const zero = this.#body.indexOf(0, this.#at);
    let end = zero < 0 ? this.#body.length : zero;
    const truncated = zero < 0 || end - this.#at > SQL_LIMIT;
    if (truncated) {
      end = Math.min(end, this.#at + SQL_LIMIT);
      // Not through the middle of a character: UTF-8's later bytes are 10xxxxxx.
      while (end > this.#at && ((this.#body[end] ?? 0) & 0xc0) === 0x80) end--;
    }
    return { sql: this.#body.toString('utf8', this.#at, end), truncated };
  }
}

export interface ErrorFields {
  /** SQLSTATE, such as '23505'. */
  readonly code: string;
  readonly message: string;
  /** Where in the SQL, counted in characters from 1. */
  readonly position: number | undefined;
}

/** Section "Error and Notice Message Fields". */
export function readError(body: Buffer): ErrorFields {
  const strings = new Strings(body);
  const fields = new Map<string, string>();
  for (let field = strings.next(); field; field = strings.next()) {
    fields.set(field.slice(0, 1), field.slice(1));
  }
  const position = Number(fields.get('P'));
  return {
    code: fields.get('C') ?? '',
    message: fields.get('M') ?? '',
    position: position > 0 ? position : undefined,
  };
}

/** The rows that a command tag speaks of: 'INSERT 0 1', 'SELECT 5', 'COPY 3'; none in 'BEGIN'. */
export function rowsOf(tag: string): number | undefined {
  const rows = / (\d+)$/.exec(tag)?.[1];
  return rows === undefined ? undefined : Number(rows);
}
