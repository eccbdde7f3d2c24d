import type { FastifyReply, FastifyRequest } from 'fastify'
import { verifyAccessToken } from './tokens.js'

/** Runs before each request of a route that needs a token, and before its body is read. */
export async function authenticate(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const token = request.headers.authorization?.replace(/^Bearer +/i, '')
  const claims = token === undefined ? undefined : await verifyAccessToken(token)

  // TODO 4: a good signature is half of it. Has the session ended? Is the account still there, and in which role?
  // (app.decorateRequest, or `declare module 'fastify'`, lets you keep the answer at the request.) And what
  // distinguishes the 401 of a bad token from that of none?
  if (claims === undefined) {
    await reply.code(401).header('www-authenticate', 'Bearer').send({ message: 'Send an access token.' })
  }
}
