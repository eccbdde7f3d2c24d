import express from 'express'
import { createAccounts } from './accounts.js'
import { createAuthentication } from './authentication.js'
import { answer } from './http/answer.js'
import { jsonBody } from './http/body.js'
import { answerProblem, methodNotAllowed, notFound } from './http/problems.js'
import { createKeyRing } from './keys.js'
import { createNotes } from './notes.js'
import { createSessions } from './sessions.js'
import { createTokens } from './tokens.js'

export async function createApp(settings, database) {
  const keys = createKeyRing(settings)
  const tokens = createTokens(settings, keys)
  const accounts = createAccounts(database)
  const sessions = await createSessions(settings, database, tokens)
  const notes = createNotes(database)
  const { authenticated, admin } = createAuthentication(database, tokens)

  const app = express()
  app.disable('x-powered-by')
  app.enable('case sensitive routing')
  app.enable('strict routing')

  app
    .route('/healthz')
    .get(async (_req, res) => {
      await database.query('SELECT 1')
      answer(res, 200, { status: 'ok' })
    })
    .all(methodNotAllowed('GET, HEAD'))

  app
    .route('/.well-known/jwks.json')
    .get((_req, res) => answer(res, 200, { keys: keys.published }, { 'Content-Type': 'application/jwk-set+json' }))
    .all(methodNotAllowed('GET, HEAD'))

  app.route('/auth/register').post(jsonBody, accounts.register).all(methodNotAllowed('POST'))
  app.route('/auth/login').post(jsonBody, sessions.logIn).all(methodNotAllowed('POST'))
  app.route('/auth/refresh').post(jsonBody, sessions.refresh).all(methodNotAllowed('POST'))
  app.route('/auth/logout').post(authenticated, sessions.logOut).all(methodNotAllowed('POST'))

  app
    .route('/me')
    .get(authenticated, accounts.showMe)
    .patch(authenticated, jsonBody, accounts.updateMe)
    .all(methodNotAllowed('GET, HEAD, PATCH'))

  app
    .route('/admin/users/:id')
    .get(authenticated, admin, accounts.show)
    .all(methodNotAllowed('GET, HEAD'))

  app
    .route('/notes')
    .get(authenticated, notes.list)
    .post(authenticated, jsonBody, notes.create)
    .all(methodNotAllowed('GET, HEAD, POST'))

  app
    .route('/notes/:id')
    .get(authenticated, notes.show)
    .put(authenticated, jsonBody, notes.replace)
    .patch(authenticated, jsonBody, notes.update)
    .delete(authenticated, notes.remove)
    .all(methodNotAllowed('GET, HEAD, PUT, PATCH, DELETE'))

  app.use(() => {
    throw notFound('There is nothing at this path.')
  })
  app.use(answerProblem)
  return app
}
