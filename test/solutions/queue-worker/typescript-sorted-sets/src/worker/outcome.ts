import type { Session } from '../database.js'
import type { Settings } from '../settings.js'
import type { Attempt } from './attempt.js'

/** The job is somebody else's by now. */
export class Lost extends Error {}

export async function reportProgress(session: Session, attempt: Attempt, progress: number): Promise<void> {
  await session.query(`UPDATE jobs SET progress = $3 WHERE id = $1 AND status = 'running' AND lease_token = $2`, [
    attempt.job.id,
    attempt.token,
    progress,
  ])
}

/** To be called in a transaction, which ends with `Lost` where the job is not this attempt's any more. */
export async function complete(session: Session, attempt: Attempt, result: object, settings: Settings): Promise<void> {
  const completed = await session.query(
    `UPDATE jobs SET status = 'completed', result = $3, error = NULL, progress = 100,
       finished_at = clock_timestamp(), lease_token = NULL, lease_until = NULL
     WHERE id = $1 AND status = 'running' AND lease_token = $2
     RETURNING id`,
    [attempt.job.id, attempt.token, JSON.stringify(result)],
  )
  if (completed.length === 0) throw new Lost('completed too late')
  await session.query(`UPDATE attempts SET outcome = 'completed' WHERE id = $1`, [attempt.id])
  await session.query('INSERT INTO effects (job_id, attempt, worker) VALUES ($1, $2, $3)', [
    attempt.job.id,
    attempt.number,
    settings.processName,
  ])
}

/**
 * To be called in a transaction. Resolves to the milliseconds until the next attempt, or to undefined where this was
 * the last one.
 */
export async function fail(
  session: Session,
  attempt: Attempt,
  error: string,
  settings: Settings,
): Promise<number | undefined> {
  const pause = pauseAfter(attempt.round, settings.backoffBase)
  const [failed] = await session.query<{ status: string }>(
    `UPDATE jobs SET
       status = CASE WHEN attempts < max_attempts THEN 'queued' ELSE 'dead' END,
       finished_at = CASE WHEN attempts < max_attempts THEN NULL ELSE clock_timestamp() END,
       next_attempt_at = clock_timestamp() + $4 * interval '1 millisecond',
       error = $3, lease_token = NULL, lease_until = NULL
     WHERE id = $1 AND status = 'running' AND lease_token = $2
     RETURNING status`,
    [attempt.job.id, attempt.token, error, pause],
  )
  if (failed === undefined) throw new Lost('failed too late')
  await session.query(`UPDATE attempts SET outcome = 'failed', error = $2 WHERE id = $1`, [attempt.id, error])
  return failed.status === 'queued' ? pause : undefined
}

/** Exponential backoff. Jitter only adds: the pause of the contract is the least. */
function pauseAfter(round: number, base: number): number {
  return Math.round(base * 2 ** (round - 1) * (1 + 0.2 * Math.random()))
}
