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
 * table that it names is in `pg_catalog` or `information_schema`. A judgement by
 * the names, not by a search path.
 */
export function isIntrospection(statement: Sql): boolean {
  const words = significant(statement.sql);
  if (words[0] !== 'SELECT' && words[0] !== 'WITH') return false;
  const text = words.join(' ');
  const tables = [...text.matchAll(/\b(?:FROM|JOIN) (?:ONLY |LATERAL )?(?=[^(])([^()]*)/g)].flatMap(
    (match) => tableList(match[1] as string),
  );
  return tables.length > 0 && tables.every((table) => /^(PG_|INFORMATION_SCHEMA\b)/.test(table));
}

/** Whether it is none of the above: a statement that the app makes of its own accord, about its data. */
export function isQuery(statement: Sql): boolean {
  return (
    !isTransactionControl(statement) && !isSessionControl(statement) && !isIntrospection(statement)
  );
}

/** 'ITEMS I , PG_CLASS WHERE …' → ['ITEMS', 'PG_CLASS']. */
function tableList(text: string): string[] {
  const list = text.split(
    / (?:WHERE|JOIN|LEFT|RIGHT|FULL|INNER|CROSS|NATURAL|ON|USING|GROUP|ORDER|HAVING|LIMIT|UNION)\b/,
  )[0];
  return (list ?? '').split(',').map((table) => table.trim());
}

function startsWithOneOf(beginnings: readonly string[], sql: string): boolean {
  const words = significant(sql, 3);
  return beginnings.some((beginning) =>
    beginning.split(' ').every((word, index) => words[index] === word),
  );
}

/** The tokens but for spaces and comments, in upper case; quoted identifiers without their quotes. */
function significant(sql: string, limit = Number.POSITIVE_INFINITY): string[] {
  const found: string[] = [];
  for (const { kind, text } of tokens(sql)) {
    if (found.length >= limit) break;
    if (kind === 'space' || kind === 'comment') continue;
    found.push(text.replace(/^"(.*)"$/s, '$1').toUpperCase());
  }
  return found;
}
