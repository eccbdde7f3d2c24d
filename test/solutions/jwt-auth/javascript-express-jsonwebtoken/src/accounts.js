import { answer } from './http/answer.js'
import { invalidToken, notFound, Problem } from './http/problems.js'
import { hashPassword } from './passwords.js'
import { check, email, isUuid, text } from './validation.js'

const COLUMNS = 'users.id, email, name, role, users.created_at AS "createdAt"'

const name = text(1, 100)
const registration = { email, password: text(8, 128), name }

export function createAccounts(database) {
  return {
    async register(req, res) {
      const input = check(req.body, registration, ['email', 'password', 'name'])
      const user = await database.one(
        `INSERT INTO users (email, name, password_hash) VALUES ($1, $2, $3)
         ON CONFLICT (email) DO NOTHING RETURNING ${COLUMNS}`,
        [input.email.toLowerCase(), input.name, await hashPassword(input.password)],
      )
      if (user === undefined) throw new Problem(409, 'There is an account of this address.')
      answer(res, 201, user)
    },

    showMe(req, res) {
      answer(res, 200, req.user)
    },

    async updateMe(req, res) {
      const input = check(req.body, { name })
      const user = await database.one(
        `UPDATE users SET name = coalesce($2, name) WHERE id = $1 RETURNING ${COLUMNS}`,
        [req.user.id, input.name],
      )
      // It was there a moment ago.
      if (user === undefined) throw invalidToken()
      answer(res, 200, user)
    },

    async show(req, res) {
      const { id } = req.params
      const user = isUuid(id) && (await database.one(`SELECT ${COLUMNS} FROM users WHERE id = $1`, [id]))
      if (!user) throw notFound('There is no such account.')
      answer(res, 200, user)
    },
  }
}

/** The account `sub`, if the session `sid` is one of its own and has not ended. */
export function findUserInSession(database, { sub, sid }) {
  return database.one(
    `SELECT ${COLUMNS} FROM users JOIN sessions ON sessions.user_id = users.id
     WHERE users.id = $1 AND sessions.id = $2 AND sessions.revoked_at IS NULL`,
    [sub, sid],
  )
}
