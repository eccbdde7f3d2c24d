import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../problems.js'
import type { Policy } from '../settings.js'
import { clientOf } from './client.js'
import type { Limiter, Verdict } from './limiter.js'

/** An onRequest hook, so that it comes before the body is read. */
export function limitBy(limiter: Limiter, policy: Policy, fail: 'open' | 'closed') {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const client = clientOf(request)
    let verdict: Verdict
    try {
      verdict = await limiter.take(policy, client)
    } catch (error) {
      request.log.warn(`no verdict from Redis: ${(error as Error).message}`)
      if (fail === 'open') return
      throw new Problem(503, 'The limits cannot be checked now.', { 'retry-after': '1' })
    }
    const { name, limit, windowMs } = policy
    const seconds = Math.ceil(verdict.waitMs / 1000)
    reply.header('ratelimit-policy', `"${name}";q=${limit};w=${windowMs / 1000}`)
    reply.header('ratelimit', `"${name}";r=${verdict.remaining};t=${seconds}`)
    if (!verdict.passed) {
      throw new Problem(429, `Try again in ${seconds} s.`, { 'retry-after': `${seconds}` })
    }
  }
}
