import Fastify, { type FastifyInstance } from 'fastify'
import { quoteRoutes, reportRoutes } from './routes.js'

export function buildApp(): FastifyInstance {
  // TODO 1: `request.ip` is the address of the connection. Behind a proxy (settings.trustProxy) it is the proxy's, and the
  // client's is the right-most one in X-Forwarded-For: see Fastify's option `trustProxy`.
  const app = Fastify({ logger: { level: 'warn' } })

  // TODO 3: make every error a problem document (RFC 9457), those that Fastify finds by itself included:
  // app.setErrorHandler(...) and app.setNotFoundHandler(...). A method that a path does not have is 405 with
  // `Allow`; Fastify says 404.

  app.get('/healthz', async () => ({ status: 'ok' }))
  app.register(quoteRoutes)
  app.register(reportRoutes)
  return app
}
