import type { Database, Session } from '../database.js'
import { entryOf } from '../jobs/job.js'
import type { Queue } from '../queue/queue.js'

interface LostRow {
  id: string
  priority: number
  created_at: Date
  status: 'queued' | 'dead'
}

/** Takes jobs from workers that have been silent for longer than their lease. */
export class Reaper {
  readonly #database: Database
  readonly #queue: Queue
  readonly #lease: number
  #notBefore = 0

  constructor(database: Database, queue: Queue, lease: number) {
    this.#database = database
    this.#queue = queue
    this.#lease = lease
  }

  async reap(): Promise<void> {
    if (performance.now() < this.#notBefore) return
    try {
      const lost = await this.#database.run(expire)
      await this.#queue.addMany(lost.filter(({ status }) => status === 'queued').map(entryOf))
    } catch (error) {
      // While Postgres was away nobody could renew a lease. All get the time for it once it is back.
      this.#notBefore = performance.now() + this.#lease
      throw error
    }
  }
}

async function expire(session: Session): Promise<LostRow[]> {
  return session.query<LostRow>(
    `WITH silent AS (
       SELECT id FROM jobs WHERE status = 'running' AND lease_until < clock_timestamp() FOR UPDATE SKIP LOCKED
     ), lost AS (
       UPDATE jobs SET
         status = CASE WHEN attempts < max_attempts THEN 'queued' ELSE 'dead' END,
         finished_at = CASE WHEN attempts < max_attempts THEN NULL ELSE clock_timestamp() END,
         next_attempt_at = clock_timestamp(),
         error = 'The worker was lost.', lease_token = NULL, lease_until = NULL
       FROM silent WHERE jobs.id = silent.id
       RETURNING jobs.id, jobs.priority, jobs.created_at, jobs.status
     ), ledger AS (
       UPDATE attempts SET outcome = 'lost' FROM lost WHERE job_id = lost.id AND outcome IS NULL
     )
     SELECT * FROM lost`,
  )
}
