import type { Session } from '../database.js'
import type { JobInput, JobRow } from './job.js'

const COLUMNS = `id, type, payload, priority, status, attempts, max_attempts, progress, result, error,
  created_at, run_at, started_at, finished_at`

/** The id of the new job. */
export async function insertJob(session: Session, input: JobInput, maxAttempts: number): Promise<string> {
  const [row] = await session.query<{ id: string }>(
    `INSERT INTO jobs (type, payload, priority, max_attempts, created_at, run_at, next_attempt_at)
     SELECT $1, $2, $3, $4, now(), due, due
     FROM (SELECT now() + $5 * interval '1 millisecond' AS due) AS times
     RETURNING id`,
    [input.type, JSON.stringify(input.payload), input.priority, maxAttempts, input.delayMs],
  )
  return row!.id
}

export async function findJob(session: Session, id: string): Promise<JobRow | undefined> {
  const [row] = await session.query<JobRow>(`SELECT ${COLUMNS} FROM jobs WHERE id = $1`, [id])
  return row
}

/** Undefined where it is not queued any more. */
export async function cancelJob(session: Session, id: string): Promise<JobRow | undefined> {
  const [row] = await session.query<JobRow>(
    `UPDATE jobs SET status = 'cancelled', finished_at = clock_timestamp()
     WHERE id = $1 AND status = 'queued'
     RETURNING ${COLUMNS}`,
    [id],
  )
  return row
}

/** Undefined where it is not dead. */
export async function retryJob(session: Session, id: string, maxAttempts: number): Promise<JobRow | undefined> {
  const [row] = await session.query<JobRow>(
    `UPDATE jobs SET status = 'queued', earlier_attempts = attempts, max_attempts = attempts + $2,
       finished_at = NULL, next_attempt_at = clock_timestamp()
     WHERE id = $1 AND status = 'dead'
     RETURNING ${COLUMNS}`,
    [id, maxAttempts],
  )
  return row
}

/** Those that died last. */
export async function listDeadJobs(session: Session): Promise<JobRow[]> {
  return session.query<JobRow>(
    `SELECT ${COLUMNS} FROM jobs WHERE status = 'dead' ORDER BY finished_at DESC NULLS LAST, id LIMIT 100`,
  )
}
