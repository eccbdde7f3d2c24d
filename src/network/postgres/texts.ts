import { ownText } from '../own-text.ts';

const REMEMBERED = 1_000;
const BUDGET = 16 * 1024 * 1024;
const BEYOND_BUDGET = 256;

export interface Text {
  readonly sql: string;
  readonly truncated: boolean;
}

/**
 * Keeps the texts of statements within bounds, whatever a client sends: equal ones
 * share a string, and after 16 Mi characters of different ones, new ones are cut to 256.
 */
export class Texts {
  readonly #recent = new Map<string, Text>();
  readonly #budget: number;
  #left: number;

  constructor(budget = BUDGET) {
    this.#budget = budget;
    this.#left = budget;
  }

  /** What was kept so far is kept no more. */
  renew(): void {
    this.#recent.clear();
    this.#left = this.#budget;
  }

  keep(sql: string, truncated: boolean): Text {
    const known = this.#recent.get(sql);
    if (known !== undefined && known.truncated === truncated) return known;
    const cut = sql.length > this.#left && sql.length > BEYOND_BUDGET;
    const text = cut
      ? { sql: ownText(sql.slice(0, BEYOND_BUDGET), 'utf8'), truncated: true }
      : { sql, truncated };
    this.#left -= Math.min(this.#left, text.sql.length);
    this.#recent.set(text.sql, text);
    if (this.#recent.size > REMEMBERED) this.#forgetOldest();
    return text;
  }

  #forgetOldest(): void {
    for (const oldest of this.#recent.keys()) {
      this.#recent.delete(oldest);
      return;
    }
  }
}
