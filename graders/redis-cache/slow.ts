import { setTimeout as sleep } from 'node:timers/promises';
import { attempt, CheckFailure, type Response, type Sql } from 'backend-labs/kit';

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

/** What was to be seen while something lasted was not; that it came too late may be the machine's fault. */
export class TooLate extends CheckFailure {}

/**
 * A slow reading lasts a bounded time, so that it can be over before what was to come meanwhile: on a busy machine, nothing
 * is then to be seen of a fault, or no reading was seen at all. Tries again, three times in all; `round` takes another
 * product each time. What the last one came to counts, and `TooLate` is then a failure.
 */
export async function untilInTime<T extends { inTime: boolean }>(
  round: () => Promise<T>,
): Promise<T> {
  for (let left = ROUNDS - 1; left > 0; left -= 1) {
    try {
      const outcome = await round();
      if (outcome.inTime) return outcome;
    } catch (error) {
      if (!(error instanceof TooLate)) throw error;
    }
  }
  return round();
}

/**
 * Waits until Postgres is at a reading, which has been asked for; for rounds of `untilInTime`.
 * @throws what the reading itself failed with, and `TooLate` where it was answered unseen
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
      const { failure } = answer!.failure(
        'an answer that waits for Postgres: product_detail or product_page was made slow',
        `${answer!.status}, and no call of them was seen before`,
      );
      throw new TooLate(failure);
    }
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
  const asked = read();
  const reading = attempt(() => asked);
  const ended = watchEnd(reading);
  const seen = await attempt(() => readingUnderWay(sql, target, asked));
  await speedUp(sql, target);
  if (seen.failure !== undefined) throw seen.failure;
  const acted = await attempt(action);
  const inTime = !ended();
  const answer = await reading;
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
