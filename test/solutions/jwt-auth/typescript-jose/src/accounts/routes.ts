import type { FastifyInstance } from 'fastify'
import { type Authenticate, requireAdmin } from '../authentication/authenticate.js'
import { invalidToken } from '../authentication/bearer.js'
import type { Database } from '../database.js'
import { allowOnly } from '../methods.js'
import { hashPassword } from '../passwords.js'
import { conflict, notFound } from '../problems.js'
import { isUuid, takes } from '../validation.js'
import { normalizeEmail } from './account.js'
import { accountPatch, registration } from './schemas.js'
import { findAccount, insertAccount, updateAccount } from './store.js'

interface Registration {
  email: string
  password: string
  name: string
}

interface Options {
  database: Database
  authenticate: Authenticate
}

export async function accountRoutes(app: FastifyInstance, { database, authenticate }: Options) {
  allowOnly(app, '/auth/register', ['POST'])
  allowOnly(app, '/me', ['GET', 'HEAD', 'PATCH'])
  allowOnly(app, '/admin/users/:id', ['GET', 'HEAD'])

  app.post<{ Body: Registration }>('/auth/register', takes(registration), async (request, reply) => {
    const { email, password, name } = request.body
    const passwordHash = await hashPassword(password)
    const account = await database.run((connection) =>
      insertAccount(connection, { email: normalizeEmail(email), name, passwordHash }),
    )
    if (account === undefined) throw conflict('There is an account of this address.')
    reply.code(201)
    return account
  })

  app.register(async (scope) => {
    scope.addHook('onRequest', authenticate)

    scope.get('/me', async (request) => request.account)

    scope.patch<{ Body: { name?: string } }>('/me', takes(accountPatch), async (request) => {
      const updated = await database.run((connection) =>
        updateAccount(connection, request.account.id, request.body),
      )
      // It was there a moment ago.
      if (updated === undefined) throw invalidToken()
      return updated
    })
  })

  app.register(async (scope) => {
    scope.addHook('onRequest', authenticate)
    scope.addHook('onRequest', requireAdmin)

    scope.get<{ Params: { id: string } }>('/admin/users/:id', async (request) => {
      const { id } = request.params
      const account = isUuid(id) ? await database.run((connection) => findAccount(connection, id)) : undefined
      if (account === undefined) throw notFound('There is no such account.')
      return account
    })
  })
}
