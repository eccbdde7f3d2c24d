import { setTimeout as sleep } from 'node:timers/promises'
import { jobsToCheck, markChecked } from './jobs.js'

/**
 * Gives the broker, again and again, jobs that it ought to know: whoever stored one may have died, or found Redis away,
 * before he could add it. BullMQ ignores those that it has.
 *
 * @param {import('./broker.js').Broker} broker
 */
export async function reconcile(broker, signal) {
  while (!signal.aborted) {
    try {
      const rows = await jobsToCheck()
      await Promise.all(rows.map((row) => broker.add(row)))
      if (rows.length > 0) await markChecked(rows.map(({ id }) => id))
    } catch (error) {
      console.error(`reconciliation: ${error.message}`)
    }
    await sleep(1_000)
  }
}
