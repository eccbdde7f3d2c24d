import { ACCOUNT_COLUMNS } from '../accounts/store.js'
import type { Account } from '../accounts/account.js'
import type { Connection } from '../database.js'

export interface OpenSession {
  id: string
  accountId: string
  /** That of the account now. */
  role: string
}

/** Undefined where there is no such account any more. */
export async function insertSession(connection: Connection, accountId: string): Promise<OpenSession | undefined> {
  // Locked, lest the account be deleted between the two halves.
  const [session] = await connection.query<OpenSession>(
    `WITH account AS (SELECT id, role FROM users WHERE id = $1 FOR KEY SHARE),
       session AS (INSERT INTO sessions (user_id) SELECT id FROM account RETURNING id)
     SELECT session.id, account.id AS "accountId", account.role FROM session, account`,
    [accountId],
  )
  return session
}

/** Who is logged in by the session, if that is this account and it has not ended. */
export async function findAccountInSession(
  connection: Connection,
  sessionId: string,
  accountId: string,
): Promise<Account | undefined> {
  const [account] = await connection.query<Account>(
    `SELECT ${ACCOUNT_COLUMNS}
     FROM sessions JOIN users ON users.id = sessions.user_id
     WHERE sessions.id = $1 AND users.id = $2 AND sessions.revoked_at IS NULL`,
    [sessionId, accountId],
  )
  return account
}

/** The session that the refresh token was issued in, used or not, if it has not ended. */
export async function findSessionOf(connection: Connection, tokenHash: Buffer): Promise<OpenSession | undefined> {
  const [session] = await connection.query<OpenSession>(
    `SELECT sessions.id, users.id AS "accountId", users.role
     FROM refresh_tokens
       JOIN sessions ON sessions.id = refresh_tokens.session_id
       JOIN users ON users.id = sessions.user_id
     WHERE token_hash = $1 AND revoked_at IS NULL
     -- Taken before any lock on its tokens, as by whoever deletes it: in the other order the two could deadlock.
     FOR KEY SHARE OF sessions`,
    [tokenHash],
  )
  return session
}

export async function endSession(connection: Connection, sessionId: string): Promise<void> {
  await connection.query('UPDATE sessions SET revoked_at = now() WHERE id = $1', [sessionId])
}

export async function insertRefreshToken(
  connection: Connection,
  sessionId: string,
  tokenHash: Buffer,
  ttl: number,
): Promise<void> {
  await connection.query(
    `INSERT INTO refresh_tokens (session_id, token_hash, expires_at)
     VALUES ($1, $2, now() + make_interval(secs => $3))`,
    [sessionId, tokenHash, ttl],
  )
}

/** Marks the token as used. Of all who try, at the same moment or ever, it is true for one, and then in time. */
export async function claimRefreshToken(connection: Connection, tokenHash: Buffer): Promise<boolean> {
  const claimed = await connection.query(
    `UPDATE refresh_tokens SET used_at = now()
     WHERE token_hash = $1 AND used_at IS NULL AND expires_at > now()
     RETURNING session_id`,
    [tokenHash],
  )
  return claimed.length === 1
}

export async function wasUsed(connection: Connection, tokenHash: Buffer): Promise<boolean> {
  const used = await connection.query('SELECT FROM refresh_tokens WHERE token_hash = $1 AND used_at IS NOT NULL', [
    tokenHash,
  ])
  return used.length === 1
}
