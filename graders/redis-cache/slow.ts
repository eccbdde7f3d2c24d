import { attempt, eventually, expect, type Response, type Sql } from 'backend-labs/kit';

/** How long a reading takes during which somebody writes. */
export const SLOW_MS = 900;

/** Readings of a sku or a category take so much longer from now on; those under way do not. */
export async function slowDown(sql: Sql, target: string, milliseconds: number): Promise<void> {
  await sql`
    INSERT INTO delays (target, milliseconds) VALUES (${target}, ${milliseconds})
    ON CONFLICT (target) DO UPDATE SET milliseconds = excluded.milliseconds`;
}

export async function speedUp(sql: Sql, target: string): Promise<void> {
  await sql`DELETE FROM delays WHERE target = ${target}`;
}

/** How many readings of it are under way, of all instances; only slow ones are seen. */
export async function readingsOf(sql: Sql, target: string): Promise<number> {
  const [row] = await sql<{ count: number }>`
    SELECT count(*)::int AS count FROM pg_locks
    WHERE locktype = 'advisory' AND classid = 7 AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND objid = (hashtext(${target})::bigint & 4294967295)::oid`;
  return row?.count ?? 0;
}

export async function readingUnderWay(sql: Sql, target: string): Promise<void> {
  await eventually(
    async () => {
      const what = 'calls of product_detail or product_page that are under way';
      expect(await readingsOf(sql, target), what).toBeAtLeast(1);
    },
    { withinMs: 10_000, everyMs: 10 },
  );
}

/**
 * Starts a reading that takes `milliseconds`, runs an action once Postgres is at it, and gives what both came to.
 * Only this reading is slow: later ones run at full speed.
 */
export async function whileReading<T>(
  sql: Sql,
  target: string,
  milliseconds: number,
  read: () => Promise<Response>,
  action: () => Promise<T>,
): Promise<{ read: Response; result: T }> {
  await slowDown(sql, target, milliseconds);
  const reading = attempt(read);
  const seen = await attempt(() => readingUnderWay(sql, target));
  await speedUp(sql, target);
  if (seen.failure !== undefined) {
    await reading;
    throw seen.failure;
  }
  const acted = await attempt(action);
  const answer = await reading;
  if (acted.failure !== undefined) throw acted.failure;
  if (answer.failure !== undefined) throw answer.failure;
  return { read: answer.value, result: acted.value };
}
