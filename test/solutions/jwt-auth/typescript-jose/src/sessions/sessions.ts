import type { Connection, Database } from '../database.js'
import { hashOf, newRefreshToken } from './refresh-token.js'
import {
  claimRefreshToken,
  endSession,
  findSessionOf,
  insertRefreshToken,
  insertSession,
  type OpenSession,
  wasUsed,
} from './store.js'

/** A session, and the one refresh token that continues it. */
export interface Grant {
  session: OpenSession
  refreshToken: string
}

/** The life of sessions: from a log-in, through one refresh token after the other, to the end. */
export class Sessions {
  readonly #database: Database
  readonly #refreshTokenTtl: number

  constructor(database: Database, refreshTokenTtl: number) {
    this.#database = database
    this.#refreshTokenTtl = refreshTokenTtl
  }

  /** Undefined where there is no such account any more. */
  begin(accountId: string): Promise<Grant | undefined> {
    return this.#database.transaction(async (connection) => {
      const session = await insertSession(connection, accountId)
      return session && this.#grant(connection, session)
    })
  }

  /** Undefined where the token is not good. One that was good once ends the session. */
  refresh(refreshToken: string): Promise<Grant | undefined> {
    const tokenHash = hashOf(refreshToken)
    // Nothing may be thrown in here to refuse a token: the end of the session would be rolled back.
    return this.#database.transaction(async (connection) => {
      const session = await findSessionOf(connection, tokenHash)
      if (session === undefined) return undefined
      if (await claimRefreshToken(connection, tokenHash)) return this.#grant(connection, session)
      if (await wasUsed(connection, tokenHash)) await endSession(connection, session.id)
      return undefined
    })
  }

  end(sessionId: string): Promise<void> {
    return this.#database.run((connection) => endSession(connection, sessionId))
  }

  async #grant(connection: Connection, session: OpenSession): Promise<Grant> {
    const refreshToken = newRefreshToken()
    await insertRefreshToken(connection, session.id, hashOf(refreshToken), this.#refreshTokenTtl)
    return { session, refreshToken }
  }
}
