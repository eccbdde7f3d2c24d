import { randomUUID } from 'node:crypto'
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import { redis } from './redis.js'

/**
 * @typedef {{ passed: boolean, remaining: number, waitMs: number }} Verdict
 *   `waitMs`: until one more can pass
 * @typedef {(client: string) => Promise<Verdict>} Limiter rejects where Redis does not answer
 */

/**
 * A counter for each window, by the library. It goes on counting what it refuses, but never moves the window.
 *
 * @param {import('./settings.js').Policy} policy
 * @returns {Limiter}
 */
export function fixedWindow({ name, limit, seconds }) {
  const limiter = new RateLimiterRedis({
    storeClient: redis,
    keyPrefix: `limit:${name}`,
    points: limit,
    duration: seconds,
  })
  const verdict = (passed, result) => ({
    passed,
    remaining: result.remainingPoints,
    waitMs: result.msBeforeNext,
  })
  return async (client) => {
    try {
      return verdict(true, await limiter.consume(client))
    } catch (reason) {
      if (reason instanceof RateLimiterRes) return verdict(false, reason)
      throw reason
    }
  }
}

/**
 * A log of what passed in the last window, in a sorted set. Whoever is among the first N in it passes; the others
 * take themselves out again.
 *
 * @param {import('./settings.js').Policy} policy
 * @returns {Limiter}
 */
export function slidingLog({ name, limit, seconds }) {
  const windowMicros = seconds * 1_000_000
  return async (client) => {
    const key = `limit:${name}:${client}`
    const id = randomUUID()
    const [whole, micros] = await redis.time()
    const now = Number(whole) * 1_000_000 + Number(micros)
    const results = await redis
      .multi()
      .zremrangebyscore(key, '-inf', now - windowMicros)
      .zadd(key, now, id)
      .zcard(key)
      .zrange(key, 0, 0, 'WITHSCORES')
      .expire(key, seconds + 1)
      .exec()
    const [, , used, [, oldest]] = results.map(([error, value]) => {
      if (error) throw error
      return value
    })
    const passed = used <= limit
    if (!passed) await redis.zrem(key, id)
    return {
      passed,
      remaining: Math.max(0, limit - used),
      waitMs: (Number(oldest) + windowMicros - now) / 1000,
    }
  }
}
