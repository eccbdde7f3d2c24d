import Fastify, { type FastifyInstance } from 'fastify'
import type { Database } from '../database.js'
import { jobRoutes } from '../jobs/routes.js'
import type { Queue } from '../queue/queue.js'
import type { Settings } from '../settings.js'
import { closeConnectionsWhenStopping } from './draining.js'
import { healthRoutes } from './health.js'
import { answerProblem, notFound } from './problems.js'

export interface Services {
  database: Database
  queue: Queue
  settings: Settings
}

export function buildApp(services: Services): FastifyInstance {
  const app = Fastify({
    logger: { level: process.env.LOG_LEVEL ?? 'warn' },
    bodyLimit: 262_144,
    return503OnClosing: false,
    frameworkErrors: answerProblem,
    // Defaults of a payload stand below a condition, where ajv does not fill them in, and says so in strict mode.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: true, strict: false } },
  })

  app.setErrorHandler(answerProblem)
  app.setNotFoundHandler(() => {
    throw notFound('There is nothing at this path.')
  })
  closeConnectionsWhenStopping(app)

  app.register(healthRoutes, services)
  app.register(jobRoutes, services)
  return app
}
