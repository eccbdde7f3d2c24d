import { setTimeout as sleep } from 'node:timers/promises'
import { complain } from '../complain.js'

/** Does `work` again and again, with a pause after each time, and whatever becomes of it. */
export function every(milliseconds: number, what: string, work: () => Promise<void>): { stop(): void } {
  let stopped = false
  const loop = async () => {
    while (!stopped) {
      await work().catch((error: unknown) => complain(what, error))
      await sleep(milliseconds)
    }
  }
  void loop()
  return {
    stop: () => {
      stopped = true
    },
  }
}
