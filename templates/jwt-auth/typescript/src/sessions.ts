import type { FastifyInstance } from 'fastify'
import { pool } from './database.js'
import { isPassword } from './passwords.js'

interface Credentials {
  email: string
  password: string
}

export async function sessionRoutes(app: FastifyInstance) {
  app.post<{ Body: Credentials }>('/auth/login', async (request, reply) => {
    const { email, password } = request.body
    const { rows } = await pool.query('SELECT id, password_hash, role FROM users WHERE email = $1', [email])
    if (!(await isPassword(password, rows[0]?.password_hash))) {
      return reply.code(401).header('www-authenticate', 'Bearer').send({ message: 'The address or the password is wrong.' })
    }
    // TODO 3: begin a session (a row of `sessions`), and answer with an access token (tokens.ts) and a refresh token:
    // random, and stored as a hash only. No cache may keep the answer.
    return reply.code(501).send({ message: 'Sessions are not written yet.' })
  })

  // TODO 5: POST /auth/refresh. A token works once, also if twenty come at the same moment at two instances. The second
  // time ends the whole session; an error that is thrown inside a transaction undoes that, too.
  //
  // TODO 5: POST /auth/logout ends the session of the access token, on all instances.
}
