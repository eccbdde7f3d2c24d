import { randomUUID } from 'node:crypto'
import express from 'express'
import { limitBy } from './limit.js'
import { fixedWindow, slidingLog } from './limiters.js'
import { answerProblem, methodNotAllowed, notFound, Problem } from './problems.js'
import { byDefault, strict, trustProxy } from './settings.js'

const quotes = [
  { text: 'Make it work, make it right, make it fast.', author: 'Kent Beck' },
  { text: 'Premature optimization is the root of all evil.', author: 'Donald Knuth' },
]

const limitedByDefault = limitBy(byDefault, fixedWindow(byDefault))
const limitedStrictly = limitBy(strict, slidingLog(strict))

export const app = express()
app.disable('x-powered-by')
app.disable('etag')
app.enable('case sensitive routing')
app.enable('strict routing')
// One hop: the right-most address of X-Forwarded-For.
app.set('trust proxy', trustProxy ? 1 : false)

app
  .route('/healthz')
  .get((_req, res) => res.json({ status: 'ok' }))
  .all(methodNotAllowed('GET, HEAD'))

app
  .route('/quotes')
  .get(limitedByDefault, (_req, res) => res.json({ items: quotes }))
  .all(methodNotAllowed('GET, HEAD'))

app
  .route('/quotes/random')
  .get(limitedByDefault, (_req, res) => res.json(quotes[Math.floor(Math.random() * quotes.length)]))
  .all(methodNotAllowed('GET, HEAD'))

app
  .route('/reports')
  .post(limitedStrictly, requireJson, express.json(), (req, res) => {
    res.status(202).json({ id: randomUUID(), title: titleOf(req.body) })
  })
  .all(methodNotAllowed('POST'))

app.use(notFound)
app.use(answerProblem)

function requireJson(req, _res, next) {
  if (!req.is('application/json')) throw new Problem(415, 'Send application/json.')
  next()
}

function titleOf(body) {
  const { title, ...others } = body ?? {}
  const isTitle = typeof title === 'string' && title.length > 0 && title.length <= 200
  if (!isTitle || Object.keys(others).length > 0) throw new Problem(422, 'A report has a title, and nothing else.')
  return title
}
