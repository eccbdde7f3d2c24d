import Fastify, { type FastifyInstance } from 'fastify'
import { accountRoutes } from './accounts/routes.js'
import { authenticateWith } from './authentication/authenticate.js'
import type { Database } from './database.js'
import { closeConnectionsWhenStopping } from './draining.js'
import { healthRoutes } from './health.js'
import { acceptJson } from './json-body.js'
import { noteRoutes } from './notes/routes.js'
import { answerBrokenRequest, answerProblem, notFound } from './problems.js'
import { sessionRoutes } from './sessions/routes.js'
import type { Settings } from './settings.js'
import { AccessTokens } from './tokens/access-tokens.js'
import { loadKeys } from './tokens/keys.js'
import { keyRoutes } from './tokens/routes.js'
import { isStorable } from './validation.js'

export async function buildApp(settings: Settings, database: Database): Promise<FastifyInstance> {
  const app = Fastify({
    logger: { level: process.env.LOG_LEVEL ?? 'warn' },
    bodyLimit: 65_536,
    // Node's own is 16 KiB with the path, and the header fields alone may have so much.
    http: { maxHeaderSize: 32_768 },
    // A longer parameter would be 404 to the router, before it is known who asks.
    routerOptions: { maxParamLength: 32_768 },
    return503OnClosing: false,
    frameworkErrors: answerProblem,
    clientErrorHandler: answerBrokenRequest,
    ajv: {
      customOptions: {
        allErrors: false,
        coerceTypes: false,
        removeAdditional: false,
        useDefaults: true,
        formats: { storable: isStorable },
      },
    },
  })
  const keys = await loadKeys(settings.tokens.signing)
  const tokens = new AccessTokens(settings.tokens, keys)
  const authenticate = authenticateWith(tokens, database)

  app.setErrorHandler(answerProblem)
  app.setNotFoundHandler(() => {
    throw notFound('There is nothing at this path.')
  })
  app.addHook('onClose', () => database.close())
  closeConnectionsWhenStopping(app)
  acceptJson(app, 'application/json')

  app.register(healthRoutes, { database })
  app.register(keyRoutes, { keys })
  app.register(accountRoutes, { database, authenticate })
  app.register(sessionRoutes, { database, authenticate, tokens, refreshTokenTtl: settings.refreshTokenTtl })
  app.register(noteRoutes, { database, authenticate })
  return app
}
