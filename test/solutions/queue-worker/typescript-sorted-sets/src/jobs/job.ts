/** A row of `jobs`, as far as the API shows it. */
export interface JobRow {
  id: string
  type: JobType
  payload: Payload
  priority: number
  status: 'queued' | 'running' | 'completed' | 'dead' | 'cancelled'
  attempts: number
  max_attempts: number
  progress: number
  result: object | null
  error: string | null
  created_at: Date
  run_at: Date
  started_at: Date | null
  finished_at: Date | null
}

export type JobType = 'sleep' | 'sum' | 'digest' | 'flaky'
export type Payload = Record<string, unknown>

export interface JobInput {
  type: JobType
  payload: Payload
  priority: number
  delayMs: number
}

export function toJson(row: JobRow) {
  return {
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
  }
}

export const entryOf = (row: Pick<JobRow, 'id' | 'priority' | 'created_at'>) => ({
  id: row.id,
  priority: row.priority,
  createdAt: row.created_at,
})
