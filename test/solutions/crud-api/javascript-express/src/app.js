import express from 'express'
import { inTime, sql } from './database.js'
import { answer } from './http/answer.js'
import { jsonBody } from './http/body.js'
import { answerProblem, methodNotAllowed, notFound } from './http/problems.js'
import * as tasks from './tasks/handlers.js'

export function createApp() {
  const app = express()
  app.disable('x-powered-by')
  app.enable('case sensitive routing')
  app.enable('strict routing')

  app
    .route('/healthz')
    .get(async (_req, res) => {
      await inTime((run) => run(() => sql`SELECT 1`))
      answer(res, 200, { status: 'ok' })
    })
    .all(methodNotAllowed('GET, HEAD'))

  app
    .route('/tasks')
    .get(tasks.list)
    .post(jsonBody('application/json'), tasks.create)
    .all(methodNotAllowed('GET, HEAD, POST'))

  app
    .route('/tasks/batch')
    .post(jsonBody('application/json'), tasks.createBatch)
    .all(methodNotAllowed('POST'))

  app
    .route('/tasks/:id')
    .get(tasks.read)
    .put(jsonBody('application/json'), tasks.replace)
    .patch(jsonBody('application/merge-patch+json', 'application/json'), tasks.patch)
    .delete(tasks.remove)
    .all(methodNotAllowed('GET, HEAD, PUT, PATCH, DELETE'))

  app.use((req) => {
    throw notFound(`There is no ${req.path}.`)
  })
  app.use(answerProblem)
  return app
}
