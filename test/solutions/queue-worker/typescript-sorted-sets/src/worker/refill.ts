import type { Database } from '../database.js'
import { entryOf, type JobRow } from '../jobs/job.js'
import type { Queue } from '../queue/queue.js'

/**
 * Puts jobs into the queue that should be there: whoever stored one may have died, or found Redis away, before he could
 * say so; and whoever took one may have died before he began it. A job whose entry is there already does not change.
 */
export async function refill(database: Database, queue: Queue): Promise<void> {
  // As many as are begun soon, in the order of the queue.
  const waiting = await database.run((session) =>
    session.query<JobRow>(
      `SELECT id, priority, created_at FROM jobs
       WHERE status = 'queued' AND greatest(run_at, next_attempt_at) < clock_timestamp() - interval '500 milliseconds'
       ORDER BY priority, created_at
       LIMIT 100`,
    ),
  )
  await queue.addMany(waiting.map(entryOf))
}
