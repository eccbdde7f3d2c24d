import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { complain } from '../complain.js'
import type { Database } from '../database.js'
import { entryOf } from '../jobs/job.js'
import { type Queue, take } from '../queue/queue.js'
import type { Settings } from '../settings.js'
import { type Attempt, claim } from './attempt.js'
import type { Leases } from './leases.js'
import { complete, fail, Lost, reportProgress } from './outcome.js'
import type { Slots } from './slots.js'
import { work } from './work.js'

const PAUSE_AFTER_ERROR_MS = 300

export interface Parts {
  database: Database
  queue: Queue
  /** For `take` alone. */
  blocking: Redis
  leases: Leases
  slots: Slots
  settings: Settings
}

/** Takes jobs from the queue as long as there is room, until `signal` says to stop. */
export async function takeJobs(parts: Parts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await parts.slots.free()
    if (signal.aborted) return
    try {
      const id = await take(parts.blocking)
      // What was taken but not begun is found by refill.
      if (id === undefined || signal.aborted) continue
      const attempt = await parts.database.run((session) => claim(session, id, parts.settings))
      if (attempt !== undefined) parts.slots.fill(() => run(attempt, parts))
    } catch (error) {
      if (signal.aborted) return
      complain('cannot take a job', error)
      await sleep(PAUSE_AFTER_ERROR_MS)
    }
  }
}

/** Does not reject. What cannot be ended is left: its lease runs out. */
async function run(attempt: Attempt, parts: Parts): Promise<void> {
  try {
    await parts.leases.during(attempt, () => runToEnd(attempt, parts))
  } catch (error) {
    complain(error instanceof Lost ? `job ${attempt.job.id} is lost` : `job ${attempt.job.id}`, error)
  }
}

async function runToEnd(attempt: Attempt, parts: Parts): Promise<void> {
  const { database, settings } = parts
  let result: object
  try {
    result = await work[attempt.job.type]({
      payload: attempt.job.payload,
      attempt: attempt.number,
      report: (progress) => report(attempt, progress, database),
    })
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    const pause = await database.transaction((session) => fail(session, attempt, text, settings))
    if (pause !== undefined) await again(attempt, pause, parts.queue)
    return
  }
  await database.transaction((session) => complete(session, attempt, result, settings))
}

/** That nobody could be told of progress does no harm to the work. */
async function report(attempt: Attempt, progress: number, database: Database): Promise<void> {
  await database
    .run((session) => reportProgress(session, attempt, progress))
    .catch((error: unknown) => complain('progress', error))
}

async function again(attempt: Attempt, pause: number, queue: Queue): Promise<void> {
  await queue.add(entryOf(attempt.job), pause).catch((error: unknown) => complain('redis was not told', error))
}
