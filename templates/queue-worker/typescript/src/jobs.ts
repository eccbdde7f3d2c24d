import { pool } from './database.js'
import { settings } from './settings.js'

export interface JobInput {
  type: string
  payload: object
  priority?: number
  delayMs?: number
}

export async function insertJob({ type, payload, priority = 5, delayMs = 0 }: JobInput) {
  const { rows } = await pool.query(
    `INSERT INTO jobs (type, payload, priority, max_attempts, created_at, run_at)
     VALUES ($1, $2, $3, $4, now(), now() + $5 * interval '1 millisecond')
     RETURNING *`,
    [type, JSON.stringify(payload), priority, settings.maxAttempts, delayMs],
  )
  return rows[0]
}

export async function findJob(id: string) {
  const { rows } = await pool.query('SELECT * FROM jobs WHERE id = $1', [id])
  return rows[0]
}

/** A row as the API shows it. */
export const toJson = (row: any) => ({
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
