import type { Pool } from 'pg';
import { environmentError, errorCode, messageOf } from '../core/errors.ts';
import { CheckFailure } from '../core/failure.ts';

export type SqlRow = Record<string, any>;

/**
 * Runs a statement on the lab's database, values as parameters:
 * ``await sql`SELECT * FROM tasks WHERE id = ${id}` ``.
 *
 * Throws `CheckFailure` where the database refuses it, since the learner's app may have changed the
 * tables that the contract names.
 */
export type Sql = <Row = SqlRow>(
  parts: TemplateStringsArray,
  ...values: readonly unknown[]
) => Promise<Row[]>;

export function createSql(pool: Pool): Sql {
  return async (parts, ...values) => {
    const text = parts.reduce((before, part, i) => `${before}$${i}${part}`);
    try {
      return (await pool.query(text, [...values])).rows;
    } catch (error) {
      const code = errorCode(error);
      // Five characters are an SQLSTATE: the server answered, and classes 08, 53, 57 and 58 say that
      // it is the server which is unwell. Anything else is the way there.
      if (code === undefined || !/^[0-9A-Z]{5}$/.test(code) || /^(08|53|57|58)/.test(code))
        throw environmentError(`The grader lost the database: ${messageOf(error)}.`, {
          hint: 'See whether Postgres still runs, then grade again.',
          cause: error,
        });
      throw new CheckFailure({
        action: `the grader's own SQL: ${text.replace(/\s+/g, ' ').trim()}`,
        expected: 'tables as schema.sql makes them',
        actual: `${messageOf(error)} (SQLSTATE ${code})`,
        evidence: [],
        hint: 'Leave the tables of schema.sql as they are; add tables of your own beside them.',
      });
    }
  };
}
