import type { FastifyInstance, FastifyReply } from 'fastify'
import { normalizeEmail } from '../accounts/account.js'
import { findCredentials } from '../accounts/store.js'
import type { Authenticate } from '../authentication/authenticate.js'
import { unauthorized } from '../authentication/bearer.js'
import type { Database } from '../database.js'
import { allowOnly } from '../methods.js'
import { isPassword } from '../passwords.js'
import type { AccessTokens } from '../tokens/access-tokens.js'
import { ignoreBodies, takes } from '../validation.js'
import { credentials, refreshRequest } from './schemas.js'
import { type Grant, Sessions } from './sessions.js'

interface Options {
  database: Database
  authenticate: Authenticate
  tokens: AccessTokens
  refreshTokenTtl: number
}

export async function sessionRoutes(app: FastifyInstance, options: Options) {
  const { database, authenticate, tokens } = options
  const sessions = new Sessions(database, options.refreshTokenTtl)

  allowOnly(app, '/auth/login', ['POST'])
  allowOnly(app, '/auth/refresh', ['POST'])
  allowOnly(app, '/auth/logout', ['POST'])

  app.post<{ Body: { email: string; password: string } }>(
    '/auth/login',
    takes(credentials),
    async (request, reply) => {
      const email = normalizeEmail(request.body.email)
      const found = await database.run((connection) => findCredentials(connection, email))
      const rightly = await isPassword(request.body.password, found?.passwordHash)
      const grant = found && rightly ? await sessions.begin(found.id) : undefined
      if (grant === undefined) throw unauthorized('The address or the password is wrong.')
      return answer(reply, grant)
    },
  )

  app.post<{ Body: { refresh_token: string } }>('/auth/refresh', takes(refreshRequest), async (request, reply) => {
    const grant = await sessions.refresh(request.body.refresh_token)
    if (grant === undefined) throw unauthorized('The refresh token is not good.')
    return answer(reply, grant)
  })

  app.register(async (scope) => {
    ignoreBodies(scope)
    scope.addHook('onRequest', authenticate)

    scope.post('/auth/logout', async (request, reply) => {
      await sessions.end(request.sessionId)
      return reply.code(204).send()
    })
  })

  async function answer(reply: FastifyReply, { session, refreshToken }: Grant) {
    reply.header('cache-control', 'no-store')
    return {
      access_token: await tokens.issue({ sub: session.accountId, sid: session.id, role: session.role }),
      token_type: 'Bearer',
      expires_in: tokens.ttl,
      refresh_token: refreshToken,
    }
  }
}
