import { setTimeout } from 'node:timers/promises'
import { pool } from './database.js'
import { findJob } from './jobs.js'
import { take } from './queue.js'
import { work } from './work.js'

// TODO 4: one job at a time, and a long one holds up all the others. Work on `settings.concurrency` at a time.
// TODO 10: on SIGTERM take no further job, finish those you have, and exit with code 0.
for (;;) {
  try {
    await doJob(await take())
  } catch (error) {
    // TODO 3: that was it, for the job.
    console.error(error)
    await setTimeout(100)
  }
}

async function doJob(id: string): Promise<void> {
  const job = await findJob(id)

  // TODO 1: begin an attempt: one conditional UPDATE makes the job `running` (it may have been cancelled, or
  // somebody else has it), and a row goes into `attempts`, before the work.
  // TODO 6: the job is yours for `settings.leaseMs`. Renew that while you work, and let somebody look for jobs
  // whose lease has run out.
  const result = await work[job.type]!({
    payload: job.payload,
    attempt: 1,
    report: async (_progress) => {
      // TODO 1: it is asked for while the job runs.
    },
  })
  // TODO 3: work may throw: then comes a pause, and another attempt, or the job is dead.

  // TODO 1: one transaction: the job is `completed`, the attempt has its outcome, and a row goes into `effects`; all of
  // it only if the job is still this attempt's.
  await pool.query(`UPDATE jobs SET status = 'completed', result = $2 WHERE id = $1`, [id, JSON.stringify(result)])
}
