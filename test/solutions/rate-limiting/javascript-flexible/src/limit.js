import { Problem } from './problems.js'
import { failOpen } from './settings.js'

/**
 * Middleware that lets pass what the limiter lets pass.
 *
 * @param {import('./settings.js').Policy} policy
 * @param {import('./limiters.js').Limiter} take
 * @returns {import('express').RequestHandler}
 */
export function limitBy({ name, limit, seconds }, take) {
  return async (req, res, next) => {
    const client = clientOf(req)
    let verdict
    try {
      verdict = await take(client)
    } catch (error) {
      console.error(`not limited: ${error.message}`)
      if (failOpen) return next()
      throw new Problem(503, 'The limits cannot be checked now.', { 'Retry-After': '1' })
    }
    const wait = Math.min(seconds, Math.max(1, Math.ceil(verdict.waitMs / 1000)))
    res.set({
      'RateLimit-Policy': `"${name}";q=${limit};w=${seconds}`,
      RateLimit: `"${name}";r=${verdict.remaining};t=${wait}`,
    })
    if (!verdict.passed) throw new Problem(429, `Try again in ${wait} s.`, { 'Retry-After': `${wait}` })
    next()
  }
}

function clientOf(req) {
  const key = req.get('X-Api-Key')
  if (key === undefined) return `ip/${req.ip}`
  if (!/^[\w.:-]{1,64}$/.test(key)) throw new Problem(400, 'X-Api-Key is not a key.')
  return `key/${key}`
}
