import { setTimeout as sleep } from 'node:timers/promises';
import { attempt, CheckFailure, expect, type Response, type Sql } from 'backend-labs/kit';

/** How long a reading takes during which somebody writes. */
export const SLOW_MS = 900;
/** How often something is tried that must happen while a reading is under way. */
const ROUNDS = 3;

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

/** A reading has ended, and Postgres was not seen at it. */
class ReadingUnseen extends CheckFailure {}

/**
 * A slow reading lasts a bounded time, so that it can be over before what was to come meanwhile: on a busy machine, nothing
 * is then to be seen of a fault, or no reading was seen at all. Tries again, three times in all; `round` takes another
 * product each time. What the last one came to counts, and a reading that was never seen is a failure.
 */
export async function untilInTime<T extends { inTime: boolean }>(
  round: () => Promise<T>,
): Promise<T> {
  for (let left = ROUNDS - 1; left > 0; left -= 1) {
    try {
      const outcome = await round();
      if (outcome.inTime) return outcome;
    } catch (error) {
      if (!(error instanceof ReadingUnseen)) throw error;
    }
  }
  return round();
}

/** Waits until Postgres is at a reading, which has been asked for; for rounds of `untilInTime`. */
export async function readingUnderWay(
  sql: Sql,
  target: string,
  reading: Promise<unknown>,
): Promise<void> {
  const ended = watchEnd(reading);
  for (;;) {
    const isLast = ended();
    const { failure } = await attempt(async () => {
      const what = 'calls of product_detail or product_page that are under way';
      expect(await readingsOf(sql, target), what).toBeAtLeast(1);
    });
    if (failure === undefined) return;
    if (isLast) throw new ReadingUnseen(failure.failure);
    await sleep(10);
  }
}

/**
 * Starts a reading that takes `milliseconds`, runs an action once Postgres is at it, and gives what both came to.
 * `inTime` says that the action was over first. Only this reading is slow: later ones run at full speed.
 */
export async function whileReading<T>(
  sql: Sql,
  target: string,
  milliseconds: number,
  read: () => Promise<Response>,
  action: () => Promise<T>,
): Promise<{ read: Response; result: T; inTime: boolean }> {
  await slowDown(sql, target, milliseconds);
  const reading = attempt(read);
  const ended = watchEnd(reading);
  const seen = await attempt(() => readingUnderWay(sql, target, reading));
  await speedUp(sql, target);
  if (seen.failure !== undefined) {
    const { failure } = await reading;
    throw failure ?? seen.failure;
  }
  const acted = await attempt(action);
  const inTime = !ended();
  const answer = await reading;
  if (acted.failure !== undefined) throw acted.failure;
  if (answer.failure !== undefined) throw answer.failure;
  return { read: answer.value, result: acted.value, inTime };
}

/** Says whether a promise has settled. */
function watchEnd(promise: Promise<unknown>): () => boolean {
  let over = false;
  const end = () => {
    over = true;
  };
  promise.then(end, end);
  return () => over;
}
