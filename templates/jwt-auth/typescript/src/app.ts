import Fastify, { type FastifyInstance } from 'fastify'
import { accountRoutes } from './accounts.js'
import { noteRoutes } from './notes.js'
import { sessionRoutes } from './sessions.js'

export function buildApp(): FastifyInstance {
  const app = Fastify({ logger: { level: 'warn' } })

  // TODO 2: make every error a problem document (RFC 9457), those that Fastify finds by itself included:
  // app.setErrorHandler(...) and app.setNotFoundHandler(...). Every 401 has a WWW-Authenticate. A method that a path
  // does not have is 405 with `Allow`; Fastify says 404.

  app.get('/healthz', async () => ({ status: 'ok' }))
  app.register(accountRoutes)
  app.register(sessionRoutes)
  app.register(noteRoutes)

  // TODO 9: GET /.well-known/jwks.json, the public keys under RS256.
  return app
}
