import { readsOnlyCatalogs } from './introspection.ts';
import { tokens } from './lex.ts';
import type { SeenStatement } from './statement.ts';

type Sql = Pick<SeenStatement, 'sql' | 'truncated' | 'unsplit'>;

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

/** Far more than a question of a driver's has, spaces among them. */
const MOST_TOKENS = 2_000;

/** Whether it begins, ends or parts a transaction: BEGIN, COMMIT, ROLLBACK, SAVEPOINT, RELEASE … */
export function isTransactionControl(statement: Sql): boolean {
  return startsWithOneOf(TRANSACTION, statement);
}

/** Whether it is about the session, not about data: SET, RESET, SHOW, DISCARD, DEALLOCATE, LISTEN. */
export function isSessionControl(statement: Sql): boolean {
  return startsWithOneOf(SESSION, statement) && !isTransactionControl(statement);
}

/**
 * Whether it only reads the system catalogs, as drivers do after connecting: every table that it names
 * is a catalog or a view of `pg_catalog` or `information_schema`, every function one for such questions.
 * A judgement by the names, not by a search path; where in doubt, no.
 */
export function isIntrospection({ sql, truncated, unsplit }: Sql): boolean {
  if (truncated || unsplit) return false;
  // Whether backslashes escape, only the session knows: here it must come to the same.
  return [false, ...(sql.includes('\\') ? [true] : [])].every((backslashes) => {
    const words = significant(sql, { backslashes });
    return words !== undefined && readsOnlyCatalogs(words);
  });
}

/** Whether it is none of the above: a statement that the app makes of its own accord, about its data. */
export function isQuery(statement: Sql): boolean {
  return (
    !isTransactionControl(statement) && !isSessionControl(statement) && !isIntrospection(statement)
  );
}

/** `isQuery` for many statements: reads each text once, and keeps it as long as it is kept itself. */
export function queryJudge(): (statement: Sql) => boolean {
  const whole = new Map<string, boolean>();
  const cut = new Map<string, boolean>();
  return (statement) => {
    if (statement.unsplit) return isQuery(statement);
    const known = statement.truncated ? cut : whole;
    let verdict = known.get(statement.sql);
    if (verdict === undefined) {
      verdict = isQuery(statement);
      known.set(statement.sql, verdict);
    }
    return verdict;
  };
}

function startsWithOneOf(beginnings: readonly string[], { sql, unsplit }: Sql): boolean {
  // It tells of the first statement only, which this one need not be.
  if (unsplit) return false;
  const words = significant(sql, { most: 3 }) ?? [];
  return beginnings.some((beginning) =>
    beginning.split(' ').every((word, index) => words[index] === word),
  );
}

/**
 * The tokens but for spaces and comments: words in upper case, identifiers in quotes as they are, after
 * one quote. Undefined for a text of more tokens than a driver's question has.
 */
function significant(
  sql: string,
  { most = Number.POSITIVE_INFINITY, backslashes = false } = {},
): string[] | undefined {
  const found: string[] = [];
  let read = 0;
  for (const { kind, text } of tokens(sql, backslashes)) {
    if (found.length >= most) break;
    if (++read > MOST_TOKENS) return undefined;
    if (kind === 'space' || kind === 'comment') continue;
    if (kind === 'word') found.push(inUpperCase(text));
    else
      found.push(text.replace(/^"(.*)"$/s, (_, name: string) => `"${name.replaceAll('""', '"')}`));
  }
  return found;
}

/** As the server folds: no letters but those of ASCII. */
function inUpperCase(word: string): string {
  return word.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}
