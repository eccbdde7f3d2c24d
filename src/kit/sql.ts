import { DatabaseError, type Pool } from 'pg';
import { bug, environmentError, messageOf } from '../core/errors.ts';
import { CheckFailure } from '../core/failure.ts';

export type SqlRow = Record<string, any>;

/**
 * Runs a statement on the lab's database, values as parameters:
 * ``await sql`SELECT * FROM tasks WHERE id = ${id}` ``.
 *
 * Throws `CheckFailure` where the database refuses it, since the learner's app may have changed the
 * tables that the contract names. Runs nothing once the check is over.
 */
export type Sql = <Row = SqlRow>(
  parts: TemplateStringsArray,
  ...values: readonly unknown[]
) => Promise<Row[]>;

export function createSql(pool: Pool, signal: AbortSignal): Sql {
  return async (parts, ...values) => {
    const text = parts.reduce((before, part, i) => `${before}$${i}${part}`);
    signal.throwIfAborted();
    try {
      return (await pool.query(text, [...values])).rows;
    } catch (error) {
      const code = error instanceof DatabaseError ? error.code : undefined;
      // Without an answer it is the way there; classes 08, 53, 57, 58 and XX say that the server itself
      // is unwell (PostgreSQL documentation, appendix "Error Codes").
      if (code === undefined || /^(08|53|57|58|XX)/.test(code))
        throw environmentError(`The grader lost the database: ${messageOf(error)}.`, {
          hint: 'See whether Postgres still runs, then grade again.',
          cause: error,
        });
      const statement = text.replace(/\s+/g, ' ').trim();
      // No table that an app could leave behind makes SQL ungrammatical.
      if (code === '42601')
        throw bug(`The grader's SQL is wrong: ${messageOf(error)}.`, {
          detail: statement,
          cause: error,
        });
      throw new CheckFailure({
        action: `the grader's own SQL: ${statement}`,
        expected: 'tables as schema.sql makes them',
        actual: `${messageOf(error)} (SQLSTATE ${code})`,
        evidence: [],
        hint: 'Leave the tables of schema.sql as they are; add tables of your own beside them.',
      });
    }
  };
}
