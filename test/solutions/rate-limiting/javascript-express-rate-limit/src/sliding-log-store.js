import { randomUUID } from 'node:crypto'
import { sendCommand } from './redis.js'

// Gives the number of requests that passed in the last window, this one included, or one more than the limit; and how
// long until the oldest of them is one window old.
const SCRIPT = `
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
  local used = redis.call('ZCARD', KEYS[1]) + 1
  if used <= limit then
    redis.call('ZADD', KEYS[1], now, ARGV[3])
    redis.call('PEXPIRE', KEYS[1], window)
  end
  local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  return { used, oldest[2] + window - now }
`

/**
 * A store for express-rate-limit that remembers when each request passed.
 *
 * @implements {import('express-rate-limit').Store}
 */
export class SlidingLogStore {
  constructor({ prefix, limit }) {
    this.prefix = prefix
    this.limit = limit
  }

  init({ windowMs }) {
    this.windowMs = windowMs
  }

  async increment(client) {
    const key = this.prefix + client
    const [totalHits, waitMs] = await sendCommand(
      ...['EVAL', SCRIPT, '1', key],
      ...[`${this.limit}`, `${this.windowMs}`, randomUUID()],
    )
    return { totalHits, resetTime: new Date(Date.now() + waitMs) }
  }

  // For options of the library that are not used here.
  async decrement() {}

  async resetKey(client) {
    await sendCommand('DEL', this.prefix + client)
  }
}
