import { tokens } from './lex.ts';

/** One of several statements, with the place of its text: UTF-16 offsets, `end` exclusive. */
export interface Piece {
  readonly sql: string;
  readonly start: number;
  readonly end: number;
  /** How many statements it is, where they were not told apart. */
  readonly many?: number;
}

/** Of 64 KB, `1;1;1;…` would make 32,000. */
const MOST_PIECES = 1_000;

/**
 * The statements of a Query message, without the empty ones, trimmed and without
 * their semicolons. A message of one statement is that statement as it was sent; of one with more
 * than 1,000, the last piece is all that follow.
 *
 * @param backslashes See `tokens`.
 */
export function splitStatements(sql: string, backslashes = false): readonly Piece[] {
  const whole = wholeOf(sql);
  const semicolon = sql.indexOf(';');
  if (semicolon < 0 || sql.slice(semicolon + 1).trim() === '') return [whole];

  const pieces: Piece[] = [];
  const nesting = new Nesting();
  let start = 0;
  let at = 0;
  let empty = true;

  let many = 0;

  function finish(end: number): void {
    if (!empty) {
      many++;
      if (many <= MOST_PIECES) pieces.push({ sql: sql.slice(start, end).trim(), start, end });
    }
    start = end + 1;
    empty = true;
    nesting.reset();
  }

  for (const { kind, text } of tokens(sql, backslashes)) {
    if (text === ';' && !nesting.isInside) finish(at);
    else if (kind !== 'space' && kind !== 'comment') {
      empty = false;
      if (kind !== 'quoted') nesting.enter(text.toUpperCase());
    }
    at += text.length;
  }
  finish(sql.length);
  if (many > MOST_PIECES) {
    const { start: rest } = pieces.pop() as Piece;
    const following = { start: rest, end: sql.length, many: many - pieces.length };
    pieces.push({ sql: sql.slice(rest).trim(), ...following });
  }
  return pieces.length === 1 ? [whole] : pieces;
}

/** A text that is one piece. */
export function wholeOf(sql: string): Piece {
  return { sql, start: 0, end: sql.length };
}

/** How many statements they are. */
export function countOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { many = 1 }) => sum + many, 0);
}

/** The statement at a position that the server tells: in characters (not UTF-16 units), from 1. */
export function pieceAt(
  pieces: readonly Piece[],
  sql: string,
  position: number,
): number | undefined {
  let offset = 0;
  for (let left = position - 1; left > 0 && offset < sql.length; left--) {
    offset += (sql.codePointAt(offset) as number) > 0xffff ? 2 : 1;
  }
  const index = pieces.findIndex(({ start, end }) => start <= offset && offset <= end);
  return index < 0 ? undefined : index;
}

/** Where a semicolon ends no statement: in parentheses (CREATE RULE), and in BEGIN ATOMIC … END. */
class Nesting {
  #words: string[] = [];
  #parentheses = 0;
  #blocks = 0;

  get isInside(): boolean {
    return this.#parentheses > 0 || this.#blocks > 0;
  }

  enter(text: string): void {
    if (text === '(') this.#parentheses++;
    else if (text === ')') this.#parentheses--;
    else if (this.#blocks > 0) {
      if (text === 'CASE' || text === 'BEGIN') this.#blocks++;
      else if (text === 'END') this.#blocks--;
    } else if (text === 'ATOMIC' && this.#words.at(-1) === 'BEGIN' && this.#definesRoutine()) {
      this.#blocks++;
    }
    this.#remember(text);
  }

  reset(): void {
    this.#words = [];
    this.#parentheses = 0;
    this.#blocks = 0;
  }

  #remember(text: string): void {
    // The beginning, and the word before.
    if (this.#words.length > 4) this.#words.pop();
    this.#words.push(text);
  }

  #definesRoutine(): boolean {
    return /^CREATE (OR REPLACE )?(FUNCTION|PROCEDURE)\b/.test(this.#words.join(' '));
  }
}
