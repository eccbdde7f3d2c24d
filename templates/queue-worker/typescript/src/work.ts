import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Task {
  payload: any
  /** Of the attempt; 1 is the first. */
  attempt: number
  report(progress: number): Promise<void>
}

/** What a job does, by its type. Resolves to the result; rejects where the attempt fails. */
export const work: Record<string, (task: Task) => Promise<object>> = {
  async sleep({ payload, report }) {
    const { ms, steps = 1 } = payload
    const begin = performance.now()
    for (let step = 1; step <= steps; step++) {
      await sleepUntil(begin + (ms * step) / steps)
      await report(Math.floor((100 * step) / steps))
    }
    return { ms }
  },

  async sum({ payload }) {
    const { numbers }: { numbers: number[] } = payload
    return { sum: numbers.reduce((total, number) => total + number, 0) }
  },

  async digest({ payload }) {
    const { text } = payload
    return { sha256: createHash('sha256').update(text, 'utf8').digest('hex') }
  },

  async flaky({ payload, attempt }) {
    const { failures, ms = 0 } = payload
    await sleep(ms)
    if (attempt <= failures) throw new Error(`attempt ${attempt} failed`)
    return { attempt }
  },
}

/** A timer may fire a moment too early. */
async function sleepUntil(time: number): Promise<void> {
  for (let left = time - performance.now(); left > 0; left = time - performance.now()) await sleep(Math.ceil(left))
}
