import Fastify, { type FastifyInstance } from 'fastify'
import type { Database } from './database.js'
import { closeConnectionsWhenStopping } from './draining.js'
import { healthRoutes } from './health.js'
import { acceptJson } from './json-body.js'
import { answerProblem, notFound } from './problems.js'
import { isStorable } from './tasks/schemas.js'
import { taskRoutes } from './tasks/routes.js'

export function buildApp(database: Database): FastifyInstance {
  const app = Fastify({
    logger: { level: process.env.LOG_LEVEL ?? 'warn' },
    bodyLimit: 1_048_576,
    // A longer parameter would be 404 to the router, and a malformed id is 400.
    routerOptions: { maxParamLength: 16_384 },
    return503OnClosing: false,
    frameworkErrors: answerProblem,
    ajv: {
      customOptions: {
        allErrors: true,
        coerceTypes: false,
        removeAdditional: false,
        useDefaults: true,
        formats: { storable: isStorable },
      },
    },
  })

  app.setErrorHandler(answerProblem)
  app.setNotFoundHandler(() => {
    throw notFound('There is nothing at this path.')
  })
  app.addHook('onClose', () => database.close())
  closeConnectionsWhenStopping(app)
  acceptJson(app, 'application/json')

  app.register(healthRoutes, { database })
  app.register(taskRoutes, { database })
  return app
}
