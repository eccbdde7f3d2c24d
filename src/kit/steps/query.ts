import type { Step } from '../../core/checks-file.ts';
import { CheckFailure } from '../../core/failure.ts';
import { same } from '../same.ts';
import { shown } from '../shown.ts';
import type { Sql, SqlRow } from '../sql.ts';
import { resolvePointer } from './pointer.ts';
import { piecesOf } from './references.ts';
import type { Scope } from './scope.ts';

/**
 * Runs the query of a step and holds its rows to those expected.
 *
 * @throws {CheckFailure} they are others
 */
export async function runQuery(
  text: string,
  { rows: expected, note }: Step,
  scope: Scope,
  sql: Sql,
): Promise<SqlRow[]> {
  const { parts, names } = split(text);
  const template = Object.assign(parts, { raw: parts });
  const values = names.map((name) => scope.fill(`$${name}`));
  const rows = (await sql(template, ...values)).map(plain);
  const wanted = expected === undefined ? undefined : (scope.fill(expected) as SqlRow[]);
  if (wanted === undefined || areThese(rows, wanted)) return rows;
  const statement = oneLine(text);
  throw new CheckFailure({
    action: note === undefined ? statement : `${statement} (${note})`,
    expected: wanted.length === 0 ? 'no rows' : `the rows ${shown(wanted)}`,
    actual: rows.length === 0 ? 'no rows' : shown(rows),
    evidence: [],
  });
}

/** @throws {CheckFailure} the rows have nothing there */
export function cell(text: string, rows: readonly SqlRow[], pointer: string): unknown {
  const value = resolvePointer(rows, pointer);
  if (value !== undefined) return value;
  throw new CheckFailure({
    action: oneLine(text),
    expected: `${pointer} in its rows`,
    actual: rows.length === 0 ? 'no rows' : shown(rows),
    evidence: [],
  });
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

/** Text around the names, which go as parameters. */
function split(text: string): { parts: string[]; names: string[] } {
  const parts = [''];
  const names: string[] = [];
  for (const piece of piecesOf(text)) {
    if (typeof piece === 'string') parts.push(`${parts.pop()}${piece}`);
    else {
      names.push(piece.name);
      parts.push('');
    }
  }
  return { parts, names };
}

function areThese(rows: readonly SqlRow[], wanted: readonly SqlRow[]): boolean {
  return (
    rows.length === wanted.length &&
    wanted.every((row, index) =>
      Object.entries(row).every(([column, value]) => isSame(rows[index]?.[column], value)),
    )
  );
}

/**
 * The driver gives bigint and numeric as text, since not each is a JavaScript number: a numeric(10, 2)
 * as 5.00.
 */
function isSame(actual: unknown, expected: unknown): boolean {
  if (same(actual, expected)) return true;
  if (typeof expected !== 'number' || typeof actual !== 'string') return false;
  return actual === String(expected) || (NUMERAL.test(actual) && Number(actual) === expected);
}

const NUMERAL = /^-?\d+(\.\d+)?$/;

function plain(row: SqlRow): SqlRow {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      value instanceof Date ? value.toISOString() : value,
    ]),
  );
}
