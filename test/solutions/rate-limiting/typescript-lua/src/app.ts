import Fastify, { type FastifyInstance } from 'fastify'
import { closeConnectionsWhenStopping } from './draining.js'
import { limitBy } from './limits/hook.js'
import type { Limiter } from './limits/limiter.js'
import { allowOnly } from './methods.js'
import { answerProblem, notFound } from './problems.js'
import { quoteRoutes } from './quotes.js'
import { reportRoutes } from './reports.js'
import type { Settings } from './settings.js'

export function buildApp(settings: Settings, limiter: Limiter): FastifyInstance {
  const app = Fastify({
    logger: { level: process.env.LOG_LEVEL ?? 'warn' },
    // One hop, the connection's other end: request.ip is then the right-most address of X-Forwarded-For.
    trustProxy: settings.trustProxy && ((_address: string, hop: number) => hop === 0),
    frameworkErrors: answerProblem,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  })

  app.setErrorHandler(answerProblem)
  app.setNotFoundHandler(() => {
    throw notFound('There is nothing at this path.')
  })
  closeConnectionsWhenStopping(app)
  // Fastify takes plain text too: it is 415 here.
  app.removeContentTypeParser('text/plain')

  app.get('/healthz', async () => ({ status: 'ok' }))
  allowOnly(app, '/healthz', ['GET', 'HEAD'])
  allowOnly(app, '/quotes', ['GET', 'HEAD'])
  allowOnly(app, '/quotes/random', ['GET', 'HEAD'])
  allowOnly(app, '/reports', ['POST'])

  // Each scope has its policy.
  app.register(async (scope) => {
    scope.addHook('onRequest', limitBy(limiter, settings.default, settings.fail))
    scope.register(quoteRoutes)
  })
  app.register(async (scope) => {
    scope.addHook('onRequest', limitBy(limiter, settings.strict, settings.fail))
    scope.register(reportRoutes)
  })
  return app
}
