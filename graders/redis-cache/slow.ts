import { setTimeout as sleep } from 'node:timers/promises';
import { attempt, PerhapsStalled, type Response, type Sql } from 'backend-labs/kit';

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

/**
 * Waits until Postgres is at a reading, which has been asked for; for rounds of `untilInTime`.
 * @throws what the reading itself failed with, and `PerhapsStalled` where it was answered unseen
 */
export async function readingUnderWay(
  sql: Sql,
  target: string,
  reading: Promise<Response | readonly Response[]>,
): Promise<void> {
  const ended = watchEnd(reading);
  for (;;) {
    const isLast = ended();
    if ((await readingsOf(sql, target)) > 0) return;
    if (isLast) {
      const [answer] = [await reading].flat() as Response[];
      throw new PerhapsStalled(
        answer!.failure(
          'an answer that waits for Postgres: product_detail or product_page was made slow',
          `${answer!.status}, and no call of them was seen before`,
        ),
      );
    }
    await sleep(10);
  }
}

/**
 * Starts a reading that takes `milliseconds`, and gives it once Postgres is at it. It lasts a bounded time, so that it can
 * be over before what is to come meanwhile: for rounds of `untilInTime`, each with another product. Only this reading is
 * slow; later ones run at full speed.
 */
export async function beginReading<T extends Response | readonly Response[]>(
  sql: Sql,
  target: string,
  milliseconds: number,
  read: () => Promise<T>,
): Promise<{ reading: Promise<T>; ended: () => boolean }> {
  await slowDown(sql, target, milliseconds);
  const reading = read();
  const ended = watchEnd(reading);
  try {
    await readingUnderWay(sql, target, reading);
  } finally {
    await speedUp(sql, target);
  }
  return { reading, ended };
}

/** Runs an action during a slow reading, and gives what both came to; `inTime` says that the action was over first. */
export async function whileReading<T>(
  sql: Sql,
  target: string,
  milliseconds: number,
  read: () => Promise<Response>,
  action: () => Promise<T>,
): Promise<{ read: Response; result: T; inTime: boolean }> {
  const { reading, ended } = await beginReading(sql, target, milliseconds, read);
  const acted = await attempt(action);
  const inTime = !ended();
  const answer = await attempt(() => reading);
  if (acted.failure !== undefined) throw acted.failure;
  if (answer.failure !== undefined) throw answer.failure;
  return { read: answer.value, result: acted.value, inTime };
}

/** Says whether a promise has settled. */
export function watchEnd(promise: Promise<unknown>): () => boolean {
  let over = false;
  const end = () => {
    over = true;
  };
  promise.then(end, end);
  return () => over;
}
