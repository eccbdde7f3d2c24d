import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Policy } from '../settings.js'
import { FIXED_WINDOW, SLIDING_LOG } from './scripts.js'

export interface Verdict {
  passed: boolean
  remaining: number
  /** Until a request more can pass. */
  waitMs: number
}

declare module 'ioredis' {
  interface RedisCommander {
    fixedWindow(key: string, limit: number, windowMs: number): Promise<[number, number, number]>
    slidingLog(key: string, limit: number, windowMs: number, id: string): Promise<[number, number, number]>
  }
}

/** Counts requests in Redis, for all instances together. */
export class Limiter {
  readonly #redis: Redis

  constructor(redis: Redis) {
    this.#redis = redis
    redis.defineCommand('fixedWindow', { numberOfKeys: 1, lua: FIXED_WINDOW })
    redis.defineCommand('slidingLog', { numberOfKeys: 1, lua: SLIDING_LOG })
  }

  /** Rejects where Redis does not answer. */
  async take(policy: Policy, client: string): Promise<Verdict> {
    const { name, limit, windowMs } = policy
    const key = `ratelimit:${name}:${client}`
    const [passed, remaining, waitMs] =
      name === 'strict'
        ? await this.#redis.slidingLog(key, limit, windowMs, randomUUID())
        : await this.#redis.fixedWindow(key, limit, windowMs)
    return { passed: passed === 1, remaining, waitMs }
  }
}
