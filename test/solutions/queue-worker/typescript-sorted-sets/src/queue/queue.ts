import type { Redis } from 'ioredis'
import { type Entry, encode, idOf } from './entry.js'
import { DELAY, PROMOTE } from './scripts.js'

const READY = 'queue:ready'
const DELAYED = 'queue:delayed'

/**
 * The broker: which jobs there are to begin, and in which order. It says only that there is something to do; whether
 * a job may be begun, Postgres decides. So an entry may be missing (the workers look for such, see refill.ts), or there
 * once too often.
 *
 * Both sorted sets have the same members. In `ready` all scores are 0, and members of equal score are in the order of
 * their bytes; in `delayed` the score is the time at which the job is due, by Redis' clock.
 */
export class Queue {
  readonly #redis: Redis

  constructor(redis: Redis) {
    this.#redis = redis
  }

  /** Whoever waits in `take` gets it, or has it after `wait` milliseconds. */
  async add(entry: Entry, wait: number): Promise<void> {
    if (wait > 0) await this.#redis.eval(DELAY, 1, DELAYED, encode(entry), Math.ceil(wait))
    else await this.#redis.zadd(READY, 0, encode(entry))
  }

  /** All of them are due. */
  async addMany(entries: Entry[]): Promise<void> {
    if (entries.length === 0) return
    await this.#redis.zadd(READY, ...entries.flatMap((entry) => [0, encode(entry)]))
  }

  async remove(entry: Entry): Promise<void> {
    await this.#redis.pipeline().zrem(READY, encode(entry)).zrem(DELAYED, encode(entry)).exec()
  }

  /** Makes those ready that have become due. */
  async promote(): Promise<void> {
    await this.#redis.eval(PROMOTE, 2, DELAYED, READY)
  }
}

/** The id of the job that is first, once there is one, or undefined after a second. `redis` is for this alone: it blocks. */
export async function take(redis: Redis): Promise<string | undefined> {
  const popped = await redis.bzpopmin(READY, 1)
  return popped === null ? undefined : idOf(popped[1])
}
