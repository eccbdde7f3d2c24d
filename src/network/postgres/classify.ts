import { tokens } from './lex.ts';
import type { SeenStatement } from './statement.ts';

type Sql = Pick<SeenStatement, 'sql'>;

const TRANSACTION = [
  'BEGIN',
  'START TRANSACTION',
  'COMMIT',
  'END',
  'ROLLBACK',
  'ABORT',
  'SAVEPOINT',
  'RELEASE',
  'PREPARE TRANSACTION',
  'SET TRANSACTION',
  'SET SESSION CHARACTERISTICS',
];

const SESSION = ['SET', 'RESET', 'SHOW', 'DISCARD', 'DEALLOCATE', 'LISTEN', 'UNLISTEN'];

const WRITES = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'INTO']);
const BEFORE_TABLE = new Set(['FROM', 'JOIN', ',', 'ONLY', 'LATERAL']);
const ENDS_FROM = new Set(
  'WHERE GROUP HAVING WINDOW ORDER LIMIT OFFSET FETCH FOR UNION INTERSECT EXCEPT'.split(' '),
);

/** Far more than a question of a driver's has, spaces among them. */
const MOST_TOKENS = 2_000;

/** Whether it begins, ends or parts a transaction: BEGIN, COMMIT, ROLLBACK, SAVEPOINT, RELEASE … */
export function isTransactionControl(statement: Sql): boolean {
  return startsWithOneOf(TRANSACTION, statement.sql);
}

/** Whether it is about the session, not about data: SET, RESET, SHOW, DISCARD, DEALLOCATE, LISTEN. */
export function isSessionControl(statement: Sql): boolean {
  return startsWithOneOf(SESSION, statement.sql) && !isTransactionControl(statement);
}

/**
 * Whether it only reads the system catalogs, as drivers do after connecting: every
 * table that it names begins with `pg_` or is in `pg_catalog` or `information_schema`.
 * A judgement by the names, not by a search path; where in doubt, no.
 */
export function isIntrospection(statement: Sql): boolean {
  const words = significant(statement.sql);
  if (words === undefined) return false;
  if (words[0] !== 'SELECT' && words[0] !== 'WITH') return false;
  if (words.some((word) => WRITES.has(word))) return false;
  const own = namesOfWith(words);
  const tables = tablesIn(words).filter((table) => !own.has(table));
  return tables.length > 0 && tables.every((table) => /^(PG_|INFORMATION_SCHEMA$)/.test(table));
}

/** Whether it is none of the above: a statement that the app makes of its own accord, about its data. */
export function isQuery(statement: Sql): boolean {
  return (
    !isTransactionControl(statement) && !isSessionControl(statement) && !isIntrospection(statement)
  );
}

/** `isQuery` for many statements: reads each text once, and keeps it as long as it is kept itself. */
export function queryJudge(): (statement: Sql) => boolean {
  const known = new Map<string, boolean>();
  return (statement) => {
    let verdict = known.get(statement.sql);
    if (verdict === undefined) {
      verdict = isQuery(statement);
      known.set(statement.sql, verdict);
    }
    return verdict;
  };
}

/** The first part of each name in the lists after FROM and JOIN; functions are not tables. */
function tablesIn(words: readonly string[]): string[] {
  const tables: string[] = [];
  // Whether a FROM list is being read, at each depth of parentheses.
  const lists = [false];
  words.forEach((word, index) => {
    if (word === '(') lists.push(false);
    else if (word === ')') lists.pop();
    else if (word === 'FROM' || word === 'JOIN') lists[lists.length - 1] = true;
    else if (ENDS_FROM.has(word)) lists[lists.length - 1] = false;
    else if (lists.at(-1) && BEFORE_TABLE.has(words[index - 1] ?? '') && !BEFORE_TABLE.has(word)) {
      if (words[index + 1] !== '(') tables.push(word);
    }
  });
  return tables;
}

/** 'WITH a AS (…), b (c) AS MATERIALIZED (…) …' → a, b. */
function namesOfWith(words: readonly string[]): Set<string> {
  if (words[0] !== 'WITH') return new Set();
  return new Set(
    words.filter((word, index) => {
      const [before, beforeThat, next] = [words[index - 1], words[index - 2], words[index + 1]];
      if (before === 'WITH') return word !== 'RECURSIVE';
      if (before === 'RECURSIVE') return true;
      return beforeThat === ')' && before === ',' && (next === 'AS' || next === '(');
    }),
  );
}

function startsWithOneOf(beginnings: readonly string[], sql: string): boolean {
  const words = significant(sql, 3) ?? [];
  return beginnings.some((beginning) =>
    beginning.split(' ').every((word, index) => words[index] === word),
  );
}

/**
 * The tokens but for spaces and comments, in upper case; quoted identifiers without their quotes.
 * Undefined for a text of more tokens than a driver's question has.
 */
function significant(sql: string, limit = Number.POSITIVE_INFINITY): string[] | undefined {
  const found: string[] = [];
  let read = 0;
  for (const { kind, text } of tokens(sql)) {
    if (found.length >= limit) break;
    if (++read > MOST_TOKENS) return undefined;
    if (kind === 'space' || kind === 'comment') continue;
    found.push(text.replace(/^"(.*)"$/s, '$1').toUpperCase());
  }
  return found;
}
