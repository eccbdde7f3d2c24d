import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Policy } from './settings.js'

/** Runs before each request of a route that the policy limits, and before its body is read. */
export async function limit(_policy: Policy, _request: FastifyRequest, _reply: FastifyReply): Promise<void> {
  // TODO 1: who is it? The client is X-Api-Key, or without one the address. A key that breaks the pattern is 400.
  //
  // TODO 2: count in Redis (./redis.ts), a budget for each client and policy, and answer 429 once it is used up.
  // `default` is well served by a counter that expires with its window. Two commands are two moments, though: what if
  // another request comes between, or the process dies there? A Lua script (redis.eval, redis.defineCommand) is one.
  //
  // TODO 4: `strict` lets at most N pass in *any* span of one window. A counter cannot know; what can?
  //
  // TODO 5: RateLimit-Policy and RateLimit on every answer, Retry-After on a 429. Whose clock tells how long it takes?
  //
  // TODO 7: Redis will go away, and come back. Answer within 2 seconds all the same: settings.fail says what.
}
