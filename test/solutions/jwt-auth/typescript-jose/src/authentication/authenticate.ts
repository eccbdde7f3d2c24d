import type { FastifyRequest } from 'fastify'
import type { Account } from '../accounts/account.js'
import type { Database } from '../database.js'
import { findAccountInSession } from '../sessions/store.js'
import type { AccessTokens } from '../tokens/access-tokens.js'
import { bearerToken, insufficientScope, invalidToken, unauthorized } from './bearer.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks. Only on routes behind `authenticate`. */
    account: Account
    sessionId: string
  }
}

export type Authenticate = (request: FastifyRequest) => Promise<void>

/** A hook for `onRequest`, which lets only requests with a good access token pass, before anything else is looked at. */
export function authenticateWith(tokens: AccessTokens, database: Database): Authenticate {
  return async (request) => {
    const token = bearerToken(request.headers.authorization)
    if (token === undefined) throw unauthorized('Send an access token.')
    const claims = await tokens.verify(token)
    if (claims === undefined) throw invalidToken()
    const account = await database.run((connection) => findAccountInSession(connection, claims.sid, claims.sub))
    if (account === undefined) throw invalidToken()
    request.account = account
    request.sessionId = claims.sid
  }
}

/** As `authenticate`, and behind it. The role is that of the account now, not that of the token. */
export async function requireAdmin(request: FastifyRequest): Promise<void> {
  if (request.account.role !== 'admin') throw insufficientScope()
}
