import { Redis } from 'ioredis'

/** Longer than a busy machine needs, and short enough to answer in time when Redis hangs. */
const TIMEOUT_MS = 1_500

export function connectRedis(url: string): Redis {
  const redis = new Redis(url, {
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    // Whoever waits for a lost connection is told at once, and the next request tries anew.
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(50 * attempt, 500),
  })
  // Without a listener the event would end the process.
  redis.on('error', (error) => console.error(`redis: ${error.message}`))
  return redis
}
