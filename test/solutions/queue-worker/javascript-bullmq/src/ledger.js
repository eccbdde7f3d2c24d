import { query, transaction } from './database.js'
import { backoffBase, processName } from './settings.js'

/** The clocks of Redis' clients are ahead of Postgres'. */
export class NotDue extends Error {
  constructor(wait) {
    super('not due yet')
    this.wait = Math.ceil(wait)
  }
}

/**
 * Begins an attempt for whom the broker has given the job to. If it is running already, its worker was lost. Undefined
 * where there is nothing to do: it has ended, or has begun another round.
 */
export async function begin(id, round) {
  return transaction(async (query) => {
    const [job] = await query(
      `SELECT *, extract(epoch FROM greatest(run_at, next_attempt_at) - clock_timestamp())::float8 * 1000 AS wait
       FROM jobs WHERE id = $1 AND earlier_attempts = $2 AND status IN ('queued', 'running')
       FOR UPDATE`,
      id,
      round,
    )
    if (job === undefined) return undefined
    if (job.wait > 0) throw new NotDue(job.wait)
    if (job.status === 'running') {
      await query(`UPDATE attempts SET outcome = 'lost' WHERE job_id = $1 AND outcome IS NULL`, id)
      if (job.attempts >= job.max_attempts) return bury(query, id)
    }
    const [{ attempts, lease_token }] = await query(
      `UPDATE jobs SET status = 'running', attempts = attempts + 1, progress = 0,
         started_at = coalesce(started_at, clock_timestamp()), lease_token = gen_random_uuid()
       WHERE id = $1 RETURNING attempts, lease_token`,
      id,
    )
    const [attempt] = await query(
      'INSERT INTO attempts (job_id, attempt, worker) VALUES ($1, $2, $3) RETURNING id',
      id,
      attempts,
      processName,
    )
    return { id: attempt.id, number: attempts, round: attempts - round, token: lease_token, job }
  })
}

async function bury(query, id) {
  await query(
    `UPDATE jobs SET status = 'dead', error = 'The worker was lost.', finished_at = clock_timestamp(), lease_token = NULL
     WHERE id = $1`,
    id,
  )
  return undefined
}

export async function report({ job, token }, progress) {
  await query('UPDATE jobs SET progress = $3 WHERE id = $1 AND lease_token = $2', job.id, token, progress)
}

/** False where the job is somebody else's by now. */
export async function complete({ id, number, job, token }, result) {
  return transaction(async (query) => {
    const rows = await query(
      `UPDATE jobs SET status = 'completed', result = $3, error = NULL, progress = 100,
         finished_at = clock_timestamp(), lease_token = NULL
       WHERE id = $1 AND lease_token = $2 RETURNING id`,
      job.id,
      token,
      JSON.stringify(result),
    )
    if (rows.length === 0) return false
    await query(`UPDATE attempts SET outcome = 'completed' WHERE id = $1`, id)
    await query('INSERT INTO effects (job_id, attempt, worker) VALUES ($1, $2, $3)', job.id, number, processName)
    return true
  })
}

/** The pause until the next attempt, null where there is none, undefined where the job is somebody else's by now. */
export async function fail({ id, job, round, token }, error) {
  const pause = Math.ceil(backoffBase * 2 ** (round - 1) * (1 + 0.2 * Math.random()))
  return transaction(async (query) => {
    const [row] = await query(
      `UPDATE jobs SET
         status = CASE WHEN attempts < max_attempts THEN 'queued' ELSE 'dead' END,
         finished_at = CASE WHEN attempts < max_attempts THEN NULL ELSE clock_timestamp() END,
         next_attempt_at = clock_timestamp() + $4 * interval '1 millisecond',
         error = $3, lease_token = NULL
       WHERE id = $1 AND lease_token = $2 RETURNING status`,
      job.id,
      token,
      error,
      pause,
    )
    if (row === undefined) return undefined
    await query(`UPDATE attempts SET outcome = 'failed', error = $2 WHERE id = $1`, id, error)
    return row.status === 'queued' ? pause : null
  })
}
