import { DelayedError, UnrecoverableError } from 'bullmq'
import { begin, complete, fail, NotDue, report } from './ledger.js'
import { work } from './work.js'

const AGAIN_MS = 500

/** So that BullMQ tries again after `pause`. */
class AttemptFailed extends Error {
  constructor(message, pause) {
    super(message)
    this.pause = pause
  }
}

/** BullMQ has counted failures only; an attempt whose worker was lost counts too, and Postgres knows. */
export const backoffStrategy = (_attemptsMade, _type, error) => error?.pause ?? AGAIN_MS

/**
 * What BullMQ calls for each job that it gives to this worker. It ends with a result, with `AttemptFailed`, or with
 * `UnrecoverableError` for a job that is dead.
 */
export async function processJob(delivery, token) {
  try {
    return await attemptOnce(delivery.data)
  } catch (error) {
    if (error instanceof AttemptFailed || error instanceof UnrecoverableError) throw error
    // Or Postgres is away: neither has the job failed, nor is it known how the attempt ended.
    console.error(`job ${delivery.data.id}: ${error.message}`)
    const wait = error instanceof NotDue ? error.wait : AGAIN_MS
    await delivery.moveToDelayed(Date.now() + wait, token)
    throw new DelayedError()
  }
}

async function attemptOnce({ id, round }) {
  const attempt = await begin(id, round)
  if (attempt === undefined) return
  const { outcome, error } = await doWork(attempt)
  if (error === undefined) {
    if (!(await complete(attempt, outcome))) console.error(`job ${id} was lost before it was done`)
    return
  }
  const pause = await fail(attempt, error.message)
  if (pause === null) throw new UnrecoverableError(error.message)
  if (pause !== undefined) throw new AttemptFailed(error.message, pause)
}

async function doWork(attempt) {
  const { type, payload } = attempt.job
  // That nobody could be told of progress does no harm to the work.
  const tell = (progress) => report(attempt, progress).catch((error) => console.error(`progress: ${error.message}`))
  try {
    return { outcome: await work[type](payload, attempt.number, tell) }
  } catch (error) {
    return { error }
  }
}
