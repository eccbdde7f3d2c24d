import { rateLimit } from 'express-rate-limit'
import { RedisStore } from 'rate-limit-redis'
import { Problem } from './problems.js'
import { sendCommand } from './redis.js'
import { byDefault, failOpen, strict } from './settings.js'
import { SlidingLogStore } from './sliding-log-store.js'

export const limitedByDefault = limitBy(byDefault, new RedisStore({ prefix: 'rl:default:', sendCommand }))
export const limitedStrictly = limitBy(strict, new SlidingLogStore({ prefix: 'rl:strict:', limit: strict.limit }))

function limitBy({ name, limit, seconds }, store) {
  const limited = rateLimit({
    store,
    limit,
    windowMs: seconds * 1000,
    identifier: name,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: clientOf,
    passOnStoreError: failOpen,
    handler: () => {
      throw new Problem(429, 'Too many requests: see Retry-After.')
    },
    // Addresses are told apart one by one, also where they are IPv6.
    validate: { keyGeneratorIpFallback: false },
  })
  return (req, res, next) =>
    limited(req, res, (error) => {
      if (error === undefined || error instanceof Problem) return next(error)
      console.error(`not limited: ${error.message}`)
      next(new Problem(503, 'The limits cannot be checked now.', { 'Retry-After': '1' }))
    })
}

function clientOf(req) {
  const key = req.get('X-Api-Key')
  if (key === undefined) return `address:${req.ip}`
  if (!/^[\w.:-]{1,64}$/.test(key)) throw new Problem(400, 'X-Api-Key is not a key.')
  return `key:${key}`
}
