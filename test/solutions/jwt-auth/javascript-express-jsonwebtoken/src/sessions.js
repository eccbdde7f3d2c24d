import { createHash, randomBytes } from 'node:crypto'
import { answer } from './http/answer.js'
import { unauthorized } from './http/problems.js'
import { hashPassword, verifyPassword } from './passwords.js'
import { check, text } from './validation.js'

const anyText = text(0, Infinity)

export async function createSessions({ accessTokenTtl, refreshTokenTtl }, database, tokens) {
  // For addresses without an account: they cost as much time as the others.
  const nobodysHash = await hashPassword(randomBytes(16).toString('hex'))

  return {
    async logIn(req, res) {
      const { email, password } = check(req.body, { email: anyText, password: anyText }, ['email', 'password'])
      const user = await database.one('SELECT id, password_hash FROM users WHERE email = $1', [email.toLowerCase()])
      const matches = await verifyPassword(password, user?.password_hash ?? nobodysHash)
      const jti = newId()
      const session = user && matches && (await begin(user.id, jti))
      if (!session) throw unauthorized('The address or the password is wrong.')
      answerWithTokens(res, session, jti)
    },

    async refresh(req, res) {
      const { refresh_token } = check(req.body, { refresh_token: anyText }, ['refresh_token'])
      const claims = tokens.verifyRefresh(refresh_token)
      if (claims === undefined) throw badRefreshToken()
      const jti = newId()
      const session = await rotate(claims.jti, jti)
      if (session === undefined) {
        await endIfReplayed(claims.jti)
        throw badRefreshToken()
      }
      answerWithTokens(res, session, jti)
    },

    async logOut(req, res) {
      await database.query('UPDATE sessions SET revoked_at = now() WHERE id = $1', [req.sessionId])
      answer(res, 204)
    },
  }

  function begin(userId, jti) {
    return database.one(
      // The lock keeps the account from being deleted meanwhile, which would break the foreign key.
      `WITH account AS (SELECT id, role FROM users WHERE id = $1 FOR KEY SHARE),
         session AS (INSERT INTO sessions (user_id) SELECT id FROM account RETURNING id),
         token AS (INSERT INTO refresh_tokens (token_hash, session_id, expires_at)
                   SELECT $2, id, now() + make_interval(secs => $3) FROM session)
       SELECT session.id, account.id AS "userId", role FROM session, account`,
      [userId, hash(jti), refreshTokenTtl],
    )
  }

  /** Puts the next token in the place of this one, or does nothing if it is used, too old, or of an ended session. */
  function rotate(jti, next) {
    return database.one(
      // The session is locked before its token, as it is when the account is deleted.
      `WITH session AS MATERIALIZED (
           SELECT sessions.id, users.id AS "userId", role
           FROM refresh_tokens
             JOIN sessions ON sessions.id = session_id
             JOIN users ON users.id = user_id
           WHERE token_hash = $1 AND revoked_at IS NULL
           FOR KEY SHARE OF sessions),
         used AS (UPDATE refresh_tokens SET used_at = now() FROM session
                  WHERE token_hash = $1 AND used_at IS NULL AND expires_at > now()
                  RETURNING session.*),
         token AS (INSERT INTO refresh_tokens (token_hash, session_id, expires_at)
                   SELECT $2, id, now() + make_interval(secs => $3) FROM used)
       SELECT * FROM used`,
      [hash(jti), hash(next), refreshTokenTtl],
    )
  }

  function endIfReplayed(jti) {
    return database.query(
      `UPDATE sessions SET revoked_at = now() FROM refresh_tokens
       WHERE token_hash = $1 AND used_at IS NOT NULL AND sessions.id = session_id AND revoked_at IS NULL`,
      [hash(jti)],
    )
  }

  function answerWithTokens(res, session, jti) {
    const body = {
      access_token: tokens.issueAccess(session),
      token_type: 'Bearer',
      expires_in: accessTokenTtl,
      refresh_token: tokens.issueRefresh(session, jti),
    }
    answer(res, 200, body, { 'Cache-Control': 'no-store' })
  }
}

const badRefreshToken = () => unauthorized('The refresh token is not good.')

const newId = () => randomBytes(32).toString('base64url')

/** Of a refresh token only its `jti` is random; whoever has that in clear and no key cannot make the token. */
const hash = (jti) => createHash('sha256').update(jti).digest()
