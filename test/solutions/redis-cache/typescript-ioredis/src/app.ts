import Fastify, { type FastifyInstance } from 'fastify'
import type { ReadThrough } from './cache/read-through.js'
import type { Database } from './database.js'
import { closeConnectionsWhenStopping } from './draining.js'
import { healthRoutes } from './health.js'
import { acceptJson } from './json-body.js'
import { answerProblem, notFound } from './problems.js'
import { productRoutes } from './products/routes.js'

export interface Services {
  database: Database
  cache: ReadThrough
}

export function buildApp({ database, cache }: Services): FastifyInstance {
  const app = Fastify({
    logger: { level: process.env.LOG_LEVEL ?? 'warn' },
    bodyLimit: 102_400,
    return503OnClosing: false,
    frameworkErrors: answerProblem,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: true } },
  })

  app.setErrorHandler(answerProblem)
  app.setNotFoundHandler(() => {
    throw notFound('There is nothing at this path.')
  })
  closeConnectionsWhenStopping(app)
  acceptJson(app, 'application/json')

  app.register(healthRoutes, { database })
  app.register(productRoutes, { database, cache })
  return app
}
