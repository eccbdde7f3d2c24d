import Fastify, { type FastifyInstance } from 'fastify'
import { productRoutes } from './products/routes.js'

export function buildApp(): FastifyInstance {
  const app = Fastify({ logger: { level: 'warn' } })

  // TODO 7: make every error a problem document (RFC 9457): app.setErrorHandler(...) and
  // app.setNotFoundHandler(...). A method that a path does not have is 405 with `Allow`; Fastify says 404.

  app.get('/healthz', async () => ({ status: 'ok' }))
  app.register(productRoutes)
  return app
}
