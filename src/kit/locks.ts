import { environmentError } from '../core/errors.ts';
import { expect } from './expect/expect.ts';
import type { Sql } from './sql.ts';
import { eventually } from './time.ts';

/** The row of `table` in whose `column` there is `value`. */
export interface RowName {
  table: string;
  column: string;
  value: string;
}

export interface HeldRow {
  /** Settles when nobody holds it any more. */
  released: Promise<void>;
  /** Settles when some session waits for the row. @throws {CheckFailure} none did in time */
  someoneWaits(limits: { withinMs: number }): Promise<void>;
}

/** Any number that no app takes for its own advisory locks. */
const SPACE = 1_818_321_779;

/**
 * Holds the lock of a row for so long, as a transaction does that has changed it and not yet committed. What would change
 * the row meanwhile waits; what reads it sees it as it was. Resolves once the lock is there.
 */
export async function holdRow(
  sql: Sql,
  { table, column, value }: RowName,
  milliseconds: number,
): Promise<HeldRow> {
  // What names tables and columns cannot be a parameter.
  const hold = [
    `WITH held AS (SELECT FROM ${quoted(table)} WHERE ${quoted(column)} = `,
    ` FOR UPDATE) SELECT pg_advisory_xact_lock(${SPACE}, hashtext(`,
    ')), pg_sleep(',
    ') FROM held',
  ];
  const { released } = await held(`the row of ${table}`, {
    hold: async () => {
      const rows = await statement(sql, hold, value, value, milliseconds / 1_000);
      expect(rows.length, `rows of ${table} to hold`).toBeAtLeast(1);
    },
    locks: () => sql<Counted>`
      SELECT count(*)::int AS count FROM pg_locks
      WHERE locktype = 'advisory' AND classid = ${SPACE} AND objid = (hashtext(${value})::bigint & 4294967295)::oid
        -- The view shows those of the whole server, and one seed draws the same value for every database.
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  });
  const someoneWaits = ({ withinMs }: { withinMs: number }) =>
    eventually(
      async () => {
        const [row] = await sql<Counted>`
          SELECT count(*)::int AS count
          FROM pg_locks held JOIN pg_stat_activity waiting ON held.pid = ANY (pg_blocking_pids(waiting.pid))
          WHERE held.locktype = 'advisory' AND held.classid = ${SPACE}
            AND held.objid = (hashtext(${value})::bigint & 4294967295)::oid
            AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
        expect(row!.count, `sessions that wait for the row of ${table}`).toBeAtLeast(1);
      },
      { withinMs, everyMs: 10 },
    );
  return { released, someoneWaits };
}

/**
 * Lets nobody write to a table for so long; it is read as ever. Those who look first and write then have all looked
 * before one of them writes. Resolves once the lock is there; `released` settles when it no longer is.
 */
export async function holdTable(
  sql: Sql,
  table: string,
  milliseconds: number,
): Promise<{ released: Promise<void> }> {
  // A lock needs a transaction, and a DO takes no parameters.
  const hold = `DO $$ BEGIN LOCK TABLE ${quoted(table)} IN SHARE ROW EXCLUSIVE MODE; PERFORM pg_sleep(${milliseconds / 1_000}); END $$`;
  return held(`the table ${table}`, {
    hold: () => statement(sql, [hold]),
    locks: () => sql<Counted>`
      SELECT count(*)::int AS count FROM pg_locks
      WHERE relation = ${quoted(table)}::regclass AND mode = 'ShareRowExclusiveLock' AND granted
        -- Copies of one template share the numbers of their tables.
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  });
}

interface Counted {
  count: number;
}

/**
 * Begins to hold, and resolves once the lock can be seen.
 * @throws {LabsError} `environment`: it was over before
 */
async function held(
  what: string,
  { hold, locks }: { hold(): Promise<unknown>; locks(): Promise<Counted[]> },
): Promise<{ released: Promise<void> }> {
  const released = hold().then(() => {});
  const unseen = released.then(() => {
    throw environmentError(`The grader's lock of ${what} was over before it could be seen.`, {
      hint: 'This machine is very busy: grade again when it is less so.',
    });
  });
  const stop = new AbortController();
  const seen = eventually(
    async () => {
      const [row] = await locks();
      expect(row!.count, `locks of ${what}`).toBe(1);
    },
    { withinMs: 10_000, everyMs: 10, signal: stop.signal },
  );
  // It may fail while nobody looks; who awaits it is told all the same.
  released.catch(() => {});
  try {
    await Promise.race([seen, unseen]);
  } finally {
    stop.abort();
  }
  return { released };
}

/** Runs a statement whose text is made here, as names of tables must be; values stand between its parts. */
const statement = (sql: Sql, parts: readonly string[], ...values: readonly unknown[]) =>
  sql(Object.assign([...parts], { raw: parts }), ...values);

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
