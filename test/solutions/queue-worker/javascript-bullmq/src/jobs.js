import { query } from './database.js'

// `wait`: milliseconds until it is due. The broker wants them by its own clock.
const COLUMNS = `*, extract(epoch FROM greatest(run_at, next_attempt_at) - clock_timestamp())::float8 * 1000 AS wait`

/** The new job, or undefined where there is one with this key. */
export async function insertJob({ type, payload, priority, delayMs }, maxAttempts, key, hash) {
  const [row] = await query(
    `INSERT INTO jobs (type, payload, priority, max_attempts, created_at, run_at, enqueued_at, idempotency_key, request_hash)
     VALUES ($1, $2, $3, $4, now(), now() + $5 * interval '1 millisecond', now(), $6, $7)
     ON CONFLICT (idempotency_key) DO NOTHING
     RETURNING ${COLUMNS}`,
    type,
    JSON.stringify(payload),
    priority,
    maxAttempts,
    delayMs,
    key,
    hash,
  )
  return row
}

export async function findJob(id) {
  const [row] = await query(`SELECT ${COLUMNS} FROM jobs WHERE id = $1`, id)
  return row
}

export async function findJobByKey(key) {
  const [row] = await query(`SELECT ${COLUMNS} FROM jobs WHERE idempotency_key = $1`, key)
  return row
}

/** Undefined where it is not queued. */
export async function cancelJob(id) {
  const [row] = await query(
    `UPDATE jobs SET status = 'cancelled', finished_at = clock_timestamp()
     WHERE id = $1 AND status = 'queued' RETURNING ${COLUMNS}`,
    id,
  )
  return row
}

/** Undefined where it is not dead. */
export async function retryJob(id, maxAttempts) {
  const [row] = await query(
    `UPDATE jobs SET status = 'queued', earlier_attempts = attempts, max_attempts = attempts + $2,
       finished_at = NULL, next_attempt_at = now(), enqueued_at = now()
     WHERE id = $1 AND status = 'dead' RETURNING ${COLUMNS}`,
    id,
    maxAttempts,
  )
  return row
}

export const listDeadJobs = () =>
  query(`SELECT * FROM jobs WHERE status = 'dead' ORDER BY finished_at DESC NULLS LAST, id LIMIT 100`)

/** Those that the broker ought to know, and has not been asked about for a while. */
export const jobsToCheck = () =>
  query(
    `SELECT ${COLUMNS} FROM jobs
     WHERE status IN ('queued', 'running')
       AND greatest(run_at, next_attempt_at, enqueued_at) < clock_timestamp() - interval '2 seconds'
     ORDER BY enqueued_at NULLS FIRST, created_at
     LIMIT 100`,
  )

export const markChecked = (ids) => query('UPDATE jobs SET enqueued_at = clock_timestamp() WHERE id = ANY ($1)', ids)

export const toJson = (row) => ({
  id: row.id,
  type: row.type,
  status: row.status,
  priority: row.priority,
  attempts: row.attempts,
  maxAttempts: row.max_attempts,
  progress: row.progress,
  result: row.result,
  error: row.error,
  createdAt: row.created_at,
  runAt: row.run_at,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
})
