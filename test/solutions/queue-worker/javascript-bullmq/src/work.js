import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * What a job does, by its type. Resolves to the result.
 *
 * @type {Record<string, (payload: any, attempt: number, report: (progress: number) => Promise<void>) => Promise<object>>}
 */
export const work = {
  sleep: async ({ ms, steps = 1 }, _attempt, report) => {
    const begin = performance.now()
    for (let step = 1; step <= steps; step++) {
      // Not `ms / steps` each time: what lies between the steps would add up.
      await sleepUntil(begin + (ms * step) / steps)
      await report(Math.floor((100 * step) / steps))
    }
    return { ms }
  },

  sum: async ({ numbers }) => ({ sum: numbers.reduce((total, number) => total + number, 0) }),

  digest: async ({ text }) => ({ sha256: createHash('sha256').update(text, 'utf8').digest('hex') }),

  flaky: async ({ failures, ms = 0 }, attempt) => {
    await sleep(ms)
    if (attempt <= failures) throw new Error(`attempt ${attempt} failed`)
    return { attempt }
  },
}

/** A timer may fire a moment too early. */
async function sleepUntil(time) {
  for (let left = time - performance.now(); left > 0; left = time - performance.now()) await sleep(Math.ceil(left))
}
