import { DatabaseError, type Pool } from 'pg';
import { bug, environmentError, messageOf } from '../core/errors.ts';
import type { Exchange } from '../core/exchange.ts';
import { sqlFailure } from './sql-failure.ts';

export type SqlRow = Record<string, any>;

/**
 * Runs a statement on the lab's database, values as parameters:
 * ``await sql`SELECT * FROM tasks WHERE id = ${id}` ``.
 *
 * Throws `CheckFailure` where the database refuses it, since the learner's app may have changed the
 * tables that the contract names, or given the value. Runs nothing once the check is over.
 */
export type Sql = <Row = SqlRow>(
  parts: TemplateStringsArray,
  ...values: readonly unknown[]
) => Promise<Row[]>;

/**
 * serialization_failure and deadlock_detected: the statement, a transaction of its own, was undone, and the
 * transactions that it met went on. Who uses Postgres is to try again then (PostgreSQL documentation, section
 * "Serialization Failure Handling").
 */
const TRIED_AGAIN = new Set(['40001', '40P01']);
const TRIES = 3;

/** @param exchanges where a value may have come from, for failures */
export function createSql(
  pool: Pool,
  signal: AbortSignal,
  exchanges: () => readonly Exchange[] = () => [],
): Sql {
  return async (parts, ...values) => {
    const text = parts.reduce((before, part, i) => `${before}$${i}${part}`);
    for (let tries = 1; ; tries += 1) {
      signal.throwIfAborted();
      try {
        return (await pool.query(text, [...values])).rows;
      } catch (error) {
        const refusal = refusalOf(error);
        if (TRIED_AGAIN.has(refusal.code!) && tries < TRIES) continue;
        const statement = text.replace(/\s+/g, ' ').trim();
        // No table that an app could leave behind makes SQL ungrammatical.
        if (refusal.code === '42601')
          throw bug(`The grader's SQL is wrong: ${messageOf(error)}.`, {
            detail: statement,
            cause: error,
          });
        throw sqlFailure(refusal, { statement, values, exchanges: exchanges(), tries });
      }
    }
  };
}

/** @throws {LabsError} `environment`: the database did not refuse; it did not answer, or is unwell */
function refusalOf(error: unknown): DatabaseError {
  const refusal = error instanceof DatabaseError && error.code !== undefined ? error : undefined;
  // Without an answer it is the way there; classes 08, 53, 57, 58 and XX say that the server itself
  // is unwell (PostgreSQL documentation, appendix "Error Codes").
  if (refusal !== undefined && !/^(08|53|57|58|XX)/.test(refusal.code!)) return refusal;
  throw environmentError(`The grader lost the database: ${messageOf(error)}.`, {
    hint: 'See whether Postgres still runs, then grade again.',
    cause: error,
  });
}
