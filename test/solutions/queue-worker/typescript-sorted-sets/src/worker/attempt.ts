import type { Session } from '../database.js'
import type { JobType, Payload } from '../jobs/job.js'
import type { Settings } from '../settings.js'

/** One attempt to do a job. Every later write is conditional on `token`: it fences off who has lost the job. */
export interface Attempt {
  /** Its row in the ledger. */
  id: string
  token: string
  /** 1 for the first attempt of the job. */
  number: number
  /** As `number`, but counted from the last retry. */
  round: number
  job: { id: string; type: JobType; payload: Payload; priority: number; created_at: Date }
}

interface ClaimedRow {
  attempt_id: string
  lease_token: string
  attempts: number
  earlier_attempts: number
  id: string
  type: JobType
  payload: Payload
  priority: number
  created_at: Date
}

/** Begins an attempt, in one step with its row in the ledger. Undefined where the job may not be begun (any more, or yet). */
export async function claim(session: Session, jobId: string, settings: Settings): Promise<Attempt | undefined> {
  const [row] = await session.query<ClaimedRow>(
    `WITH job AS (
       UPDATE jobs SET
         status = 'running',
         attempts = attempts + 1,
         progress = 0,
         started_at = coalesce(started_at, clock_timestamp()),
         lease_token = gen_random_uuid(),
         lease_until = clock_timestamp() + $2 * interval '1 millisecond'
       WHERE id = $1
         AND status = 'queued'
         AND greatest(run_at, next_attempt_at) <= clock_timestamp()
       RETURNING *
     ), attempt AS (
       INSERT INTO attempts (job_id, attempt, worker)
       SELECT id, attempts, $3 FROM job
       RETURNING id AS attempt_id
     )
     SELECT attempt_id, lease_token, attempts, earlier_attempts, id, type, payload, priority, created_at
     FROM job, attempt`,
    [jobId, settings.lease, settings.processName],
  )
  if (row === undefined) return undefined
  return {
    id: row.attempt_id,
    token: row.lease_token,
    number: row.attempts,
    round: row.attempts - row.earlier_attempts,
    job: row,
  }
}
